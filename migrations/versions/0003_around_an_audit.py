"""Tables of what goes on around an audit: alerts, reflections, actions, absences, the outbox, tools of the council's own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tool_definition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("definition_sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("uploaded", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(length=80), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)", name=op.f("ck_tool_definition_published_is_dated")
        ),
        sa.CheckConstraint("source IN ('workbook', 'file')", name=op.f("ck_tool_definition_source_known")),
        sa.CheckConstraint("state IN ('draft', 'live', 'archived')", name=op.f("ck_tool_definition_state_known")),
        sa.CheckConstraint(
            "(archived_at IS NULL) = (archived_by IS NULL)", name=op.f("ck_tool_definition_archived_paired")
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL)", name=op.f("ck_tool_definition_published_paired")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_tool_definition_key_version")),
    )
    with op.batch_alter_table("tool_definition", schema=None) as batch_op:
        for state in ("live", "draft"):
            here = sa.text(f"state = '{state}'")
            batch_op.create_index(
                f"uq_tool_definition_{state}", ["key"], unique=True, sqlite_where=here, postgresql_where=here
            )

    op.create_table(
        "cycle_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_step_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_step")),
        sa.UniqueConstraint("cycle_id", "step", name=op.f("uq_cycle_step_cycle_id_step")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.Column("approver", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_absence_confirmed_paired")),
        sa.CheckConstraint(
            "reason IN ('leave', 'sickness', 'training', 'vacancy', 'other')", name=op.f("ck_absence_reason_known")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_absence_ended_paired")),
        sa.CheckConstraint("begins_on <= ends_on", name=op.f("ck_absence_in_order")),
        sa.CheckConstraint("cover_id IS NULL OR cover_id <> person_id", name=op.f("ck_absence_cover_is_another")),
        sa.ForeignKeyConstraint(["cover_id"], ["person.id"], name=op.f("fk_absence_cover_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_person_id"), ["person_id"], unique=False)

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feed_person_id")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_calendar_feed_token_sha256")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("kind IN ('digest', 'urgent', 'link')", name=op.f("ck_mail_kind_known")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'given_up', 'dropped')", name=op.f("ck_mail_state_known")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index("ix_mail_state_next", ["state", "next_try_at"], unique=False)
        batch_op.create_index(
            "uq_mail_digest",
            ["person_id", "day"],
            unique=True,
            sqlite_where=sa.text("kind = 'digest'"),
            postgresql_where=sa.text("kind = 'digest'"),
        )

    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("digest IN ('daily', 'none')", name=op.f("ck_mail_choice_digest_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "due_job",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_due_job")),
    )

    op.create_table(
        "once_key",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.String(length=80), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_once_key_person_id_person")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_once_key")),
    )
    with op.batch_alter_table("once_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_once_key_done_at"), ["done_at"], unique=False)

    op.create_table(
        "left_out",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_left_out_case_id_case_file")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_left_out_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_out")),
        sa.UniqueConstraint("draw_id", "case_id", name=op.f("uq_left_out_draw_id_case_id")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about_kind", sa.String(length=20), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("not_before", sa.Date(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("said_once", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_message_mail_id_mail")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("said_once", name=op.f("uq_message_said_once")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_about", ["about_kind", "about_id", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_mail_id"), ["mail_id"], unique=False)
        batch_op.create_index("ix_message_waiting", ["person_id", "mail_id", "not_before"], unique=False)

    op.create_table(
        "action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=1000), nullable=False),
        sa.Column("whom", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_named", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("evidence_wanted", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=True),
        sa.Column("evidence", sa.String(length=5000), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.Column("closed_note", sa.String(length=500), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=80), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=500), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flagged_because", sa.String(length=20), nullable=False),
        sa.Column("told_level", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "priority IN ('', 'immediate', 'five_days', 'twenty_days')", name=op.f("ck_action_priority_known")
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'closed', 'cancelled')", name=op.f("ck_action_state_known")),
        sa.CheckConstraint("(cancelled_at IS NULL) = (cancelled_by IS NULL)", name=op.f("ck_action_cancelled_paired")),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_action_closed_paired")),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_action_done_paired")),
        sa.CheckConstraint("closed_by IS NULL OR closed_by <> done_by", name=op.f("ck_action_closed_by_another")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_action_audit_id_audit")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_action_case_id_case_file")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_action_owner_id_person")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_action_service_id_service")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_action_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.UniqueConstraint("audit_id", "number", name=op.f("uq_action_audit_id_number")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index("ix_action_case_state", ["case_id", "state"], unique=False)
        batch_op.create_index("ix_action_owner_state", ["owner_id", "state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_service_id"), ["service_id"], unique=False)
        batch_op.create_index("ix_action_state_due", ["state", "due_on"], unique=False)

    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_by", sa.String(length=80), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=80), nullable=True),
        sa.Column("acknowledged_note", sa.String(length=2000), nullable=False),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name=op.f("ck_alert_acknowledged_paired")
        ),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_alert_lifted_paired")),
        sa.CheckConstraint("answer IN ('not_sure', 'no')", name=op.f("ck_alert_answer_known")),
        sa.CheckConstraint("stage IN ('auditor', 'moderator')", name=op.f("ck_alert_stage_known")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_alert_audit_id_audit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_audit_id"), ["audit_id"], unique=False)
        batch_op.create_index(
            "uq_alert_open",
            ["audit_id", "stage"],
            unique=True,
            sqlite_where=sa.text("acknowledged_at IS NULL"),
            postgresql_where=sa.text("acknowledged_at IS NULL"),
        )

    op.create_table(
        "draft_aside",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("typed_sha256", sa.String(length=64), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_draft_aside_audit_id_audit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_aside_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_aside")),
    )
    with op.batch_alter_table("draft_aside", schema=None) as batch_op:
        batch_op.create_index("ix_draft_aside_open", ["audit_id", "stage", "section"], unique=False)

    op.create_table(
        "reaudit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=True),
        sa.Column("not_before", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("because", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_by", sa.String(length=80), nullable=True),
        sa.Column("kept_reason", sa.String(length=500), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=80), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state = 'allocated') = (second_id IS NOT NULL)", name=op.f("ck_reaudit_allocated_has_audit")
        ),
        sa.CheckConstraint("state IN ('planned', 'allocated', 'cancelled')", name=op.f("ck_reaudit_state_known")),
        sa.CheckConstraint("because IN ('inadequate', 'asked')", name=op.f("ck_reaudit_because_known")),
        sa.CheckConstraint("(cancelled_at IS NULL) = (cancelled_by IS NULL)", name=op.f("ck_reaudit_cancelled_paired")),
        sa.CheckConstraint("(kept_at IS NULL) = (kept_by IS NULL)", name=op.f("ck_reaudit_kept_paired")),
        sa.ForeignKeyConstraint(["first_id"], ["audit.id"], name=op.f("fk_reaudit_first_id_audit")),
        sa.ForeignKeyConstraint(["second_id"], ["audit.id"], name=op.f("fk_reaudit_second_id_audit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reaudit")),
        sa.UniqueConstraint("first_id", name=op.f("uq_reaudit_first_id")),
        sa.UniqueConstraint("second_id", name=op.f("uq_reaudit_second_id")),
    )
    with op.batch_alter_table("reaudit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reaudit_due_on"), ["due_on"], unique=False)

    op.create_table(
        "reflection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.String(length=80), nullable=False),
        sa.Column("link_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_sha256", sa.String(length=64), nullable=True),
        sa.Column("link_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pass_sha256", sa.String(length=64), nullable=True),
        sa.Column("pass_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("proud", sa.String(length=5000), nullable=False),
        sa.Column("in_the_way", sa.String(length=5000), nullable=False),
        sa.Column("needs", sa.String(length=5000), nullable=False),
        sa.Column("helped", sa.String(length=20), nullable=False),
        sa.Column("helped_how", sa.String(length=5000), nullable=False),
        sa.Column("position", sa.String(length=10), nullable=False),
        sa.Column("dispute", sa.String(length=5000), nullable=False),
        sa.Column("asks_moderation", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("decision_note", sa.String(length=2000), nullable=False),
        sa.CheckConstraint(
            "decision IN ('', 'moderate', 'stands', 'resolved')", name=op.f("ck_reflection_decision_known")
        ),
        sa.CheckConstraint(
            "helped IN ('', 'yes', 'partly', 'no', 'not_applicable')", name=op.f("ck_reflection_helped_known")
        ),
        sa.CheckConstraint("position IN ('', 'accepts', 'disputes')", name=op.f("ck_reflection_position_known")),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_reflection_decided_paired")),
        sa.CheckConstraint("(invited_at IS NULL) = (invited_by IS NULL)", name=op.f("ck_reflection_invited_paired")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_reflection_audit_id_audit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reflection_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_reflection_audit_id")),
        sa.UniqueConstraint("link_sha256", name=op.f("uq_reflection_link_sha256")),
        sa.UniqueConstraint("pass_sha256", name=op.f("uq_reflection_pass_sha256")),
    )
    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reflection_person_id"), ["person_id"], unique=False)

    op.create_table(
        "restricted_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tool_key", sa.String(length=40), nullable=False),
        sa.Column("tool_version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_restricted_answers_audit_id_audit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_restricted_answers_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_answers")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_restricted_answers_audit_id")),
    )
    op.create_table(
        "action_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=60), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_link_action_id_action")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_action_link_audit_id_audit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_link")),
        sa.UniqueConstraint("audit_id", "element", "action_id", name=op.f("uq_action_link_audit_id_element_action_id")),
    )
    with op.batch_alter_table("action_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_link_action_id"), ["action_id"], unique=False)

    op.create_table(
        "action_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("said", sa.String(length=5000), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_after", sa.Date(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "what IN ('done', 'sent_back', 'closed', 'cancelled', 'due_changed', 'flagged', 'kept')",
            name=op.f("ck_action_step_what_known"),
        ),
        sa.CheckConstraint(
            "(what = 'due_changed') = (due_before IS NOT NULL AND due_after IS NOT NULL)",
            name=op.f("ck_action_step_dated"),
        ),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_action_step_action_id_action")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_step")),
    )
    with op.batch_alter_table("action_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_step_action_id"), ["action_id"], unique=False)

    op.create_table(
        "alert_recipient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("because", sa.String(length=20), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "because IN ('service_manager', 'head_of_service', 'line_manager', 'qa_lead')",
            name=op.f("ck_alert_recipient_because_known"),
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_recipient_alert_id_alert")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_alert_recipient_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_recipient")),
        sa.UniqueConstraint("alert_id", "person_id", name=op.f("uq_alert_recipient_alert_id_person_id")),
    )
    with op.batch_alter_table("alert_recipient", schema=None) as batch_op:
        batch_op.create_index("ix_alert_recipient_person", ["person_id"], unique=False)
    op.create_table(
        "audit_child",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_child_audit_id_audit")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_audit_child_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_child")),
        sa.UniqueConstraint("audit_id", "case_id", name=op.f("uq_audit_child_audit_id_case_id")),
        sa.UniqueConstraint("audit_id", "place", name=op.f("uq_audit_child_audit_id_place")),
    )


def downgrade() -> None:
    for table in (
        "audit_child",
        "alert_recipient",
        "action_step",
        "action_link",
        "restricted_answers",
        "reflection",
        "reaudit",
        "draft_aside",
        "alert",
        "action",
        "message",
        "left_out",
        "once_key",
        "due_job",
        "mail_choice",
        "mail",
        "calendar_feed",
        "absence",
        "cycle_step",
        "tool_definition",
    ):
        op.drop_table(table)
