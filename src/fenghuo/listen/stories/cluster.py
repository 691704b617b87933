"""Stories online: each understood post joins the nearest open story or begins one.

Method: single pass over quantised unit vectors, nearest centroid by cosine, as in first-story
detection (Allan et al. 1998), with a moving centroid, and with a pull of what is suddenly much
told (`pull.py`). All dot products are sums of integers below 2**24, so float32 arithmetic gives
them exactly and a replay gives the same stories everywhere.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from fenghuo.domain.log import Heard, Meaning
from fenghuo.domain.understanding import CRISIS_TYPES
from fenghuo.listen.stories.pull import Pull, doublings

SCALE = 127
DIMENSIONS = 512
NEAR = 0.5
"""Cosine, pull included, from which a post belongs to a story. Lower: different things melt
together. Higher: one thing said in two languages becomes two stories."""
WEIGHT = 100.0
"""A centroid weighs at most so many posts. Lower: it drifts with each post. Higher: it no longer
follows a story that moves on."""
FINE = 1 << 4
"""A centroid is kept in so many parts of a step of int8. One: a story of more than a dozen posts
moves no more, since each post moves it by less than half a step."""
OPEN = 64
"""Open stories a watch; with 768 bytes each the state stays under 100 kB."""
FORGOTTEN_MS = 6 * 3_600_000
"""Where there are too many stories, a silence so long counts as half of the posts. Shorter: many
strange posts at once drive out a story that rests for a night. Longer: news finds no place."""
SILENT_MS = 72 * 3_600_000
EXAMPLES = 5
LABELS = 8
EVERYDAY = "none"
"""The kind of a story that tells of no crisis."""
TURN = 1.2
"""What a story is about changes when something else has so many times the weight. Less: the type
that people see flips from post to post."""


class Story(msgspec.Struct):
    """An open story: counts and example ids, never words.

    `rest` holds what `centroid` leaves out, two values in a byte. `fast` and `slow` are its posts,
    fading in hours and in a week, as of `last`. The first `fitting` examples tell of its `kind`.
    """

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
    rest: bytes = b""
    fast: float = 0.0
    slow: float = 0.0
    kind: str = EVERYDAY
    fitting: int = 0


class Stories:
    """The open stories of one watch. `join` assigns; `silent` are gone quiet."""

    def __init__(self, stories: list[Story], next_id: int) -> None:
        """Goes on from stories of a state; `next_id` numbers the next one."""
        self.open = stories
        self.next_id = next_id
        most = max(OPEN, len(stories)) + 1
        self._matrix = np.zeros((most, DIMENSIONS), dtype=np.float32)
        self._pull = Pull(most)
        for place, story in enumerate(stories):
            self._matrix[place] = _fine(story)
            self._pull.begin(story.fast, story.slow, story.last)
            self._pull.know(place, story.crisis, story.cues)

    def join(self, source: Heard, meaning: Meaning, placed: str | None = None) -> Story:
        """The story that this post now belongs to; `placed` where it is known already.

        A post without a vector (its words went) moves no story.
        """
        vector = _vector(meaning)
        nearest = self._nearest(source.at, meaning, vector) if placed is None else None
        place = nearest if placed is None else self._place(placed)
        if place is None:
            place = self._begin(source, meaning)
        elif meaning.vector:
            self._move(place, vector)
        story = self.open[place]
        _count(story, source, meaning)
        story.fast, story.slow = self._pull.heat(place, source.at)
        self._pull.know(place, story.crisis, story.cues)
        return story

    def reshape(self, story: Story, centroid: bytes, weight: float) -> None:
        """Give an open story another middle; an empty one is like nothing."""
        story.centroid = centroid or bytes(DIMENSIONS)
        story.rest = b""
        story.weight = weight
        self._matrix[self.open.index(story)] = _fine(story)

    def weakest(self) -> Story | None:
        """The story to close because there are too many, or None."""
        if len(self.open) <= OPEN:
            return None
        latest = self.open[-1].last
        posts = doublings(np.array([max(s.mentions - 1, 0) for s in self.open[:-1]], float))
        ages = np.array([latest - s.last for s in self.open[:-1]], float)
        return self.open[int((posts - ages / FORGOTTEN_MS).argmin())]

    def silent(self, now: int) -> list[Story]:
        """Stories that nobody added to for three days."""
        return [s for s in self.open if now - s.last > SILENT_MS]

    def close(self, story: Story) -> None:
        """Forget an open story."""
        place = self.open.index(story)
        del self.open[place]
        self._matrix[place:-1] = self._matrix[place + 1 :]
        self._pull.end(place)

    def get(self, story_id: str) -> Story | None:
        """An open story by its id."""
        return next((s for s in self.open if s.id == story_id), None)

    def _place(self, story_id: str) -> int | None:
        return next((i for i, story in enumerate(self.open) if story.id == story_id), None)

    def _nearest(self, at: int, meaning: Meaning, vector: NDArray[np.float32]) -> int | None:
        if not self.open:
            return None
        likeness = (self._matrix[: len(self.open)] @ vector).astype(np.float64)
        near = likeness / (FINE * SCALE * SCALE) + self._pull.of(at, meaning)
        place = int(near.argmax())
        return place if near[place] >= NEAR else None

    def _begin(self, source: Heard, meaning: Meaning) -> int:
        vector = _vector(meaning).astype(np.int8)
        story = Story(f"s{self.next_id}", vector.tobytes(), source.at, source.at)
        story.crisis = [0.0] * len(meaning.crisis)
        self.next_id += 1
        place = len(self.open)
        self._matrix[place] = _fine(story)
        self._pull.begin(0.0, 0.0, source.at)
        self.open.append(story)
        return place

    def _move(self, place: int, vector: NDArray[np.float32]) -> None:
        story = self.open[place]
        mixed = self._matrix[place].astype(np.float64) * story.weight + vector * float(FINE)
        mixed = np.rint(mixed / (story.weight + 1.0) * 16.0)
        # Integers squared and summed are exact, so the length is the same on every machine.
        length = float((mixed * mixed).sum()) ** 0.5
        fine = np.rint(mixed * (FINE * SCALE / length)).astype(np.int32)
        story.weight = min(story.weight + 1.0, WEIGHT)
        self._matrix[place] = fine
        fine += FINE // 2
        story.centroid = (fine >> 4).astype(np.int8).tobytes()
        rest = (fine & 15).astype(np.uint8)
        story.rest = (rest[::2] << 4 | rest[1::2]).tobytes()


def _fine(story: Story) -> NDArray[np.float32]:
    """The centroid in parts of a step of int8."""
    fine = np.frombuffer(story.centroid, dtype=np.int8).astype(np.float32) * FINE
    if story.rest:
        both = np.frombuffer(story.rest, dtype=np.uint8)
        fine[::2] += both >> 4
        fine[1::2] += both & 15
        fine -= FINE // 2
    return fine


def _count(story: Story, source: Heard, meaning: Meaning) -> None:
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
    _turn(story)
    if not source.copy_of:
        _show(story, source.mention, fits=meaning.type == story.kind)


def _turn(story: Story) -> None:
    """What the story is about, which changes only when something else clearly outweighs it."""
    weights: dict[str, float] = dict(zip(CRISIS_TYPES, story.crisis, strict=True))
    most = max(weights, key=weights.__getitem__)
    if most != story.kind and weights[most] >= TURN * weights[story.kind]:
        story.fitting = 0
        story.kind = most


def _show(story: Story, mention: str, *, fits: bool) -> None:
    """Keep a post as an example: in front the first ones that tell of what the story is about."""
    if fits and story.fitting < EXAMPLES:
        story.examples.insert(story.fitting, mention)
        story.fitting += 1
        del story.examples[EXAMPLES:]
    elif len(story.examples) < EXAMPLES:
        story.examples.append(mention)


def unshow(story: Story, mention: str) -> None:
    """Show a post as an example of its story no more."""
    if mention in story.examples:
        story.fitting -= story.examples.index(mention) < story.fitting
        story.examples.remove(mention)


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
