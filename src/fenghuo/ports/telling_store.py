"""What is kept of telling people: calls, which are timers, and up to which fact we told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import msgspec

from fenghuo.domain.duty import Call


class Behind(msgspec.Struct, frozen=True):
    """A watch with facts that nobody looked at for telling: those after number `after`."""

    watch: str
    workspace: str
    after: int


class TellingStore(Protocol):
    """The part of one transaction that is about telling people."""

    def behind(self) -> list[Behind]:
        """Watches whose facts go on beyond what was looked at."""
        ...

    def looked_at(self, watch: str, seq: int) -> None:
        """The facts of a watch up to this number were looked at."""
        ...

    def lock(self, watch: str) -> None:
        """Keep others from planning calls of this watch until the transaction ends."""
        ...

    def save(self, calls: Iterable[Call]) -> None:
        """Insert or rewrite calls."""
        ...

    def calls(self, watch: str, alert: str) -> list[Call]:
        """All calls of an alert, in turn."""
        ...

    def workspaces(self) -> list[str]:
        """Workspaces with calls that are due now or later, or being sent."""
        ...

    def ripe(self, workspace: str, now: datetime, dead: datetime) -> list[tuple[str, str]]:
        """(watch, alert) of calls due at `now`, and of calls claimed at or before `dead`."""
        ...

    def by_token(self, token: str) -> Call | None:
        """The call whose link has a token of this digest."""
        ...

    def record(self, watch: str, at: int, fact: str, call: Call) -> None:
        """Append a fact about a call to the watch's stream of calls; `at` in milliseconds UTC."""
        ...
