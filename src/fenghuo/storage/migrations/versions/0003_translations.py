"""Machine translations of mentions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "translations",
        sa.Column("mention", KEY, nullable=False),
        sa.Column("language", KEY, nullable=False),
        sa.Column("translator", KEY, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("mention", "language", "translator", name="pk_translations"),
        sa.ForeignKeyConstraint(
            ["mention"], ["mentions.id"], name="fk_translations_mention_mentions"
        ),
    )
