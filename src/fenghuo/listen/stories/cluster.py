"""Stories online: each understood post joins the nearest open story or begins one.

Method: single pass over quantised unit vectors, nearest centroid by cosine, as in first-story
detection (Allan et al. 1998), with a moving centroid. All dot products are sums of integers below
2**24, so float32 arithmetic gives them exactly and a replay gives the same stories everywhere.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from fenghuo.domain.log import Meaning, Source

SCALE = 127
DIMENSIONS = 512
NEAR = 0.42
"""Cosine from which a post belongs to a story. Lower: different things melt together. Higher:
one thing said in two languages becomes two stories."""
WEIGHT = 40.0
"""A centroid weighs at most so many posts. Lower: it drifts with each post. Higher: it no longer
follows a story that moves on."""
OPEN = 120
"""Open stories a watch; with 512 bytes each the state stays under 100 kB."""
SILENT_MS = 72 * 3_600_000
EXAMPLES = 5
LABELS = 8


class Story(msgspec.Struct):
    """An open story: counts and example ids, never words."""

    id: str
    centroid: bytes
    first: int
    last: int
    weight: float = 1.0
    mentions: int = 0
    copies: int = 0
    negative: float = 0.0
    crisis: list[float] = []
    langs: dict[str, int] = {}
    platforms: dict[str, int] = {}
    cues: dict[str, int] = {}
    examples: list[str] = []
    told: int = 0


class Stories:
    """The open stories of one watch. `join` assigns; `close_silent` ends those gone quiet."""

    def __init__(self, stories: list[Story], next_id: int) -> None:
        """Goes on from stories of a state; `next_id` numbers the next one."""
        self.open = stories
        self.next_id = next_id
        self._matrix = np.zeros((OPEN + 1, DIMENSIONS), dtype=np.float32)
        for place, story in enumerate(stories):
            self._matrix[place] = np.frombuffer(story.centroid, dtype=np.int8)

    def join(self, source: Source, meaning: Meaning, placed: str | None = None) -> Story:
        """The story that this post now belongs to; `placed` where it is known already.

        A post without a vector (its words went) moves no story.
        """
        vector = _vector(meaning)
        place = self._nearest(vector) if placed is None else self._place(placed)
        if place is None:
            story = self._begin(source, meaning)
        else:
            story = self.open[place]
            if meaning.vector:
                self._move(place, vector)
        self._count(story, source, meaning)
        return story

    def reshape(self, story: Story, centroid: bytes, weight: float) -> None:
        """Give an open story another middle; an empty one is like nothing."""
        story.centroid = centroid or bytes(DIMENSIONS)
        story.weight = weight
        self._matrix[self.open.index(story)] = np.frombuffer(story.centroid, dtype=np.int8)

    def weakest(self) -> Story | None:
        """The story to close because there are too many, or None."""
        if len(self.open) <= OPEN:
            return None
        return min(self.open[:-1], key=lambda s: (s.mentions, s.last))

    def silent(self, now: int) -> list[Story]:
        """Stories that nobody added to for three days."""
        return [s for s in self.open if now - s.last > SILENT_MS]

    def close(self, story: Story) -> None:
        """Forget an open story."""
        place = self.open.index(story)
        del self.open[place]
        self._matrix[place:-1] = self._matrix[place + 1 :]

    def get(self, story_id: str) -> Story | None:
        """An open story by its id."""
        return next((s for s in self.open if s.id == story_id), None)

    def _place(self, story_id: str) -> int | None:
        return next((i for i, story in enumerate(self.open) if story.id == story_id), None)

    def _nearest(self, vector: NDArray[np.float32]) -> int | None:
        if not self.open:
            return None
        likeness = self._matrix[: len(self.open)] @ vector
        place = int(likeness.argmax())
        return place if likeness[place] >= NEAR * SCALE * SCALE else None

    def _begin(self, source: Source, meaning: Meaning) -> Story:
        vector = _vector(meaning).astype(np.int8)
        story = Story(f"s{self.next_id}", vector.tobytes(), source.at, source.at)
        story.crisis = [0.0] * len(meaning.crisis)
        self.next_id += 1
        self._matrix[len(self.open)] = vector
        self.open.append(story)
        return story

    def _move(self, place: int, vector: NDArray[np.float32]) -> None:
        story = self.open[place]
        mixed = self._matrix[place].astype(np.float64) * story.weight + vector
        mixed = np.rint(mixed / (story.weight + 1.0) * 16.0)
        # Integers squared and summed are exact, so the length is the same on every machine.
        length = float((mixed * mixed).sum()) ** 0.5
        centroid = np.rint(mixed * (SCALE / length)).astype(np.int8)
        story.weight = min(story.weight + 1.0, WEIGHT)
        story.centroid = centroid.tobytes()
        self._matrix[place] = centroid

    @staticmethod
    def _count(story: Story, source: Source, meaning: Meaning) -> None:
        story.mentions += 1
        story.copies += bool(source.copy_of)
        story.first = min(story.first, source.at)
        story.last = max(story.last, source.at)
        story.negative += meaning.negative
        story.crisis = [round(a + b, 3) for a, b in zip(story.crisis, meaning.crisis, strict=True)]
        _add(story.langs, meaning.lang)
        _add(story.platforms, source.platform)
        for cue, _ in meaning.cues:
            _add(story.cues, cue)
        if not source.copy_of and len(story.examples) < EXAMPLES:
            story.examples.append(source.mention)


def middle(vectors: Sequence[bytes]) -> tuple[bytes, float]:
    """The centroid of these vectors in order, and its weight; empty when there are none."""
    kept = [np.frombuffer(vector, dtype=np.int8).astype(np.float64) for vector in vectors]
    total = np.sum(kept, axis=0) if kept else np.zeros(DIMENSIONS)
    length = float((total * total).sum()) ** 0.5
    if not length:
        return b"", 0.0
    return np.rint(total * (SCALE / length)).astype(np.int8).tobytes(), float(len(kept))


def _vector(meaning: Meaning) -> NDArray[np.float32]:
    """The vector; of a meaning without one (its words were erased) nothing is like anything."""
    if len(meaning.vector) != DIMENSIONS:
        return np.zeros(DIMENSIONS, dtype=np.float32)
    return np.frombuffer(meaning.vector, dtype=np.int8).astype(np.float32)


def _add(counts: dict[str, int], label: str) -> None:
    if label in counts or len(counts) < LABELS:
        counts[label] = counts.get(label, 0) + 1
