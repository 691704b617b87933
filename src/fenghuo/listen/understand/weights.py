"""The form in which trained weights are kept: arrays, a card that says where from, examples."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from fenghuo.domain.understanding import CRISIS_TYPES, CUES, SENTIMENTS
from fenghuo.listen.understand.cues import CueScale
from fenghuo.listen.understand.heads import Head
from fenghuo.listen.understand.judge import Examples, Weights


class Input(msgspec.Struct, frozen=True):
    """One file that weights were trained on, and how many of its rows."""

    name: str
    sha256: str
    rows: int


class Card(msgspec.Struct, frozen=True):
    """What weights were made of; kept beside them."""

    name: str
    encoder: str
    seed: int
    reads: tuple[str, ...]
    scale: CueScale
    inputs: tuple[Input, ...]
    packages: dict[str, str]


class Example(msgspec.Struct, frozen=True):
    """A hand-written post of ours with its labels."""

    id: str
    lang: str
    text: str
    crisis_type: str
    sentiment: str
    cues: tuple[str, ...] = ()


Arrays = Mapping[str, NDArray[Any]]


def unpack(arrays: Arrays, card: bytes, examples: bytes) -> Weights:
    """Weights of their stored form: float16 arrays, a JSON card, JSON lines of examples.

    Raises ValueError when the parts do not fit one another.
    """
    of = msgspec.json.decode(card, type=Card)
    shown = [msgspec.json.decode(line, type=Example) for line in examples.splitlines()]
    vectors = np.asarray(arrays["examples"], np.float32) / np.float32(127)
    if len(shown) != len(vectors):
        raise ValueError(f"{len(shown)} example texts, {len(vectors)} vectors")
    return Weights(
        name=of.name,
        sentiment=_head(arrays, "sentiment", SENTIMENTS),
        crisis_type=_head(arrays, "crisis_type", CRISIS_TYPES),
        cues=_head(arrays, "cues", CUES),
        scale=of.scale,
        examples=Examples(
            tuple(one.text for one in shown),
            np.asarray(vectors, np.float32),
            {
                lang: np.array([one.lang == lang for one in shown], np.float32)
                for lang in {one.lang for one in shown}
            },
            {label: _rows([one.sentiment == label for one in shown]) for label in SENTIMENTS},
            {label: _rows([one.crisis_type == label for one in shown]) for label in CRISIS_TYPES},
        ),
        reads=frozenset(of.reads),
    )


def _head(arrays: Arrays, name: str, labels: tuple[str, ...]) -> Head:
    weights = arrays[f"{name}_weights"].astype(np.float32)
    bias = arrays[f"{name}_bias"].astype(np.float32)
    if weights.shape[1] != len(labels) or bias.shape != (len(labels),):
        raise ValueError(f"{name}: {weights.shape} {bias.shape}, {len(labels)} labels")
    return Head(labels, weights, bias)


def _rows(mask: list[bool]) -> NDArray[np.int64]:
    return np.flatnonzero(np.array(mask))
