"""What besides its words draws a post into a story: how hot that is, and what harm it tells of.

Words alone break one event into many: a fire is told as a warning, a question, a complaint, in nine
languages. But these come together in time, and they come when nothing else is rising. So a story
that has suddenly more posts than its own last week let expect pulls harder. Everyday talk, which
goes on as ever, does not, even when it is stirred a little; and a post that tells of harm is kept
out of talk that tells of none.

All of it is numbers that stay in the log when a post's words and vector are removed. Only sums,
products, quotients and powers of two are used, in a fixed order: exact everywhere.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fenghuo.domain.log import Meaning
from fenghuo.domain.understanding import CUES

Floats = NDArray[np.float64]

HOUR_MS = 3_600_000
FAST_MS = 2 * HOUR_MS
"""In so long the heat of a story halves. Shorter: what is told again in the evening is another
story. Longer: what comes after a fire is taken for the fire."""
SLOW_MS = 168 * HOUR_MS
"""In so long a story's usual share halves. Shorter: a crisis of days is soon its own usual."""
HEAT = 0.035
"""Cosine that each doubling of the heat is worth. More: all that is said at one time melts
together. Less: a crisis falls into pieces."""
HOTTEST = 6.0
"""Doublings that count. More: a big story swallows what has little to do with it."""
NEW = 2.0
"""Talk that tells of no harm pulls wholly where half of its week is fresh, less where less is.
Less: everyday talk takes in the first questions of a crisis, is heated by them, and takes more."""
HARM = 0.2
"""Cosine that a post loses by telling wholly of harm where a story tells of none."""
DANGER = 0.1
"""Cosine that a post gains by a cue of grave harm that all of a story's posts have."""

LONGEST = 1000.0
"""Halvings after which nothing is left."""

_HALVES = np.array([[FAST_MS], [SLOW_MS]], np.float64)
_FAST, _SLOW, _LAST, _HARM, _POSTS, _CUES = range(6)


def halved(ages: Floats, half: Floats | float) -> Floats:
    """What is left of one after these ages in ms; between the halvings in a straight line."""
    rest, times = np.modf(np.minimum(np.abs(ages) / half, LONGEST))
    left: Floats = np.ldexp(1.0 - 0.5 * rest, -times.astype(np.int32))
    return left


def halved_once(age: float, half: float) -> float:
    """The same of one age: a number on its own is ten times faster outside of an array."""
    rest, times = math.modf(min(abs(age) / half, LONGEST))
    return math.ldexp(1.0 - 0.5 * rest, -int(times))


def doublings(values: Floats) -> Floats:
    """Zero for 0, one for 1, two for 3, in straight lines between: log2 of one more."""
    part, power = np.frexp(values + 1.0)
    lines: Floats = power + 2.0 * part - 2.0
    return lines


class Pull:
    """The heat and the harm of the open stories, a column each, in the order of the stories."""

    def __init__(self, most: int) -> None:
        """For so many stories at most."""
        self._table = np.zeros((_CUES + len(CUES), most))
        self._count = 0

    def begin(self, fast: float, slow: float, last: int) -> None:
        """One more story; `last` is when `fast` and `slow` were true."""
        self._table[:_HARM, self._count] = fast, slow, last
        self._count += 1

    def end(self, place: int) -> None:
        """A story less."""
        self._table[:, place:-1] = self._table[:, place + 1 :]
        self._table[:, -1] = 0.0
        self._count -= 1

    def know(self, place: int, crisis: Sequence[float], cues: Mapping[str, int]) -> None:
        """What the posts of a story tell of: sums of probabilities, "none" last, and counts."""
        row = self._table[:, place]
        row[_HARM] = sum(crisis[:-1])
        row[_POSTS] = max(sum(crisis), 1.0)
        row[_CUES:] = [cues.get(cue, 0) for cue in CUES]

    def of(self, at: int, meaning: Meaning) -> Floats:
        """Cosine to be added for each story to its likeness with a post of time `at`."""
        table = self._table[:, : self._count]
        harm = table[_HARM] / table[_POSTS]
        fast, slow = table[:_LAST] * halved(at - table[_LAST], _HALVES)
        heat = np.maximum(fast - slow * (FAST_MS / SLOW_MS), 0.0)
        fresh = np.minimum(NEW * fast / np.maximum(slow, 1e-9), 1.0)
        pull: Floats = HEAT * np.minimum(doublings(heat), HOTTEST)
        pull *= harm + (1.0 - harm) * fresh
        pull -= HARM * np.maximum(1.0 - meaning.crisis[-1] - harm, 0.0)
        if meaning.cues:
            told = [_CUES + CUES.index(cue) for cue, _ in meaning.cues]
            pull += DANGER * (table[told].max(axis=0) / table[_POSTS])
        return pull

    def heat(self, place: int, at: int) -> tuple[float, float]:
        """One post more at this time; answers the story's `fast` and `slow` as they now are.

        A late post adds what would be left of it.
        """
        row = self._table[:, place]
        fast, slow, last = row[:_HARM].tolist()
        left, week = halved_once(at - last, FAST_MS), halved_once(at - last, SLOW_MS)
        if at >= last:
            fast, slow, last = fast * left + 1.0, slow * week + 1.0, float(at)
        else:
            fast, slow = fast + left, slow + week
        row[:_HARM] = fast, slow, last
        return fast, slow
