"""Understanding of posts: language, sentiment, crisis type and grave cues, with reasons."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from fenghuo.domain.post import Post
from fenghuo.domain.understanding import (
    CRISIS_TYPES,
    CUES,
    SENTIMENTS,
    Cue,
    Reason,
    Understanding,
)
from fenghuo.listen.understand.cues import SURE_LANGUAGE, CueScale, Found, gather, weigh
from fenghuo.listen.understand.heads import UNIT, Floats, Head, to_int8
from fenghuo.listen.understand.language import UNKNOWN, Classify, Language, identify
from fenghuo.listen.understand.lexicon import Entry, Hit, Lexicon
from fenghuo.listen.understand.text import READ, plain
from fenghuo.ports.encodes import Encodes

WINDOW = 160
"""Characters on both sides of a grave word that are read again when the text is longer."""

LIKE = 0.35
"""Cosine from which an example of ours is near enough to be named as a reason."""

KIN = 0.2
"""What an example in the post's own language has ahead of the others, as cosine."""

WORDS = 6
"""Words that a reason names at most."""


class Examples(msgspec.Struct, frozen=True):
    """Our own hand-written posts as the nearest-example reasons use them.

    `vectors` float32 [n, d] of n `texts`; `moods` and `kinds` give the row numbers (int [m]) of
    the examples that carry each sentiment and each crisis type; `spoken` has, by language, 1 for
    each example in it and 0 for the others (float32 [n]).
    """

    texts: tuple[str, ...]
    vectors: Floats
    spoken: Mapping[str, Floats]
    moods: Mapping[str, NDArray[np.int64]]
    kinds: Mapping[str, NDArray[np.int64]]


class Weights(msgspec.Struct, frozen=True):
    """Everything trained: three heads over one encoder's vectors, and where they came from.

    `name` names heads and their version; `reads` are the languages that the encoder reads.
    """

    name: str
    sentiment: Head
    crisis_type: Head
    cues: Head
    scale: CueScale
    examples: Examples
    reads: frozenset[str]


class Judge:
    """Implements Understands over a given encoder, classifier, word lists and weights."""

    def __init__(
        self, encodes: Encodes, classify: Classify, entries: Sequence[Entry], weights: Weights
    ) -> None:
        """Build the automaton of the word lists; the rest is taken as given."""
        self._encodes = encodes
        self._classify = classify
        self._lexicon = Lexicon(entries)
        self._weights = weights
        self._name = f"{encodes.name}+{weights.name}"

    @property
    def name(self) -> str:
        """Encoder and heads, with their versions."""
        return self._name

    def alarming(self, post: Post) -> bool:
        """Words of a cue, whatever they mean."""
        return any(hit.entry.of in CUES for hit in self._lexicon.find(plain(post.words)[:READ]))

    def understand(self, posts: Sequence[Post]) -> list[Understanding]:
        """One understanding a post, in the same order.

        1. clean the text, encode its beginning;
        2. identify the language, find the words;
        3. sentiment and crisis type for the whole batch;
        4. cues, with a window of their own in long texts;
        5. the nearest examples, the reasons, the stored vector.
        """
        if not posts:
            return []
        texts = [plain(post.words) for post in posts]
        vectors = self._encodes.encode([text[:READ] for text in texts])
        languages = [identify(post.words[:READ], self._classify, post.lang) for post in posts]
        hits = [self._lexicon.find(text) for text in texts]
        cues = self._cues(texts, vectors, languages, hits)
        sentiment = self._weights.sentiment.probabilities(vectors)
        crisis = self._weights.crisis_type.probabilities(vectors)
        likeness = vectors @ self._weights.examples.vectors.T
        stored = to_int8(vectors)
        return [
            Understanding(
                lang=languages[i].code,
                lang_p=languages[i].p,
                sentiment=_shares(SENTIMENTS, sentiment[i]),
                crisis_type=_shares(CRISIS_TYPES, crisis[i]),
                cues=cues[i],
                why=self._why(sentiment[i], crisis[i], hits[i], likeness[i], languages[i].code),
                vector=stored[i].tobytes(),
                model=self.name,
            )
            if text
            else self._nothing(languages[i])
            for i, text in enumerate(texts)
        ]

    def _nothing(self, language: Language) -> Understanding:
        """A post without words (a picture, a bare link) says nothing either way."""
        return Understanding(
            lang=language.code,
            lang_p=language.p,
            sentiment={label: float(label == "neutral") for label in SENTIMENTS},
            crisis_type={label: float(label == "none") for label in CRISIS_TYPES},
            vector=bytes(self._encodes.dimensions),
            model=self.name,
        )

    def _cues(
        self,
        texts: Sequence[str],
        vectors: Floats,
        languages: Sequence[Language],
        hits: Sequence[Sequence[Hit]],
    ) -> list[tuple[Cue, ...]]:
        found = [
            gather(hit, self._spoken(language)) if hit else []
            for hit, language in zip(hits, languages, strict=True)
        ]
        read = self._read_again(texts, found)
        out: list[tuple[Cue, ...]] = []
        for i, ones in enumerate(found):
            if not ones:
                out.append(())
                continue
            seen = np.stack([read.get((i, one.cue), vectors[i]) for one in ones])
            # A word or two of unclear language are most likely of one that the encoder reads.
            known = languages[i].code in {*self._weights.reads, UNKNOWN}
            out.append(weigh(ones, seen, self._weights.cues, self._weights.scale, known))
        return out

    def _spoken(self, language: Language) -> str:
        sure = language.p >= SURE_LANGUAGE and language.code in self._lexicon.languages
        return language.code if sure else ""

    def _read_again(
        self, texts: Sequence[str], found: Sequence[Sequence[Found]]
    ) -> dict[tuple[int, str], Floats]:
        """Vectors of the windows around grave words in long texts, by (post, cue)."""
        windows = {
            (i, one.cue): texts[i][max(0, one.start - WINDOW) : one.start + WINDOW]
            for i, ones in enumerate(found)
            for one in ones
            if len(texts[i]) > 2 * WINDOW
        }
        if not windows:
            return {}
        return dict(zip(windows, self._encodes.encode(list(windows.values())), strict=True))

    def _why(
        self,
        sentiment: NDArray[np.int64],
        crisis: NDArray[np.int64],
        hits: Sequence[Hit],
        likeness: Floats,
        lang: str,
    ) -> tuple[Reason, ...]:
        examples = self._weights.examples
        mood = SENTIMENTS[int(sentiment.argmax())]
        kind = CRISIS_TYPES[int(crisis.argmax())]
        moods = _like(examples, examples.moods[mood], likeness, lang)
        kinds = _like(examples, examples.kinds[kind], likeness, lang)
        return (
            Reason("sentiment", _words(hits, (mood,)), moods),
            Reason("crisis_type", _words(hits, (kind,)), kinds),
        )


def _shares(labels: Sequence[str], units: NDArray[np.int64]) -> dict[str, float]:
    return {label: int(unit) / UNIT for label, unit in zip(labels, units, strict=True)}


def _words(hits: Sequence[Hit], notions: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.word for hit in hits if hit.entry.of in notions))[:WORDS]


def _like(
    examples: Examples, same: NDArray[np.int64], likeness: Floats, lang: str
) -> tuple[str, ...]:
    """The nearest of the examples `same`, if one is near; one in `lang` when about as near."""
    if not len(same):
        return ()
    near = likeness[same]
    if (own := examples.spoken.get(lang)) is not None:
        near = near + KIN * own[same] * (near >= LIKE)
    best = int(same[near.argmax()])
    return (examples.texts[best],) if likeness[best] >= LIKE else ()
