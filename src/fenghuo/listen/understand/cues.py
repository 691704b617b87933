"""Grave cues: signs of harm of which one post is enough to wake somebody.

A cue needs a word of its list and a text that means it. The word alone fires on "fire sale" and
"my phone died"; the meaning alone fires on any angry text. Both together are the probability.
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from fenghuo.domain.understanding import CUES, Cue, CueName
from fenghuo.listen.understand.heads import Floats, Head, sigmoid
from fenghuo.listen.understand.lexicon import Hit

SHOWN = 0.1
"""A cue below this is noise and is not reported."""

SURE_LANGUAGE = 0.7
"""From here on, a lone word counts only in its own language (German Brand is not a brand)."""

HARM = frozenset({"fire", "injury", "hospital", "death"})


class CueScale(msgspec.Struct, frozen=True):
    """What a found word adds to the head's logit, by its force.

    `bystander` is taken from a child who is only mentioned, where no word of harm stands beside.
    `company` is added to each cue of harm where another stands in the same text: a death and a
    poisoning told together are seldom both a manner of speaking.
    `unread` are the probabilities in languages that the encoder does not read, where the words
    are all there is.
    """

    strong: float = 1.5
    weak: float = -0.5
    bystander: float = -1.5
    company: float = 0.5
    unread_strong: float = 0.7
    unread_weak: float = 0.3


class Found(msgspec.Struct, frozen=True):
    """The words of one cue in one text: which, how strong, and where the first one stands."""

    cue: CueName
    strong: bool
    words: tuple[str, ...]
    start: int


def gather(hits: Sequence[Hit], spoken: str) -> list[Found]:
    """The cues whose words a text holds, in the order of CUES; `hits` in order of their place.

    `spoken` is the language of the text when it is sure and has lists of its own, else "".
    """
    kept: dict[str, list[Hit]] = {}
    for hit in hits:
        foreign = spoken and hit.entry.lang != spoken and _needs_own_language(hit)
        if hit.entry.of in CUES and not foreign:
            same = kept.setdefault(hit.entry.of, [])
            if not same or hit.end > same[-1].end:  # "fire" inside "caught fire" adds nothing
                same.append(hit)
    return [
        Found(
            cue,
            any(hit.entry.force == "strong" for hit in kept[cue]),
            tuple(dict.fromkeys(hit.word for hit in kept[cue]))[:5],
            min(hit.start for hit in kept[cue]),
        )
        for cue in CUES
        if cue in kept
    ]


def _needs_own_language(hit: Hit) -> bool:
    """Latin words are shared by languages with other meanings; phrases hardly ever are."""
    return hit.word[0] < "\u0250" and (hit.entry.force == "weak" or " " not in hit.word)


def weigh(
    found: Sequence[Found], vectors: Floats, head: Head, scale: CueScale, read: bool
) -> tuple[Cue, ...]:
    """The cues of one text; `vectors` [len(found), d] are what each cue is judged on."""
    if not found:
        return ()
    ps = _judged(found, vectors, head, scale) if read else _unread(found, scale)
    return tuple(Cue(one.cue, p, one.words) for one, p in zip(found, ps, strict=True) if p >= SHOWN)


def _judged(
    found: Sequence[Found], vectors: Floats, head: Head, scale: CueScale
) -> Iterable[float]:
    columns = [head.labels.index(one.cue) for one in found]
    logits = head.logits(vectors)[np.arange(len(found)), columns].astype(np.float64)
    harms = sum(one.cue in HARM for one in found)
    logits += [_by_force(one, scale) + _by_company(one, scale, harms) for one in found]
    return [round(float(p), 4) for p in sigmoid(logits)]


def _by_force(one: Found, scale: CueScale) -> float:
    return scale.strong if one.strong else scale.weak


def _by_company(one: Found, scale: CueScale, harms: int) -> float:
    """What the other cues of the text add or take; `harms` counts its cues of harm."""
    if one.cue == "child" and not one.strong and not harms:
        return scale.bystander
    return scale.company if one.cue in HARM and harms > 1 else 0.0


def _unread(found: Sequence[Found], scale: CueScale) -> Iterable[float]:
    return [scale.unread_strong if one.strong else scale.unread_weak for one in found]
