"""What can be taken away: words and authors of posts, wherever they are kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from fenghuo.domain.log import MentionRow, Row
from fenghuo.domain.post import Post

Fits = Callable[[Post], bool]


class Touched(msgspec.Struct, frozen=True):
    """A mention of a post; `understood`: its words were read. `rival`: of a competitor's watch."""

    id: str
    watch: str
    number: int
    at: int
    received: int
    story: str = ""
    understood: bool = False
    excluded: bool = False
    rival: bool = False
    marks: tuple[str, ...] = ()


class ErasureStore(Protocol):
    """Taking away, in one transaction. Posts are named by their numbers in this store."""

    def posts(self, workspace: str, fits: Fits, platform: str = "") -> Mapping[int, Post]:
        """The posts of a workspace (of one platform) that fit, by number."""
        ...

    def touched(self, workspace: str, numbers: Sequence[int]) -> list[Touched]:
        """The mentions of posts, oldest first."""
        ...

    def mention(self, workspace: str, mention: str) -> Touched | None:
        """One mention, or None."""
        ...

    def hold(self, watches: Iterable[str]) -> None:
        """Keep engines and writers off these watches until the transaction ends."""
        ...

    def rows_about(
        self, watch: str, mentions: Iterable[str], received: int, stories: Iterable[str] = ()
    ) -> Mapping[int, Row]:
        """The log's rows about mentions that came in at `received` (ms) or later, by position.

        Those too that gave these stories another middle.
        """
        ...

    def mention_row(self, watch: str, mention: str, received: int) -> MentionRow | None:
        """The log's row of a mention that came in at `received` (ms), or None."""
        ...

    def rewrite(self, watch: str, rows: Mapping[int, Row]) -> None:
        """Put other bytes in the place of rows; positions and `until` stay."""
        ...

    def forget(self, workspace: str, numbers: Sequence[int], mark: str) -> None:
        """Take words, author, links, picture, quotes and translations of posts away.

        With the mark of a removal on request their ids go too: `erased_name` stays.
        """
        ...

    def set_excluded(self, mention: str, *, excluded: bool) -> None:
        """Hide a mention and read it no more, or show it and have it read if nobody did."""
        ...

    def vectors(self, watch: str, story: str, limit: int) -> list[bytes]:
        """The vectors of the last posts of a story that still have one, oldest first."""
        ...

    def placed(self, watch: str) -> Mapping[str, str]:
        """Every mention of a watch that joined a story, with the story: what a replay is given."""
        ...

    def forget_samples(self, sources: Iterable[str], fits: Fits) -> int:
        """Remove what was kept of posts without a match, where it fits; how many."""
        ...

    def count_samples(self, sources: Iterable[str], fits: Fits) -> int:
        """How many of them fit."""
        ...

    def tidy(self, *, begin: bool) -> bool:
        """One short stretch of clearing out forgotten words from the index; whether more is due."""
        ...
