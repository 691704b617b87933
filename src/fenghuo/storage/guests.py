"""Guests, who see one thing by a link."""

import msgspec
from sqlalchemy import Column, LargeBinary, Table, select

from fenghuo.domain.guest import Guest
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, metadata

guests = Table(
    "guests",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("workspace", KEY, nullable=False, index=True),
    Column("token", KEY, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)

_decode = msgspec.msgpack.Decoder(Guest).decode
_encode = msgspec.msgpack.Encoder().encode


class Guests(Repository):
    """The guests of all workspaces, in one transaction."""

    def save_guest(self, guest: Guest) -> None:
        """Insert or rewrite a guest."""
        row = {
            "id": guest.id,
            "workspace": guest.workspace,
            "token": guest.token,
            "body": _encode(guest),
        }
        self.connection.execute(self.put(guests), row)

    def guests(self, workspace: str) -> list[Guest]:
        """The guests of a workspace, newest first, those whose link is over too."""
        mine = select(guests.c.body).where(guests.c.workspace == workspace)
        return [
            _decode(body) for body in self.connection.scalars(mine.order_by(guests.c.id.desc()))
        ]

    def guest_by_token(self, token: str, *, to_change: bool = False) -> Guest | None:
        """The guest whose link has a secret of this digest.

        `to_change` keeps other writers off it until the end.
        """
        if to_change:
            self.lock("guest " + token)
        body = self.connection.scalar(select(guests.c.body).where(guests.c.token == token))
        return _decode(body) if body else None
