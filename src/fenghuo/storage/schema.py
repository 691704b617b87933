"""The tables of the listening and the warning room, on SQLite and PostgreSQL alike.

Times are milliseconds UTC. Keys are compared byte by byte on both databases (collation "C").
A post is (workspace, platform, native id), a mention (watch, post). Numbers (`number`) never
leave the store; the full-text index hangs on them.

What mentions are filtered and counted by stands in their own row and in the two indexes that they
are walked by, so that a filter that keeps little reads nothing but the index. `lang`, `sentiment`,
`crisis_type` and `grave` are empty until somebody understood the mention.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects import postgresql

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

KEY = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
# SQLite fills only a column of type INTEGER by itself.
NUMBER = BigInteger().with_variant(Integer, "sqlite")
WORDS = "mention_words"
_LABELS = ("excluded", "platform", "country", "kind", "lang", "sentiment", "crisis_type")
_GRAVE: Mapping[str, Any] = {"sqlite_where": text("grave = 1"), "postgresql_where": text("grave")}

watches = Table(
    "watches",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("workspace", KEY, nullable=False, index=True),
    Column("active", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("rival_of", KEY, nullable=False, server_default=""),
)

posts = Table(
    "posts",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("workspace", KEY, nullable=False),
    Column("platform", KEY, nullable=False),
    Column("native", KEY, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("workspace", "platform", "native"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("number", NUMBER, primary_key=True),
    Column("id", KEY, nullable=False, unique=True),
    Column("watch", KEY, nullable=False),
    Column("workspace", KEY, nullable=False),
    Column("post", NUMBER, ForeignKey("posts.number"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("copy_of", KEY, nullable=False),
    Column("excluded", Boolean, nullable=False),
    Column("marks", Text, nullable=False),
    Column("platform", KEY, nullable=False, server_default=""),
    Column("country", KEY, nullable=False, server_default=""),
    Column("kind", KEY, nullable=False, server_default=""),
    Column("lang", KEY, nullable=False, server_default=""),
    Column("sentiment", KEY, nullable=False, server_default=""),
    Column("crisis_type", KEY, nullable=False, server_default=""),
    Column("grave", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("post", "watch"),
    Index("ix_mentions_workspace_id", "workspace", "id"),
    Index("ix_mentions_workspace_at_id", "workspace", "at", "id", "watch", *_LABELS, "grave"),
    Index(
        "ix_mentions_workspace_watch_at_id", "workspace", "watch", "at", "id", *_LABELS, "grave"
    ),
    # Here `grave` is always true; it and the labels are in them so that SQLite takes them.
    Index(
        "ix_mentions_workspace_grave_at_id", "workspace", "grave", "at", "id", "watch", *_LABELS,
        **_GRAVE,
    ),
    Index(
        "ix_mentions_workspace_watch_grave_at_id", "workspace", "watch", "grave", "at", "id",
        *_LABELS, **_GRAVE,
    ),
)  # fmt: skip

understandings = Table(
    "understandings",
    metadata,
    Column("mention", KEY, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# The understanding worker's queue: a short table of its own stays quick however many mentions
# there are. The workspace stands in it too, since asked for that, each mention would be looked at.
awaiting = Table(
    "awaiting",
    metadata,
    Column("mention", KEY, primary_key=True),
    Column("workspace", KEY, nullable=False, server_default=""),
    Index("ix_awaiting_workspace_mention", "workspace", "mention"),
)

log = Table(
    "log",
    metadata,
    Column("watch", KEY, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("source", KEY, primary_key=True),
    Column("cursor", Text, nullable=False),
)

unmatched = Table(
    "unmatched",
    metadata,
    Column("source", KEY, primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("posts", BigInteger, nullable=False),
)

samples = Table(
    "samples",
    metadata,
    Column("source", KEY, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

states = Table(
    "states",
    metadata,
    Column("watch", KEY, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

joins = Table(
    "joins",
    metadata,
    Column("mention", KEY, primary_key=True),
    Column("watch", KEY, nullable=False),
    Column("story", KEY, nullable=False),
    Index("ix_joins_watch_story_mention", "watch", "story", "mention"),
)

# Facts of every room, one hash chain a stream; `body` is what the digest covers.
facts = Table(
    "facts",
    metadata,
    Column("stream", KEY, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("fact", KEY, nullable=False),
    Column("alert", KEY, nullable=False),
    Column("story", KEY, nullable=False),
    Column("level", KEY, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
    Index(
        "ix_facts_stream_alert_seq",
        "stream",
        "alert",
        "seq",
        sqlite_where=text("alert != ''"),
        postgresql_where=text("alert != ''"),
    ),
    Index(
        "ix_facts_stream_story_seq",
        "stream",
        "story",
        "seq",
        sqlite_where=text("story != ''"),
        postgresql_where=text("story != ''"),
    ),
)

# Full text. On SQLite this is an FTS5 table, which only a migration can make.
words = Table(
    WORDS,
    metadata,
    Column("number", NUMBER, ForeignKey("mentions.number"), primary_key=True),
    Column("words", postgresql.TSVECTOR, nullable=False),
    Index("ix_mention_words_words", "words", postgresql_using="gin"),
)
