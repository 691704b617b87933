"""How a loop wants each of many things done, so that one that fails holds up no other."""

from collections.abc import Callable
from typing import Protocol


class Attempt(Protocol):
    """Does a piece of work now, later or not at all; answers how much of it was done."""

    def __call__(self, name: str, act: Callable[[], int], /) -> int:
        """`name` is the same at each attempt at the same thing."""
        ...


def at_once(name: str, act: Callable[[], int], /) -> int:
    """The attempt of somebody who wants to hear of a fault: it is raised, and ends the round."""
    del name
    return act()
