"""Watches of competitors stand beside the watch that they belong to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column; every watch so far is one of our own."""
    op.add_column("watches", sa.Column("rival_of", KEY, nullable=False, server_default=""))
