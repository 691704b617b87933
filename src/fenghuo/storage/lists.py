"""Named lists, by workspace and name."""

import msgspec
from sqlalchemy import Column, LargeBinary, Table, delete, select

from fenghuo.domain.named_list import NamedList
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, metadata

named_lists = Table(
    "named_lists",
    metadata,
    Column("workspace", KEY, primary_key=True),
    Column("name", KEY, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(NamedList)


class Lists(Repository):
    """Named lists, in one transaction."""

    def hold(self, workspace: str) -> None:
        """Keep others from changing what lists hold, or which watch uses them, until the end."""
        self.lock("lists " + workspace)

    def all(self, workspace: str) -> list[NamedList]:
        """The lists of a workspace, by name."""
        found = (
            select(named_lists.c.body)
            .where(named_lists.c.workspace == workspace)
            .order_by(named_lists.c.name)
        )
        return [read_list(body) for body in self.connection.scalars(found)]

    def save(self, workspace: str, named: NamedList) -> None:
        """Keep a list; one of the same name is rewritten."""
        self.connection.execute(self.put(named_lists), list_row(workspace, named))

    def remove(self, workspace: str, name: str) -> None:
        """Forget a list."""
        self.connection.execute(
            delete(named_lists).where(
                named_lists.c.workspace == workspace, named_lists.c.name == name
            )
        )


def list_row(workspace: str, named: NamedList) -> dict[str, str | bytes]:
    """The row of a list."""
    return {"workspace": workspace, "name": named.name, "body": _encode(named)}


def read_list(body: bytes) -> NamedList:
    """The list of a row."""
    return _decoder.decode(body)
