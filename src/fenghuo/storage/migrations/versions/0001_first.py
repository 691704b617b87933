"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make everything."""
    _posts_and_mentions()
    _understandings()
    _full_text()
    _logs()
    _readings()
    _warn()
    _sources()
    _access()
    _prepare()
    _telling()


def _posts_and_mentions() -> None:
    op.create_table(
        "watches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
    )
    op.create_index("ix_watches_workspace", "watches", ["workspace"])
    op.create_table(
        "posts",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("platform", KEY, nullable=False),
        sa.Column("native", KEY, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("country", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_posts"),
        sa.UniqueConstraint(
            "workspace", "platform", "native", name="uq_posts_workspace_platform_native"
        ),
    )
    op.create_table(
        "mentions",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("watch", KEY, nullable=False),
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("post", NUMBER, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("copy_of", KEY, nullable=False),
        sa.Column("excluded", sa.Boolean, nullable=False),
        sa.Column("marks", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_mentions"),
        sa.ForeignKeyConstraint(["post"], ["posts.number"], name="fk_mentions_post_posts"),
        sa.UniqueConstraint("id", name="uq_mentions_id"),
        sa.UniqueConstraint("post", "watch", name="uq_mentions_post_watch"),
    )
    op.create_index("ix_mentions_watch_at_id", "mentions", ["watch", "at", "id"])
    op.create_index("ix_mentions_workspace_at_id", "mentions", ["workspace", "at", "id"])


def _understandings() -> None:
    op.create_table(
        "understandings",
        sa.Column("mention", KEY, nullable=False),
        sa.Column("lang", KEY, nullable=False),
        sa.Column("sentiment", KEY, nullable=False),
        sa.Column("crisis_type", KEY, nullable=False),
        sa.Column("grave", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("mention", name="pk_understandings"),
    )
    op.create_table(
        "awaiting",
        sa.Column("mention", KEY, nullable=False),
        sa.PrimaryKeyConstraint("mention", name="pk_awaiting"),
    )


def _full_text() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # detail=none, columnsize=0: which words a text holds, not where or how often; a third of
        # the size and the time. SQLite 3.40 can delete from it because it keeps the words itself.
        op.execute(
            "CREATE VIRTUAL TABLE mention_words USING fts5("
            "words, detail=none, columnsize=0, tokenize='ascii')"
        )
        return
    op.create_table(
        "mention_words",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("words", postgresql.TSVECTOR, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_mention_words"),
        sa.ForeignKeyConstraint(
            ["number"], ["mentions.number"], name="fk_mention_words_number_mentions"
        ),
    )
    op.create_index("ix_mention_words_words", "mention_words", ["words"], postgresql_using="gin")


def _logs() -> None:
    op.create_table(
        "log",
        sa.Column("watch", KEY, nullable=False),
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("watch", "position", name="pk_log"),
    )


def _readings() -> None:
    op.create_table(
        "cursors",
        sa.Column("source", KEY, nullable=False),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_cursors"),
    )
    op.create_table(
        "unmatched",
        sa.Column("source", KEY, nullable=False),
        sa.Column("minute", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("posts", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("source", "minute", name="pk_unmatched"),
    )
    op.create_table(
        "samples",
        sa.Column("source", KEY, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("source", "number", name="pk_samples"),
    )


def _warn() -> None:
    op.create_table(
        "states",
        sa.Column("watch", KEY, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("watch", name="pk_states"),
    )
    op.create_table(
        "joins",
        sa.Column("mention", KEY, nullable=False),
        sa.Column("watch", KEY, nullable=False),
        sa.Column("story", KEY, nullable=False),
        sa.PrimaryKeyConstraint("mention", name="pk_joins"),
    )
    op.create_index("ix_joins_watch_story_mention", "joins", ["watch", "story", "mention"])
    op.create_table(
        "facts",
        sa.Column("stream", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("fact", KEY, nullable=False),
        sa.Column("alert", KEY, nullable=False),
        sa.Column("story", KEY, nullable=False),
        sa.Column("level", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name="pk_facts"),
    )
    for what in ("alert", "story"):
        told = sa.text(f"{what} != ''")
        op.create_index(
            f"ix_facts_stream_{what}_seq",
            "facts",
            ["stream", what, "seq"],
            sqlite_where=told,
            postgresql_where=told,
        )


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", KEY, nullable=False),
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    op.create_index("ix_sources_workspace", "sources", ["workspace"])
    op.create_table(
        "source_health",
        sa.Column("source", KEY, nullable=False),
        sa.Column("last_read", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_source_health"),
    )


def _access() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
    )
    op.create_table(
        "people",
        sa.Column("id", KEY, nullable=False),
        sa.Column("email", KEY, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("email", name="uq_people_email"),
    )
    op.create_table(
        "memberships",
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_memberships"),
    )
    op.create_index("ix_memberships_person", "memberships", ["person"])
    op.create_table(
        "passes",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_passes"),
    )
    op.create_index("ix_passes_workspace", "passes", ["workspace"])
    op.create_table(
        "sign_in_failures",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_key", "sign_in_failures", ["key"])


def _prepare() -> None:
    for name in ("duties", "channel_addresses"):
        op.create_table(
            name,
            sa.Column("id", KEY, nullable=False),
            sa.Column("workspace", KEY, nullable=False),
            sa.Column("body", sa.LargeBinary, nullable=False),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )
        op.create_index(f"ix_{name}_workspace", name, ["workspace"])
    op.create_table(
        "wake_tests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("token", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_wake_tests"),
    )
    op.create_index("ix_wake_tests_workspace", "wake_tests", ["workspace"])
    op.create_index("ix_wake_tests_token", "wake_tests", ["token"])


def _telling() -> None:
    op.create_table(
        "calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("workspace", KEY, nullable=False),
        sa.Column("watch", KEY, nullable=False),
        sa.Column("alert", KEY, nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("token", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_token", "calls", ["token"])
    op.create_index("ix_calls_watch_alert_turn", "calls", ["watch", "alert", "turn"])
    still_open = sa.text("state IN ('due', 'sending')")
    op.create_index(
        "ix_calls_workspace_due_at",
        "calls",
        ["workspace", "due_at"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "told",
        sa.Column("watch", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("watch", name="pk_told"),
    )
