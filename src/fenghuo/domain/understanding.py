"""What a post means, as probabilities with the words that led to each judgement."""

from typing import Literal, get_args

import msgspec

Sentiment = Literal["negative", "neutral", "positive"]
SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
CrisisType = Literal["product", "conduct", "falsehood", "breach", "regulation", "other", "none"]
CRISIS_TYPES: tuple[CrisisType, ...] = get_args(CrisisType)
CueName = Literal["fire", "injury", "child", "hospital", "death", "authority", "leak"]
CUES: tuple[CueName, ...] = get_args(CueName)


class Cue(msgspec.Struct, frozen=True):
    """A sign of grave harm: probability 0..1 and the words of the post that show it."""

    cue: CueName
    p: float
    words: tuple[str, ...] = ()


class Reason(msgspec.Struct, frozen=True):
    """Why a judgement fell as it did: `of` names it ("sentiment", "crisis_type", "lang")."""

    of: str
    words: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Understanding(msgspec.Struct, frozen=True):
    """One post's understanding; `sentiment` and `crisis_type` each sum to 1 over their labels.

    `vector` is 512 int8, the unit vector of the encoder times 127, for clustering.
    """

    lang: str
    lang_p: float
    sentiment: dict[str, float]
    crisis_type: dict[str, float]
    cues: tuple[Cue, ...] = ()
    why: tuple[Reason, ...] = ()
    vector: bytes = b""
    model: str = ""

    @property
    def negative(self) -> float:
        """Probability that the post is negative."""
        return self.sentiment["negative"]

    @property
    def grave(self) -> tuple[Cue, ...]:
        """Cues at or above one half: each of them alone starts an alert at orange."""
        return tuple(cue for cue in self.cues if cue.p >= 0.5)
