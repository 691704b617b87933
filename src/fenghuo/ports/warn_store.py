"""What the warning room keeps: each watch's memory, its facts, and who joined which story."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from fenghuo.domain.fact import Fact


class Remembered(msgspec.Struct, frozen=True):
    """A watch's memory as bytes, and the position in the log up to which it has read."""

    position: int = 0
    state: bytes = b""


class WarnStore(Protocol):
    """The warning room's part of one transaction."""

    def lagging(self) -> list[str]:
        """Watches of our own whose log is ahead of their memory."""
        ...

    def remembered(self, watch: str, *, to_change: bool = False) -> Remembered:
        """The memory of a watch; `to_change` keeps other engines off it until the end."""
        ...

    def memories(self, workspace: str) -> dict[str, bytes]:
        """The memory of each watch of a workspace that has any, as bytes."""
        ...

    def remember(self, watch: str, memory: Remembered) -> None:
        """Keep the memory."""
        ...

    def add_facts(self, watch: str, facts: Sequence[Fact]) -> None:
        """Append facts; one written twice changes nothing."""
        ...

    def fact_heads(self, workspace: str | None = None) -> dict[str, int]:
        """The number of the last fact of each watch that has any."""
        ...

    def facts(self, watch: str, after: int = 0, limit: int = 1000) -> list[Fact]:
        """Facts of a watch by number, after a number."""
        ...

    def alert_facts(self, watch: str, alert: str) -> list[Fact]:
        """Everything that happened to one alert, oldest first."""
        ...

    def latest_alerts(self, watch: str, limit: int = 100) -> list[Fact]:
        """The last fact of each alert, newest alert first."""
        ...

    def last_of_alerts(self, named: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Fact]:
        """The last fact of each of these (watch, alert), however long ago others were."""
        ...

    def last_of_stories(self, named: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Fact]:
        """The last fact about each of these (watch, story) itself."""
        ...

    def latest_stories(self, watch: str, limit: int = 100) -> list[Fact]:
        """The last fact of each story, newest first."""
        ...

    def join(self, watch: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Mentions and the stories that they joined."""
        ...

    def mentions_of(self, watch: str, story: str, limit: int = 200) -> list[str]:
        """Mention ids of a story, oldest first."""
        ...
