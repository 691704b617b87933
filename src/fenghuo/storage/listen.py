"""The listening room's repository: watches, posts, mentions, logs, cursors."""

from typing import Any

import msgspec
from sqlalchemy import Row, select

from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.storage.log import Log
from fenghuo.storage.mappings import Mappings
from fenghuo.storage.mentions import Mentions
from fenghuo.storage.pictures import Pictures
from fenghuo.storage.samples import Samples
from fenghuo.storage.schema import cursors, watches
from fenghuo.storage.search import Search
from fenghuo.storage.understandings import Understandings

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Watch)


class Listen(Mentions, Pictures, Understandings, Search, Log, Samples, Mappings):
    """The listening room's part of one transaction; each base is one noun of it."""

    def save_watch(self, watch: StoredWatch) -> None:
        """Insert or rewrite a watch."""
        row = {
            "id": watch.id,
            "workspace": watch.workspace,
            "active": watch.active,
            "body": _encoder.encode(watch.watch),
            "rival_of": watch.rival_of,
        }
        self.connection.execute(self.put(watches), row)

    def watch(self, watch: str, *, to_change: bool = False) -> StoredWatch | None:
        """A watch by id, a competitor's too; `to_change` keeps other writers off until the end."""
        if to_change:
            self.lock("watch " + watch)
        row = self.connection.execute(select(watches).where(watches.c.id == watch)).first()
        return _stored(row) if row else None

    def watches(self, workspace: str | None = None) -> list[StoredWatch]:
        """All watches, or those of one workspace, those of competitors too, oldest first."""
        found = select(watches).order_by(watches.c.id)
        if workspace is not None:
            found = found.where(watches.c.workspace == workspace)
        return [_stored(row) for row in self.connection.execute(found)]

    def cursor(self, source: str) -> str:
        """The reader's cursor; "" at first."""
        found = select(cursors.c.cursor).where(cursors.c.source == source)
        return self.connection.scalar(found) or ""

    def save_cursor(self, source: str, cursor: str) -> None:
        """Move the cursor: in the same transaction as the posts it stands for."""
        self.connection.execute(self.put(cursors), {"source": source, "cursor": cursor})


def _stored(row: Row[Any]) -> StoredWatch:
    watch = _decoder.decode(row.body)
    return StoredWatch(row.id, row.workspace, watch, row.active, row.rival_of)
