"""Signs of life of the parts that nobody sees."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "beats",
        sa.Column("part", KEY, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("failing", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("part", name="pk_beats"),
    )
