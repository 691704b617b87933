"""The embedded model, loaded when first needed."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from fenghuo.inference.langid import Langid
from fenghuo.inference.usem3 import Usem3
from fenghuo.listen import LANGUAGES, Explaining, Judge, Weights, read, unpack
from fenghuo.ports.understands import Understands


class _Loaded(NamedTuple):
    """What the two models below share, so that it is in memory once."""

    encodes: Usem3
    weights: Weights
    judge: Judge


@cache
def _loaded() -> _Loaded:
    data = files("fenghuo.data")
    heads = data / "heads"
    with (heads / "heads.npz").open("rb") as file:
        arrays = dict(np.load(file))
    card, examples = (heads / "card.json").read_bytes(), (heads / "examples.jsonl").read_bytes()
    words = [(data / "lexicon" / name).read_text("utf8") for name in ("cues.toml", "topics.toml")]
    entries = [entry for text in words for entry in read(tomllib.loads(text))]
    encodes, weights = Usem3(), unpack(arrays, card, examples)
    return _Loaded(encodes, weights, Judge(encodes, Langid(LANGUAGES), entries, weights))


def understands() -> Understands:
    """The embedded model: usem3 vectors, small heads, grave cues. Loaded when first needed."""
    return _loaded().judge


@cache
def explains() -> Understands:
    """The same model, with the words that led to each judgement: where somebody asks for them."""
    encodes, weights, judge = _loaded()
    return Explaining(judge, encodes, weights)
