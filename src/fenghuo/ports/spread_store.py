"""How one story spread, and what people said in it, the same text once."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class Extent(msgspec.Struct, frozen=True):
    """From the first post of a story to its last (ms), and how many there are."""

    first: int
    last: int
    mentions: int


class Spread(msgspec.Struct, frozen=True):
    """Posts of a story within [at, at + step): of one platform, country and language.

    `lang` is "" while they are not read yet. `copies` of them repeat a text.
    """

    at: int
    platform: str
    country: str
    lang: str
    mentions: int
    copies: int


class Saying(msgspec.Struct, frozen=True):
    """A text of a story: the mention that stands for it, when it was first said, how often again.

    `root` names the text; with `first` it is a place in the list.
    """

    root: str
    mention: str
    first: int
    again: int


class SpreadStore(Protocol):
    """Reading one story of a watch; what is not about us is left out everywhere."""

    def extent(self, watch: str, story: str) -> Extent | None:
        """When it began and when it was last spoken of; None without posts."""
        ...

    def spread(self, watch: str, story: str, step: int) -> list[Spread]:
        """Its posts in steps of `step` milliseconds, oldest first."""
        ...

    def sayings(
        self, watch: str, story: str, limit: int, before: tuple[int, str] | None = None
    ) -> list[Saying]:
        """Its texts, the newest first, after the place (first, root)."""
        ...

    def repeats(self, watch: str, story: str, roots: Sequence[str]) -> Mapping[str, int]:
        """How often each of these texts was said again; those said once are left out."""
        ...

    def again(self, watch: str, story: str, root: str, limit: int) -> list[str]:
        """The mentions of a text, newest first."""
        ...

    def taken_out(self, watch: str, story: str, limit: int) -> Sequence[str]:
        """Its mentions that are not about us, newest first."""
        ...
