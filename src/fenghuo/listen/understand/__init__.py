"""Understanding of text over given vectors: language, heads, cues. Pure."""

from fenghuo.listen.understand.because import Explaining
from fenghuo.listen.understand.cues import CueScale
from fenghuo.listen.understand.heads import Head
from fenghuo.listen.understand.judge import Examples, Judge, Weights
from fenghuo.listen.understand.language import LANGUAGES
from fenghuo.listen.understand.lexicon import Entry, read
from fenghuo.listen.understand.weights import unpack

__all__ = [
    "LANGUAGES",
    "CueScale",
    "Entry",
    "Examples",
    "Explaining",
    "Head",
    "Judge",
    "Weights",
    "read",
    "unpack",
]
