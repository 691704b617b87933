"""Pictures of mentions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "pictures",
        sa.Column("mention", KEY, nullable=False),
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mention", name="pk_pictures"),
        sa.ForeignKeyConstraint(["mention"], ["mentions.id"], name="fk_pictures_mention_mentions"),
    )
    op.create_index("ix_pictures_workspace", "pictures", ["workspace"])
