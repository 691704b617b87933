"""Which words of a post led to its sentiment and its crisis type.

The heads are linear, so each word read alone says towards which label it pulls. That takes as
long as the understanding itself; it is done where somebody asks for reasons, never in the stream.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from fenghuo.domain.post import Post
from fenghuo.domain.understanding import Reason, Understanding
from fenghuo.listen.understand.heads import Floats, Head
from fenghuo.listen.understand.judge import Weights
from fenghuo.listen.understand.text import READ, plain
from fenghuo.ports.encodes import Encodes
from fenghuo.ports.understands import Understands

PULL = 0.15
"""What a word must add to the logit of a label, above its mean over the labels, to be named."""

NAMED = 4
"""Words that are named for each judgement, where the lists do not name more."""

LONGEST_PART = 12
"""Characters of a stretch of Thai that may be shown as a word."""

READ_PIECES = 32
"""Pieces of a post that are looked at."""

REMEMBERED = 20_000
"""Pieces whose pull is remembered: the words of a language come again and again."""

BATCH = 64

_THAI = "\u0e01-\u0e2e\u0e30-\u0e4e\u0e40-\u0e45"
_WORD = re.compile(
    "[\u4e00-\u9fff]+[\u3040-\u309f]{0,3}|[\u3040-\u309f]{2,}|[\u30a0-\u30ff]+"
    f"|[{_THAI}]+|[^\\W\\d_{_THAI}\u3040-\u30ff\u4e00-\u9fff]+(?:['’-][^\\W\\d_]+)*"
)
_HAN = re.compile("[\u4e00-\u9fff]+")
_LITTLE = re.compile(
    "[的了在是我你他她它们們也都就和与與把被给給让讓还還又很太这這那个個着著过過吗嗎呢吧啊]+"
)
"""Little words of Chinese, between which the telling ones stand."""
_THAI_PART = re.compile(f"[\u0e40-\u0e44]?[{_THAI}][^\u0e40-\u0e44]*")
"""Thai has no spaces; five of its vowels stand only where a syllable begins."""


class Explaining:
    """Implements Understands: as the model beside it, with the words that led to each judgement.

    One and a half times to three times as slow. Its memory is bounded by REMEMBERED.
    """

    def __init__(self, model: Understands, encodes: Encodes, weights: Weights) -> None:
        """`encodes` and `weights` are those of `model`."""
        self._model = model
        self._encodes = encodes
        self._heads = {"sentiment": weights.sentiment, "crisis_type": weights.crisis_type}
        self._pulls: dict[str, dict[str, Floats]] = {}

    @property
    def name(self) -> str:
        """That of the model."""
        return self._model.name

    def alarming(self, post: Post) -> bool:
        """As the model says."""
        return self._model.alarming(post)

    def understand(self, posts: Sequence[Post]) -> list[Understanding]:
        """One understanding a post, in the same order."""
        cut = [pieces(plain(post.words)[:READ]) for post in posts]
        self._learn({piece for some in cut for piece in some})
        found = self._model.understand(posts)
        return [self._explained(one, some) for one, some in zip(found, cut, strict=True)]

    def _learn(self, wanted: set[str]) -> None:
        """Read the pieces that are new, each alone."""
        if len(self._pulls) + len(wanted) > REMEMBERED:
            self._pulls.clear()
        new = sorted(wanted - self._pulls.keys())
        for begin in range(0, len(new), BATCH):
            some = new[begin : begin + BATCH]
            vectors = self._encodes.encode(some)
            pulls = {of: _pulls(head, vectors) for of, head in self._heads.items()}
            for i, piece in enumerate(some):
                self._pulls[piece] = {of: rows[i] for of, rows in pulls.items()}

    def _explained(self, one: Understanding, some: Sequence[str]) -> Understanding:
        return msgspec.structs.replace(
            one, why=tuple(self._worded(reason, one, some) for reason in one.why)
        )

    def _worded(self, reason: Reason, one: Understanding, some: Sequence[str]) -> Reason:
        """The reason with the words that pull most towards the likeliest label behind its own."""
        shares = one.sentiment if reason.of == "sentiment" else one.crisis_type
        head = self._heads[reason.of]
        column = head.labels.index(max(shares, key=shares.__getitem__))
        pulls = {piece: float(self._pulls[piece][reason.of][column]) for piece in some}
        most = sorted((p for p in some if pulls[p] > 0), key=lambda piece: -pulls[piece])
        sure = [piece for piece in most if pulls[piece] >= PULL]
        words = _apart([*reason.words, *(sure or most[:1])])
        return msgspec.structs.replace(reason, words=words[: max(NAMED, len(reason.words))])


def pieces(text: str) -> tuple[str, ...]:
    """Words of a text, each once; of scripts without spaces short runs, which may overlap."""
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        found |= dict.fromkeys(_parts(match[0]))
        if len(found) >= READ_PIECES:
            break
    return tuple(found)[:READ_PIECES]


def _parts(run: str) -> Iterable[str]:
    if _HAN.fullmatch(run):
        return [part for chunk in _LITTLE.split(run) for part in _pairs(chunk)]
    if "\u0e01" <= run[0] <= "\u0e4e":
        return [part for part in _THAI_PART.findall(run) if 1 < len(part) <= LONGEST_PART]
    return [run] if len(run) > 1 else []


def _pairs(chunk: str) -> Iterable[str]:
    """A short stretch whole, of a longer one each two neighbours."""
    if len(chunk) <= 4:
        return [chunk] if len(chunk) > 1 else []
    return [chunk[i : i + 2] for i in range(len(chunk) - 1)]


def _pulls(head: Head, vectors: Floats) -> Floats:
    """[n, k]: what each row adds to the logit of each label, above its mean over the labels."""
    logits = vectors @ head.weights
    return np.asarray(logits - logits.mean(axis=1, keepdims=True), np.float32)


def _apart(words: Iterable[str]) -> tuple[str, ...]:
    """Without those that one before them holds, or that overlap with it in Chinese."""
    kept: list[str] = []
    for word in words:
        if not any(_touch(word.casefold(), other.casefold()) for other in kept):
            kept.append(word)
    return tuple(kept)


def _touch(word: str, other: str) -> bool:
    chinese = "\u4e00" <= word[0] <= "\u9fff"
    overlap = other in word or word[0] == other[-1] or word[-1] == other[0]
    return word in other or (chinese and overlap)
