"""How long words are kept, how far forgetting them has come, and what sources brought."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class Due(msgspec.Struct, frozen=True):
    """A mention whose words are due to go, and the number of its post in the store."""

    id: str
    post: int


class RetentionStore(Protocol):
    """The keeping and forgetting of a workspace, in one transaction."""

    def months(self, workspace: str) -> int | None:
        """How many months words are kept, 0 for ever, None when nobody has said."""
        ...

    def set_months(self, workspace: str, months: int) -> None:
        """Keep words for so long."""
        ...

    def place(self, kind: str, name: str) -> str:
        """How far forgetting of a kind has come in a workspace or a watch; "" at first."""
        ...

    def set_place(self, kind: str, name: str, place: str) -> None:
        """It has come so far."""
        ...

    def due(self, workspace: str, after: str, before: str, limit: int) -> list[Due]:
        """Mentions with ids between the two, by id."""
        ...

    def named(self, workspace: str, mentions: Sequence[str]) -> list[Due]:
        """These mentions, by id."""
        ...

    def stories(self, mentions: Sequence[str]) -> Mapping[str, str]:
        """The stories that these mentions joined."""
        ...

    def forget_counts(self, source: str, before: int) -> None:
        """Forget what a source brought before a time (ms) without a match."""
        ...

    def forget_translations(self, workspace: str, before: str) -> None:
        """Forget the translations of mentions with smaller ids."""
        ...

    def add_brought(self, source: str, hour: int, posts: int, unmatched: int) -> None:
        """Add to what a source brought in an hour (its first millisecond) of our clock."""
        ...

    def brought(self, workspace: str, since: int) -> Mapping[str, tuple[int, int]]:
        """By source, the posts that it brought since an hour, and those that matched nothing."""
        ...
