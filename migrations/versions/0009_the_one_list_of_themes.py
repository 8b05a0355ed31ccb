"""The one list of themes, begun with those the shipped tools speak of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The codes of every shipped tool, in the words of the case file audit where it has them. The QA lead keeps the list.
THEMES = (
    ("voice", "Voice of the child"),
    ("fathers", "Fathers and absent parents"),
    ("chronology", "History and chronology"),
    ("neglect", "Neglect"),
    ("drift", "Drift and delay"),
    ("recording", "Recording"),
    ("supervision", "Supervision and oversight"),
    ("plans", "Plans that are specific"),
    ("contingency", "Contingency"),
    ("identity", "Identity, culture and disability"),
    ("partnership", "Working together"),
    ("permanence", "Permanence"),
    ("court", "Work before and in court"),
    ("missing", "Missing from home or care"),
    ("exploitation", "Exploitation"),
    ("transitions", "Transitions"),
    ("specific", "Actions that are specific"),
    ("outcomes", "Outcomes, not tasks"),
    ("progress", "Progress and review"),
    ("plain", "Words the family understands"),
    ("relationship", "Relationship and empathy"),
    ("child", "The child at the centre"),
    ("listening", "Listening"),
    ("curiosity", "Curiosity and challenge"),
    ("restorative", "Restorative practice"),
    ("planning", "Planning with the family"),
    ("preparation", "Preparation"),
    ("chairing", "Running a meeting"),
    ("regular", "Regular and protected time"),
    ("reflective", "Reflection"),
    ("followed", "Actions followed through"),
    ("risk", "Risk and safety"),
    ("decisions", "Decisions and why they were made"),
    ("wellbeing", "Wellbeing and workload"),
    ("learning", "Learning and development"),
    ("other", "Something else"),
)


def upgrade() -> None:
    theme = op.create_table(
        "theme",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("(retired_at IS NULL) = (retired_by IS NULL)", name=op.f("ck_theme_retired_paired")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_theme")),
        sa.UniqueConstraint("label", name=op.f("uq_theme_label")),
    )
    op.bulk_insert(
        theme, [{"code": code, "label": label, "position": place} for place, (code, label) in enumerate(THEMES, 1)]
    )


def downgrade() -> None:
    op.drop_table("theme")
