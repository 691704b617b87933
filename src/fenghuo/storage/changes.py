"""What was changed in a workspace: written by every room, in the transaction of the change."""

from collections.abc import Collection

import msgspec
from sqlalchemy import select

from fenghuo.ports.change_store import Change
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import facts as table
from fenghuo.storage.streams import Streams


class _Body(msgspec.Struct, frozen=True):
    what: dict[str, object]


_decoder = msgspec.json.Decoder(_Body)


class Changes(Repository):
    """The stream of a workspace's changes, in one transaction."""

    def record(self, workspace: str, at: int, fact: str, what: object) -> None:
        """Append a fact to the workspace's stream."""
        body = msgspec.json.encode({"fact": fact, "at": at, "what": what})
        Streams(self.connection).record(_stream(workspace), at, fact, body)

    def latest(
        self, workspace: str, facts: Collection[str] = (), before: int = 0, limit: int = 50
    ) -> list[Change]:
        """Changes, newest first, of these names or all, those before number `before`."""
        found = select(table).where(table.c.stream == _stream(workspace))
        if facts:
            found = found.where(table.c.fact.in_(facts))
        if before:
            found = found.where(table.c.seq < before)
        rows = self.connection.execute(found.order_by(table.c.seq.desc()).limit(limit))
        return [Change(row.seq, row.at, row.fact, _decoder.decode(row.body).what) for row in rows]


def _stream(workspace: str) -> str:
    return "workspace:" + workspace
