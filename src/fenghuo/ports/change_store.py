"""What was changed in a workspace: facts in its stream, for every room to write."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

import msgspec


class Change(msgspec.Struct, frozen=True):
    """One recorded change. `at` is milliseconds UTC in workspace time; `what` as recorded."""

    seq: int
    at: int
    fact: str
    what: Mapping[str, Any] = {}


class ChangeStore(Protocol):
    """The stream of a workspace's changes, in one transaction."""

    def record(self, workspace: str, at: int, fact: str, what: object) -> None:
        """Append a fact; `what` is a struct or mapping without any secret.

        `at` is milliseconds UTC in workspace time.
        """
        ...

    def latest(
        self, workspace: str, facts: Collection[str] = (), before: int = 0, limit: int = 50
    ) -> list[Change]:
        """Changes, newest first, of these names or all, those before number `before`."""
        ...
