"""Every table of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "access_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=60), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.CheckConstraint("outcome IN ('allowed', 'denied')", name=op.f("ck_access_entry_outcome_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_entry")),
    )
    with op.batch_alter_table("access_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_entry_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_entry_person_id"), ["person_id"], unique=False)

    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(length=80), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("kind IN ('staff', 'cases', 'register')", name=op.f("ck_batch_kind_known")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_batch_withdrawn_paired")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("headings_sha256", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('staff', 'cases', 'register')", name=op.f("ck_column_mapping_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("kind", "headings_sha256", name=op.f("uq_column_mapping_kind_headings_sha256")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_object_id"), ["object_id"], unique=False)

    op.create_table(
        "service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("name", name=op.f("uq_service_name")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_key", sa.String(length=64), nullable=False),
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_account", ["account_key", "tried_at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_address", ["address_key", "tried_at"], unique=False)
        batch_op.create_index("ix_sign_in_attempt_tried", ["tried_at"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('staff', 'cases', 'register')", name=op.f("ck_upload_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_table(
        "cycle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("tool_key", sa.String(length=40), nullable=False),
        sa.Column("tool_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(length=80), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_cycle_closed_is_dated")),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR batch_id IS NOT NULL", name=op.f("ck_cycle_withdrawn_was_imported")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'released', 'closed', 'withdrawn')", name=op.f("ck_cycle_state_known")
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_cycle_closed_paired")),
        sa.CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name=op.f("ck_cycle_released_paired")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_cycle_batch_id_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
    )
    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycle_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cycle_month"), ["month"], unique=False)
        batch_op.create_index(
            "uq_cycle_standing",
            ["month", "tool_key"],
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )

    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_team_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_service_id"), ["service_id"], unique=False)

    op.create_table(
        "draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("frame", sa.JSON(), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('cases', 'moderation')", name=op.f("ck_draw_kind_known")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_draw_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
    )
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("job_title", sa.String(length=120), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("line_manager_id", sa.Uuid(), nullable=True),
        sa.Column("fte", sa.Numeric(precision=4, scale=2), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["line_manager_id"], ["person.id"], name=op.f("fk_person_line_manager_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_person_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("employee_id", name=op.f("uq_person_employee_id")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_line_manager_id"), ["line_manager_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_team_id"), ["team_id"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("reported", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_snapshot_cycle_id_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snapshot_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_snapshot_month"), ["month"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("(disabled_at IS NULL) = (disabled_by IS NULL)", name=op.f("ck_account_disabled_paired")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference_key", sa.String(length=64), nullable=False),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("plan_type", sa.String(length=60), nullable=False),
        sa.Column("legal_status", sa.String(length=60), nullable=False),
        sa.Column("age_band", sa.String(length=20), nullable=False),
        sa.Column("sex", sa.String(length=20), nullable=True),
        sa.Column("family_key", sa.String(length=64), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reference_key) = 64", name=op.f("ck_case_file_reference_key_whole")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_case_file_reviewer_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_case_file_team_id_team")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_case_file_worker_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("reference_key", name=op.f("uq_case_file_reference_key")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_file_family_key"), ["family_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_team_id"), ["team_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_worker_id"), ["worker_id"], unique=False)

    op.create_table(
        "expectation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role_group", sa.String(length=10), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("excused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excused_by", sa.String(length=80), nullable=True),
        sa.Column("excused_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("role_group IN ('manager', 'iro', 'other')", name=op.f("ck_expectation_role_group_known")),
        sa.CheckConstraint("(excused_at IS NULL) = (excused_by IS NULL)", name=op.f("ck_expectation_excused_paired")),
        sa.CheckConstraint("expected BETWEEN 0 AND 50", name=op.f("ck_expectation_expected_sensible")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_expectation_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_expectation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expectation")),
        sa.UniqueConstraint("cycle_id", "person_id", name=op.f("uq_expectation_cycle_id_person_id")),
    )
    with op.batch_alter_table("expectation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expectation_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_expectation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.String(length=80), nullable=True),
        sa.Column("seconded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconded_by", sa.String(length=80), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "role IN ('auditor', 'moderator', 'head_of_service', 'qa_lead', 'administrator', 'analyst', 'board', 'information_governance')",
            name=op.f("ck_role_grant_role_known"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_role_grant_ended_paired")),
        sa.CheckConstraint("(granted_at IS NULL) = (granted_by IS NULL)", name=op.f("ck_role_grant_granted_paired")),
        sa.CheckConstraint("(seconded_at IS NULL) = (seconded_by IS NULL)", name=op.f("ck_role_grant_seconded_paired")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_role_grant_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_role_grant_current",
            ["person_id", "role"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND service_id IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND service_id IS NULL"),
        )
        batch_op.create_index(
            "uq_role_grant_current_service",
            ["person_id", "role", "service_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND service_id IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND service_id IS NOT NULL"),
        )

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_session_token_sha256")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_role", sa.String(length=120), nullable=False),
        sa.Column("tool_key", sa.String(length=40), nullable=False),
        sa.Column("tool_version", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("plan_type", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("stream", sa.String(length=12), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("handed_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_back_by", sa.String(length=80), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.Column("exit_reason", sa.String(length=500), nullable=False),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_by", sa.String(length=80), nullable=True),
        sa.Column("late_reason", sa.String(length=500), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("concern_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("source_id", sa.String(length=60), nullable=True),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state IN ('allocated', 'draft', 'submitted', 'selected', 'moderating', 'moderated', 'agreed', 'closed', 'handed_back', 'withdrawn', 'not_done')",
            name=op.f("ck_audit_state_known"),
        ),
        sa.CheckConstraint(
            "(handed_back_at IS NULL) = (handed_back_by IS NULL)", name=op.f("ck_audit_handed_back_paired")
        ),
        sa.CheckConstraint("(late_at IS NULL) = (late_by IS NULL)", name=op.f("ck_audit_late_paired")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_audit_withdrawn_paired")),
        sa.ForeignKeyConstraint(["auditor_id"], ["person.id"], name=op.f("fk_audit_auditor_id_person")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_audit_batch_id_batch")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_audit_case_id_case_file")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_audit_cycle_id_cycle")),
        sa.ForeignKeyConstraint(["replaces_id"], ["audit.id"], name=op.f("fk_audit_replaces_id_audit")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_audit_service_id_service")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_audit_team_id_team")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_audit_worker_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("batch_id", "source_id", name=op.f("uq_audit_batch_id_source_id")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_audit_cycle_id_number")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_audit_replaces_id")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_auditor_state", ["auditor_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_audit_case_month", ["case_id", "month"], unique=False)
        batch_op.create_index("ix_audit_cycle_state", ["cycle_id", "state", "service_id", "team_id"], unique=False)
        batch_op.create_index("ix_audit_done", ["cycle_id", "auditor_id", "submitted_on", "state"], unique=False)
        batch_op.create_index(
            "ix_audit_withdrawn",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'withdrawn'"),
            postgresql_where=sa.text("state = 'withdrawn'"),
        )

    op.create_table(
        "answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tool_key", sa.String(length=40), nullable=False),
        sa.Column("tool_version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage IN ('auditor', 'moderator', 'agreement')", name=op.f("ck_answers_stage_known")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_answers_audit_id_audit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answers_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("audit_id", "stage", name=op.f("uq_answers_audit_id_stage")),
    )
    op.create_table(
        "counted_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("tool_key", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_counted_answer_audit_id_audit")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_counted_answer_service_id_service")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_counted_answer_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_answer")),
        sa.UniqueConstraint("audit_id", "question", name=op.f("uq_counted_answer_audit_id_question")),
    )
    with op.batch_alter_table("counted_answer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_counted_answer_counted",
            ["tool_key", "month", "service_id", "team_id", "audit_id", "question", "value"],
            unique=False,
        )

    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage IN ('auditor', 'moderator', 'agreement')", name=op.f("ck_draft_stage_known")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_draft_audit_id_audit")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("audit_id", "stage", name=op.f("uq_draft_audit_id_stage")),
    )
    op.create_table(
        "frame_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("stratum", sa.String(length=60), nullable=False),
        sa.Column("certainty", sa.Boolean(), nullable=False),
        sa.Column("selected", sa.Boolean(), nullable=False),
        sa.Column("chance_numerator", sa.Integer(), nullable=False),
        sa.Column("chance_denominator", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "chance_numerator BETWEEN 0 AND chance_denominator", name=op.f("ck_frame_member_chance_within_one")
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_frame_member_audit_id_audit")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_frame_member_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_member")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_frame_member_audit_id")),
    )
    with op.batch_alter_table("frame_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_frame_member_draw_id"), ["draw_id"], unique=False)
        batch_op.create_index(
            "ix_frame_member_month", ["month", "stratum", "certainty", "selected", "audit_id", "draw_id"], unique=False
        )

    op.create_table(
        "judgement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("grade", sa.String(length=22), nullable=False),
        sa.Column("auditor_grade", sa.String(length=22), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("tool_key", sa.String(length=40), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "grade IN ('outstanding', 'good', 'requires_improvement', 'inadequate', 'not_applicable', 'not_enough_evidence')",
            name=op.f("ck_judgement_grade_known"),
        ),
        sa.CheckConstraint(
            "stage <> 'auditor' OR auditor_grade IS NULL", name=op.f("ck_judgement_auditor_grade_beside")
        ),
        sa.CheckConstraint("stage IN ('auditor', 'moderator', 'final')", name=op.f("ck_judgement_stage_known")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_judgement_audit_id_audit")),
        sa.ForeignKeyConstraint(["judge_id"], ["person.id"], name=op.f("fk_judgement_judge_id_person")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_judgement_service_id_service")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_judgement_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        sa.UniqueConstraint("audit_id", "element", "stage", name=op.f("uq_judgement_audit_id_element_stage")),
    )
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.create_index(
            "ix_judgement_counted",
            ["tool_key", "stage", "element", "month", "grade", "auditor_grade", "service_id", "team_id", "audit_id"],
            unique=False,
        )
        batch_op.create_index("ix_judgement_paired", ["audit_id", "element", "stage", "grade"], unique=False)

    op.create_table(
        "moderation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=True),
        sa.Column("stream", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("graded_on", sa.Date(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", sa.String(length=80), nullable=True),
        sa.Column("form_sound", sa.Boolean(), nullable=True),
        sa.Column("independence", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("mode IN ('blind', 'sighted', 'joint')", name=op.f("ck_moderation_mode_known")),
        sa.CheckConstraint(
            "state IN ('allocated', 'moderating', 'moderated', 'agreed', 'not_done')",
            name=op.f("ck_moderation_state_known"),
        ),
        sa.CheckConstraint(
            "stream IN ('sampled', 'chosen', 'disputed', 'calibration')", name=op.f("ck_moderation_stream_known")
        ),
        sa.CheckConstraint("(agreed_at IS NULL) = (agreed_by IS NULL)", name=op.f("ck_moderation_agreed_paired")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_moderation_audit_id_audit")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_moderation_batch_id_batch")),
        sa.ForeignKeyConstraint(["moderator_id"], ["person.id"], name=op.f("fk_moderation_moderator_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_moderation_audit_id")),
    )
    with op.batch_alter_table("moderation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_moderation_counted", ["state", "stream", "mode", "audit_id"], unique=False)
        batch_op.create_index("ix_moderation_moderator_state", ["moderator_id", "state"], unique=False)

    op.create_table(
        "difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moderation_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=5000), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderation_id"], ["moderation.id"], name=op.f("fk_difference_moderation_id_moderation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difference")),
        sa.UniqueConstraint("moderation_id", "element", name=op.f("uq_difference_moderation_id_element")),
    )


def downgrade() -> None:

    op.drop_table("difference")
    with op.batch_alter_table("moderation", schema=None) as batch_op:
        batch_op.drop_index("ix_moderation_moderator_state")
        batch_op.drop_index("ix_moderation_counted")
        batch_op.drop_index(batch_op.f("ix_moderation_batch_id"))

    op.drop_table("moderation")
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.drop_index("ix_judgement_paired")
        batch_op.drop_index("ix_judgement_counted")

    op.drop_table("judgement")
    with op.batch_alter_table("frame_member", schema=None) as batch_op:
        batch_op.drop_index("ix_frame_member_month")
        batch_op.drop_index(batch_op.f("ix_frame_member_draw_id"))

    op.drop_table("frame_member")
    op.drop_table("draft")
    with op.batch_alter_table("counted_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_counted_answer_counted")

    op.drop_table("counted_answer")
    op.drop_table("answers")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_audit_withdrawn",
            sqlite_where=sa.text("state = 'withdrawn'"),
            postgresql_where=sa.text("state = 'withdrawn'"),
        )
        batch_op.drop_index("ix_audit_done")
        batch_op.drop_index("ix_audit_cycle_state")
        batch_op.drop_index("ix_audit_case_month")
        batch_op.drop_index(batch_op.f("ix_audit_batch_id"))
        batch_op.drop_index("ix_audit_auditor_state")

    op.drop_table("audit")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_person_id"))

    op.drop_table("sign_in_session")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_grant_current_service",
            sqlite_where=sa.text("ended_at IS NULL AND service_id IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND service_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_role_grant_current",
            sqlite_where=sa.text("ended_at IS NULL AND service_id IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND service_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_role_grant_person_id"))

    op.drop_table("role_grant")
    with op.batch_alter_table("expectation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expectation_person_id"))
        batch_op.drop_index(batch_op.f("ix_expectation_cycle_id"))

    op.drop_table("expectation")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_file_worker_id"))
        batch_op.drop_index(batch_op.f("ix_case_file_team_id"))
        batch_op.drop_index(batch_op.f("ix_case_file_family_key"))

    op.drop_table("case_file")
    op.drop_table("account")
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snapshot_month"))
        batch_op.drop_index(batch_op.f("ix_snapshot_cycle_id"))

    op.drop_table("snapshot")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_team_id"))
        batch_op.drop_index(batch_op.f("ix_person_name"))
        batch_op.drop_index(batch_op.f("ix_person_line_manager_id"))

    op.drop_table("person")
    with op.batch_alter_table("draw", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draw_cycle_id"))

    op.drop_table("draw")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_service_id"))

    op.drop_table("team")
    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cycle_standing",
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )
        batch_op.drop_index(batch_op.f("ix_cycle_month"))
        batch_op.drop_index(batch_op.f("ix_cycle_batch_id"))

    op.drop_table("cycle")
    op.drop_table("upload")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_tried")
        batch_op.drop_index("ix_sign_in_attempt_address")
        batch_op.drop_index("ix_sign_in_attempt_account")

    op.drop_table("sign_in_attempt")
    op.drop_table("setting")
    op.drop_table("service")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_object_id"))
        batch_op.drop_index(batch_op.f("ix_event_at"))
        batch_op.drop_index(batch_op.f("ix_event_action"))

    op.drop_table("event")
    op.drop_table("column_mapping")
    op.drop_table("batch")
    with op.batch_alter_table("access_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_entry_person_id"))
        batch_op.drop_index(batch_op.f("ix_access_entry_object_id"))
        batch_op.drop_index(batch_op.f("ix_access_entry_at"))

    op.drop_table("access_entry")
