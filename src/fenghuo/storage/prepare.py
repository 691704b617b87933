"""The preparing room's repository: duty list, channels, wake tests."""

import msgspec
from sqlalchemy import Column, LargeBinary, Table, delete, select

from fenghuo.domain.duty import ChannelAddress, Duty, WakeTest
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, metadata

duties = Table(
    "duties",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("workspace", KEY, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

channel_addresses = Table(
    "channel_addresses",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("workspace", KEY, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

wake_tests = Table(
    "wake_tests",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("workspace", KEY, nullable=False, index=True),
    Column("token", KEY, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)

_duties = msgspec.msgpack.Decoder(Duty)
_channels = msgspec.msgpack.Decoder(ChannelAddress)
_wakes = msgspec.msgpack.Decoder(WakeTest)


class Prepare(Repository):
    """The preparing room's part of one transaction."""

    def save_duty(self, duty: Duty) -> None:
        """Insert or rewrite a duty."""
        self._save(duties, duty)

    def remove_duty(self, workspace: str, duty: str) -> bool:
        """Forget a duty; False when the workspace has none of this id."""
        return self._remove(duties, workspace, duty)

    def duty(self, workspace: str, duty: str, *, to_change: bool = False) -> Duty | None:
        """A duty of a workspace; `to_change` keeps other writers off it until the end."""
        body = self._one(duties, workspace, duty, to_change)
        return _duties.decode(body) if body else None

    def duties(self, workspace: str) -> list[Duty]:
        """The duties of a workspace, oldest first."""
        found = select(duties.c.body).where(duties.c.workspace == workspace).order_by(duties.c.id)
        return [_duties.decode(body) for body in self.connection.scalars(found)]

    def save_channel(self, channel: ChannelAddress) -> None:
        """Insert or rewrite a channel."""
        self._save(channel_addresses, channel)

    def remove_channel(self, workspace: str, channel: str) -> bool:
        """Forget a channel with its address; False when the workspace has none of this id."""
        return self._remove(channel_addresses, workspace, channel)

    def channel(
        self, workspace: str, channel: str, *, to_change: bool = False
    ) -> ChannelAddress | None:
        """A channel of a workspace; `to_change` keeps other writers off it until the end."""
        body = self._one(channel_addresses, workspace, channel, to_change)
        return _channels.decode(body) if body else None

    def channels(self, workspace: str) -> list[ChannelAddress]:
        """The channels of a workspace, oldest first."""
        table = channel_addresses
        found = select(table.c.body).where(table.c.workspace == workspace).order_by(table.c.id)
        return [_channels.decode(body) for body in self.connection.scalars(found)]

    def save_wake(self, test: WakeTest) -> None:
        """Insert or rewrite a wake test."""
        self._save(wake_tests, test, token=test.token)

    def wakes(self, workspace: str, limit: int = 100) -> list[WakeTest]:
        """The wake tests of a workspace, newest first."""
        mine = select(wake_tests.c.body).where(wake_tests.c.workspace == workspace)
        found = mine.order_by(wake_tests.c.id.desc()).limit(limit)
        return [_wakes.decode(body) for body in self.connection.scalars(found)]

    def wake_by_token(self, token: str, *, to_change: bool = False) -> WakeTest | None:
        """The wake test whose link has a token of this digest.

        `to_change` keeps other writers off it until the end.
        """
        if to_change:
            self.lock("wake " + token)
        found = select(wake_tests.c.body).where(wake_tests.c.token == token)
        body = self.connection.scalar(found) if token else None
        return _wakes.decode(body) if body else None

    def _save(self, table: Table, what: Duty | ChannelAddress | WakeTest, **rest: str) -> None:
        row = {"id": what.id, "workspace": what.workspace, "body": msgspec.msgpack.encode(what)}
        self.connection.execute(self.put(table), row | rest)

    def _one(self, table: Table, workspace: str, name: str, to_change: bool) -> bytes | None:
        if to_change:
            self._hold(table, name)
        mine = (table.c.workspace == workspace) & (table.c.id == name)
        body: bytes | None = self.connection.scalar(select(table.c.body).where(mine))
        return body

    def _hold(self, table: Table, name: str) -> None:
        self.lock(f"{table.name} {name}")

    def _remove(self, table: Table, workspace: str, name: str) -> bool:
        self._hold(table, name)
        mine = (table.c.workspace == workspace) & (table.c.id == name)
        return bool(self.connection.execute(delete(table).where(mine)).rowcount)
