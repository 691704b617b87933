"""Calls, which are timers, and up to which fact of a watch people were told."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, func, select, text

from fenghuo.domain.duty import Call
from fenghuo.domain.post import millis
from fenghuo.ports.telling_store import Behind
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, facts, metadata, watches
from fenghuo.storage.streams import Streams

# Most calls are over; the loop looks for the few that are not, many times a minute.
OPEN = "state IN ('due', 'sending')"

calls = Table(
    "calls",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("workspace", KEY, nullable=False),
    Column("watch", KEY, nullable=False),
    Column("alert", KEY, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("state", KEY, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("claimed_at", BigInteger, nullable=False),
    Column("token", KEY, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    Index("ix_calls_watch_alert_turn", "watch", "alert", "turn"),
    Index(
        "ix_calls_workspace_due_at",
        "workspace",
        "due_at",
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    ),
)

told = Table(
    "told",
    metadata,
    Column("watch", KEY, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

_calls = msgspec.msgpack.Decoder(Call)


class Telling(Repository):
    """The part of one transaction that is about telling people."""

    def behind(self) -> list[Behind]:
        """Watches whose facts go on beyond what was looked at, by id."""
        last = (
            select(func.max(facts.c.seq))
            .where(facts.c.stream == "watch:" + watches.c.id)
            .scalar_subquery()
        )
        after = func.coalesce(told.c.seq, 0)
        found = (
            select(watches.c.id, watches.c.workspace, after)
            .outerjoin(told, told.c.watch == watches.c.id)
            .where(last > after)
            .order_by(watches.c.id)
        )
        return [Behind(*row) for row in self.connection.execute(found)]

    def looked_at(self, watch: str, seq: int) -> None:
        """The facts of a watch up to this number were looked at."""
        self.connection.execute(self.put(told), {"watch": watch, "seq": seq})

    def lock(self, watch: str) -> None:
        """Keep others from planning calls of this watch until the transaction ends."""
        super().lock("calls " + watch)

    def save(self, some: Iterable[Call]) -> None:
        """Insert or rewrite calls."""
        rows = [call_row(call) for call in some]
        if rows:
            self.connection.execute(self.put(calls), rows)

    def calls(self, watch: str, alert: str) -> list[Call]:
        """All calls of an alert, in turn."""
        mine = (calls.c.watch == watch) & (calls.c.alert == alert)
        found = select(calls.c.body).where(mine).order_by(calls.c.turn)
        return [_calls.decode(body) for body in self.connection.scalars(found)]

    def workspaces(self) -> list[str]:
        """Workspaces with calls that are due now or later, or being sent."""
        found = select(calls.c.workspace).where(text(OPEN)).distinct()
        return sorted(self.connection.scalars(found))

    def ripe(self, workspace: str, now: datetime, dead: datetime) -> list[tuple[str, str]]:
        """(watch, alert) of calls due at `now`, and of calls claimed at or before `dead`."""
        due = (calls.c.state == "due") & (calls.c.due_at <= millis(now))
        cut = (calls.c.state == "sending") & (calls.c.claimed_at <= millis(dead))
        mine = (calls.c.workspace == workspace) & text(OPEN)
        found = select(calls.c.watch, calls.c.alert).where(mine, due | cut).distinct()
        return sorted((row.watch, row.alert) for row in self.connection.execute(found))

    def by_token(self, token: str) -> Call | None:
        """The call whose link has a token of this digest."""
        found = select(calls.c.body).where(calls.c.token == token)
        body = self.connection.scalar(found) if token else None
        return _calls.decode(body) if body else None

    def record(self, watch: str, at: int, fact: str, call: Call) -> None:
        """Append a fact about a call to the watch's stream of calls."""
        body = msgspec.json.encode({"fact": fact, "at": at, "call": _seen(call)})
        Streams(self.connection).record("calls:" + watch, at, fact, body)


def call_row(call: Call) -> dict[str, object]:
    """The row of a call."""
    return {
        "id": call.id,
        "workspace": call.workspace,
        "watch": call.watch,
        "alert": call.alert,
        "turn": call.turn,
        "state": call.state,
        "due_at": millis(call.due_at),
        "claimed_at": millis(call.claimed_at) if call.claimed_at else 0,
        "token": call.token,
        "body": msgspec.msgpack.encode(call),
    }


def _seen(call: Call) -> Call:
    return msgspec.structs.replace(call, token="")
