"""The configured sources and their health."""

import msgspec
from sqlalchemy import BigInteger, Column, LargeBinary, Table, delete, select

from fenghuo.domain.source import Health, Source
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, cursors, metadata, samples, unmatched

sources = Table(
    "sources",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("workspace", KEY, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

source_health = Table(
    "source_health",
    metadata,
    Column("source", KEY, primary_key=True),
    Column("last_read", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

_sources = msgspec.msgpack.Decoder(Source)
_healths = msgspec.msgpack.Decoder(Health)


class Sources(Repository):
    """The sources, in one transaction."""

    def save(self, source: Source) -> None:
        """Insert or rewrite a source."""
        body = msgspec.msgpack.encode(source)
        row = {"id": source.id, "workspace": source.workspace, "body": body}
        self.connection.execute(self.put(sources), row)

    def remove(self, source: str) -> None:
        """Forget a source, its cursor and what it sent beside the mentions; mentions stay."""
        self.connection.execute(delete(sources).where(sources.c.id == source))
        for table in (source_health, cursors, samples, unmatched):
            self.connection.execute(delete(table).where(table.c.source == source))

    def one(self, source: str, *, to_change: bool = False) -> Source | None:
        """A source by id; `to_change` keeps other writers off it until the end."""
        if to_change:
            self._hold(source)
        body = self.connection.scalar(select(sources.c.body).where(sources.c.id == source))
        return _sources.decode(body) if body else None

    def all(self, workspace: str | None = None) -> list[Source]:
        """The sources of a workspace, or all, oldest first."""
        query = select(sources.c.body).order_by(sources.c.id)
        if workspace is not None:
            query = query.where(sources.c.workspace == workspace)
        return [_sources.decode(row.body) for row in self.connection.execute(query)]

    def health(self, source: str, *, to_change: bool = False) -> Health:
        """How a source has been doing; `to_change` keeps other writers off it until the end."""
        if to_change:
            self._hold(source)
        query = select(source_health.c.body).where(source_health.c.source == source)
        row = self.connection.execute(query).first()
        return _healths.decode(row.body) if row else Health()

    def save_health(self, source: str, health: Health) -> None:
        """Keep how a source is doing."""
        body = msgspec.msgpack.encode(health)
        row = {"source": source, "last_read": health.last_read, "body": body}
        self.connection.execute(self.put(source_health), row)

    def _hold(self, source: str) -> None:
        self.lock("source " + source)
