"""The newest mentions as they stand in a row, whatever they say."""

from typing import Protocol

import msgspec

from fenghuo.ports.listen_store import MentionSearch


class Occurring(msgspec.Struct, frozen=True):
    """What occurs among some mentions, each in order; what is not known is left out."""

    platforms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class LatelyStore(Protocol):
    """Answers from the newest mentions alone, so that their number does not matter."""

    def end_of(self, search: MentionSearch, rows: int) -> tuple[int, str] | None:
        """Where (at, id) so many mentions end that a search goes through, found by it or not.

        None when no more than that are left.
        """
        ...

    def occurring(self, workspace: str, watch: str, rows: int) -> Occurring:
        """What occurs among the newest mentions of a watch, or of the workspace."""
        ...

    def knows_platform(self, workspace: str, platform: str) -> bool:
        """Whether a post of this platform was ever heard."""
        ...
