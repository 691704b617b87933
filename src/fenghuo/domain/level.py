"""The four alert levels of Chinese practice, and calm."""

from typing import Literal, get_args

Level = Literal["calm", "blue", "yellow", "orange", "red"]
LEVELS: tuple[Level, ...] = get_args(Level)


def rank(level: Level) -> int:
    """0 calm, 1 blue (IV), 2 yellow (III), 3 orange (II), 4 red (I)."""
    return LEVELS.index(level)


def higher(one: Level, other: Level) -> Level:
    """The higher of two levels."""
    return one if rank(one) >= rank(other) else other
