"""Audits are found by the plan type of their case."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_audit_plan_type"), "audit", ["tool_key", "plan_type"])


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_plan_type"), table_name="audit")
