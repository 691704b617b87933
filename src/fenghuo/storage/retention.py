"""How long words are kept, how far forgetting them has come, and what sources brought."""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, Column, Table, delete, func, select

from fenghuo.ports.retention_store import Due
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, joins, mentions, metadata, unmatched
from fenghuo.storage.schema import mentions as table
from fenghuo.storage.sources import sources
from fenghuo.storage.translations import translations

retention = Table(
    "retention",
    metadata,
    Column("workspace", KEY, primary_key=True),
    Column("months", BigInteger, nullable=False),
)

forgotten = Table(
    "forgotten",
    metadata,
    Column("kind", KEY, primary_key=True),
    Column("name", KEY, primary_key=True),
    Column("place", KEY, nullable=False),
)

brought = Table(
    "brought",
    metadata,
    Column("source", KEY, primary_key=True),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("posts", BigInteger, nullable=False),
    Column("unmatched", BigInteger, nullable=False),
)


class Retention(Repository):
    """The keeping and forgetting of a workspace, in one transaction."""

    def months(self, workspace: str) -> int | None:
        """How many months words are kept, 0 for ever, None when nobody has said."""
        found = select(retention.c.months).where(retention.c.workspace == workspace)
        return self.connection.scalar(found)

    def set_months(self, workspace: str, months: int) -> None:
        """Keep words for so long."""
        row = {"workspace": workspace, "months": months}
        self.connection.execute(self.put(retention), row)

    def place(self, kind: str, name: str) -> str:
        """How far forgetting of a kind has come in a workspace or a watch; "" at first."""
        mine = (forgotten.c.kind == kind) & (forgotten.c.name == name)
        return self.connection.scalar(select(forgotten.c.place).where(mine)) or ""

    def set_place(self, kind: str, name: str, place: str) -> None:
        """It has come so far."""
        row = {"kind": kind, "name": name, "place": place}
        self.connection.execute(self.put(forgotten), row)

    def due(self, workspace: str, after: str, before: str, limit: int) -> list[Due]:
        """Mentions with ids between the two, by id."""
        between = (mentions.c.id > after) & (mentions.c.id < before)
        found = (
            select(mentions.c.id, mentions.c.post)
            .where(mentions.c.workspace == workspace, between)
            .order_by(mentions.c.id)
            .limit(limit)
        )
        return [Due(*row) for row in self.connection.execute(found)]

    def named(self, workspace: str, mentions: Sequence[str]) -> list[Due]:
        """These mentions, by id."""
        found = (
            select(table.c.id, table.c.post)
            .where(table.c.id.in_(mentions), table.c.workspace == workspace)
            .order_by(table.c.id)
        )
        return [Due(*row) for row in self.connection.execute(found)]

    def stories(self, mentions: Sequence[str]) -> Mapping[str, str]:
        """The stories that these mentions joined."""
        found = select(joins.c.mention, joins.c.story).where(joins.c.mention.in_(mentions))
        return dict(self.connection.execute(found).all())

    def forget_counts(self, source: str, before: int) -> None:
        """Forget what a source brought before a time (ms) without a match."""
        old = (unmatched.c.source == source) & (unmatched.c.minute < before)
        self.connection.execute(delete(unmatched).where(old))
        old = (brought.c.source == source) & (brought.c.hour < before)
        self.connection.execute(delete(brought).where(old))

    def forget_translations(self, workspace: str, before: str) -> None:
        """Forget the translations of mentions with smaller ids."""
        own = select(mentions.c.id).where(
            mentions.c.workspace == workspace, mentions.c.id == translations.c.mention
        )
        old = (translations.c.mention < before) & own.exists()
        self.connection.execute(delete(translations).where(old))

    def add_brought(self, source: str, hour: int, posts: int, unmatched: int) -> None:
        """Add to what a source brought in an hour (its first millisecond) of our clock."""
        row = self.insert(brought)
        more = row.on_conflict_do_update(
            index_elements=["source", "hour"],
            set_={
                "posts": brought.c.posts + row.excluded.posts,
                "unmatched": brought.c.unmatched + row.excluded.unmatched,
            },
        )
        made = {"source": source, "hour": hour, "posts": posts, "unmatched": unmatched}
        self.connection.execute(more, made)

    def brought(self, workspace: str, since: int) -> Mapping[str, tuple[int, int]]:
        """By source, the posts that it brought since an hour, and those that matched nothing."""
        found = (
            select(brought.c.source, func.sum(brought.c.posts), func.sum(brought.c.unmatched))
            .join(sources, sources.c.id == brought.c.source)
            .where(sources.c.workspace == workspace, brought.c.hour >= since)
            .group_by(brought.c.source)
        )
        return {name: (int(n), int(m)) for name, n, m in self.connection.execute(found)}
