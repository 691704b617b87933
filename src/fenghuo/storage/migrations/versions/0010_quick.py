"""What mentions are filtered by stands in their own row and in the indexes they are walked by."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
LABELS = ("platform", "country", "kind", "lang", "sentiment", "crisis_type")
SOME = 10_000
"""Mentions of one statement. More: SQLite's changes and PostgreSQL's plan outgrow the memory."""
GRAVE: Mapping[str, Any] = {
    "sqlite_where": sa.text("grave = 1"),
    "postgresql_where": sa.text("grave"),
}

FILL = sa.text(
    "UPDATE mentions SET platform = f.platform, country = f.country, kind = f.kind, lang = f.lang,"
    " sentiment = f.sentiment, crisis_type = f.crisis_type, grave = f.grave"
    " FROM (SELECT m.number, p.platform, p.country, p.kind, coalesce(u.lang, '') AS lang,"
    " coalesce(u.sentiment, '') AS sentiment, coalesce(u.crisis_type, '') AS crisis_type,"
    " coalesce(u.grave, false) AS grave"
    " FROM mentions AS m JOIN posts AS p ON p.number = m.post"
    " LEFT JOIN understandings AS u ON u.mention = m.id"
    " WHERE m.number > :after AND m.number <= :upto) AS f"
    " WHERE mentions.number = f.number"
)
QUEUE = sa.text(
    "UPDATE awaiting SET workspace ="
    " (SELECT workspace FROM mentions WHERE mentions.id = awaiting.mention)"
)


def upgrade() -> None:
    """Add the columns, fill them from where they stood, then index them."""
    for name in LABELS:
        op.add_column("mentions", sa.Column(name, KEY, nullable=False, server_default=""))
    grave = sa.Column("grave", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("mentions", grave)
    op.add_column("awaiting", sa.Column("workspace", KEY, nullable=False, server_default=""))
    _fill()
    _forget_old()
    _index()


def _fill() -> None:
    connection = op.get_bind()
    last = connection.scalar(sa.text("SELECT max(number) FROM mentions")) or 0
    for after in range(0, last, SOME):
        connection.execute(FILL, {"after": after, "upto": after + SOME})
    connection.execute(QUEUE)


def _forget_old() -> None:
    for name in ("kind", "country"):
        op.drop_column("posts", name)
    for name in ("lang", "sentiment", "crisis_type", "grave"):
        op.drop_column("understandings", name)
    op.drop_index("ix_mentions_watch_at_id", "mentions")
    op.drop_index("ix_mentions_workspace_at_id", "mentions")


def _index() -> None:
    op.create_index("ix_awaiting_workspace_mention", "awaiting", ["workspace", "mention"])
    op.create_index("ix_mentions_workspace_id", "mentions", ["workspace", "id"])
    at, held = ["at", "id"], ["excluded", *LABELS]
    everywhere: Mapping[str, Any] = {}
    for name, columns, where in (
        ("workspace_at_id", ["workspace", *at, "watch", *held, "grave"], everywhere),
        ("workspace_watch_at_id", ["workspace", "watch", *at, *held, "grave"], everywhere),
        ("workspace_grave_at_id", ["workspace", "grave", *at, "watch", *held], GRAVE),
        ("workspace_watch_grave_at_id", ["workspace", "watch", "grave", *at, *held], GRAVE),
    ):
        op.create_index(f"ix_mentions_{name}", "mentions", columns, **where)
