"""Signs of life of the parts that nobody sees: the engine, the telling, the readers."""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

Part = Literal["engine", "telling", "readers"]


class Beat(msgspec.Struct, frozen=True):
    """When a part was last known to work, in milliseconds UTC, and what failed in it then."""

    part: str
    at: int
    failing: tuple[str, ...] = ()


class BeatStore(Protocol):
    """The last beat of each part."""

    def beat(self, beat: Beat) -> None:
        """Keep a beat in place of the one before."""
        ...

    def beats(self) -> Sequence[Beat]:
        """The last beat of each part that ever worked."""
        ...
