"""How long words are kept, how far forgetting has come, what each source brought."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables; words of every workspace are kept for as long as the default says."""
    op.create_table(
        "retention",
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("months", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_retention"),
    )
    op.create_table(
        "forgotten",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_forgotten"),
    )
    op.create_table(
        "brought",
        sa.Column("source", KEY, nullable=False),
        sa.Column("hour", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("posts", sa.BigInteger, nullable=False),
        sa.Column("unmatched", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("source", "hour", name="pk_brought"),
    )
