"""Checks that stand at places: words, phrases, raw, lists, NEAR. They say where, in units."""

import unicodedata
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import regex

from fenghuo.listen.query import terms
from fenghuo.listen.query.fold import fold
from fenghuo.listen.query.script import NO_RUN_BEFORE, RUN_LETTER
from fenghuo.listen.query.tree import Listed, Near, Phrase, Raw, Term, bracketed
from fenghuo.listen.query.units import Field, Segment, Span
from fenghuo.listen.query.view import View

_RUN_BEGINS = regex.compile(RUN_LETTER, regex.V1)
_RUN_ENDS = regex.compile(rf"{RUN_LETTER}\p{{M}}*\Z", regex.V1)
_NO_RUN_BEFORE = regex.compile(NO_RUN_BEFORE, regex.V1)


class Hit(msgspec.Struct, frozen=True):
    """What decided: `term` of the query; where it stands in the post's own title or text.

    [start, end) in code points of that field; a filter has no place: `field` is "" and both are 0.
    """

    term: str
    field: Field | str
    start: int = 0
    end: int = 0
    words: str = ""


_PARTS = ("title", "text", "")  # filters, which have no place, come last


def in_order(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Each hit once, by its place."""
    found = dict.fromkeys(hits)
    return tuple(sorted(found, key=lambda hit: (_PARTS.index(hit.field), hit.start, hit.end)))


class Check(ABC):
    """A node of a tree, ready to look at posts."""

    @abstractmethod
    def holds(self, view: View) -> bool:
        """Whether the post passes."""

    @abstractmethod
    def reasons(self, view: View) -> Iterator[Hit]:
        """What in the post makes it hold; nothing when it does not."""


class Words(Check):
    """A check that stands at places: it can be near something."""

    name: str

    @abstractmethod
    def spans(self, view: View, segment: Segment) -> Sequence[Span]:
        """Where it stands in a segment."""

    def holds(self, view: View) -> bool:
        """In the title or in the text."""
        return any(self.spans(view, segment) for segment in view.segments)

    def reasons(self, view: View) -> Iterator[Hit]:
        """Each place."""
        for segment in view.segments:
            for span in dict.fromkeys(self.spans(view, segment)):
                if span[0] < span[1]:
                    start, end = segment.place(span)
                    words = segment.original[start:end]
                    yield Hit(self.name, segment.field, start, end, words)


class TermCheck(Words):
    """A word, phrase, tag or handle, in any segment or in the title only."""

    def __init__(self, term: Term, name: str, only: Field | None = None) -> None:
        """`only` limits it to one field of the post."""
        self.name = name
        self._only = only
        self._pattern = terms.pattern_of(term)

    def spans(self, view: View, segment: Segment) -> Sequence[Span]:
        """Where the term stands."""
        if self._pattern is None or (self._only and segment.field != self._only):
            return ()
        return self._pattern.spans(segment)


class LooseCheck(Words):
    """`"a b"~n`: all words in any order, at most n other words inside the span."""

    def __init__(self, phrase: Phrase) -> None:
        """A phrase with slop."""
        self.name = bracketed(phrase)
        self._slop = phrase.slop or 0
        counted: dict[tuple[terms.Part, ...], int] = {}
        for chunk in terms.chunks(phrase):
            counted[chunk] = counted.get(chunk, 0) + 1
        self._wanted = list(counted.values())
        self._patterns = [terms.Pattern(chunk) for chunk in counted]

    def spans(self, view: View, segment: Segment) -> Sequence[Span]:
        """The windows that hold all words and little else."""
        places = [pattern.spans(segment) for pattern in self._patterns]
        if any(len(found) < n for found, n in zip(places, self._wanted, strict=True)):
            return ()
        stream = sorted((span, which) for which, found in enumerate(places) for span in found)
        return list(self._windows(segment, stream))

    def _windows(self, segment: Segment, stream: list[tuple[Span, int]]) -> Iterator[Span]:
        """For each last word, the latest first word such that all are inside."""
        latest: list[list[Span]] = [[] for _ in self._patterns]
        for span, which in stream:
            latest[which] = [*latest[which], span][-self._wanted[which] :]
            if any(len(seen) < n for seen, n in zip(latest, self._wanted, strict=True)):
                continue
            inside = [one for seen in latest for one in seen]
            window = min(one[0] for one in inside), max(one[1] for one in inside)
            others = segment.halves(window) - sum(map(segment.halves, inside))
            if (others + 1) // 2 <= self._slop:
                yield window


class RawCheck(Words):
    """Exactly these characters, at cluster borders; word borders at letters of spaced scripts."""

    def __init__(self, raw: Raw) -> None:
        """Compared in NFC; borders are looked for in the folded text, where units have theirs."""
        self.name = bracketed(raw)
        self._text = unicodedata.normalize("NFC", raw.text)
        folded = fold(raw.text)
        self._left = bool(_RUN_BEGINS.match(folded))
        self._right = bool(_RUN_ENDS.search(folded))

    def spans(self, view: View, segment: Segment) -> Sequence[Span]:
        """Where the characters stand, as units (an empty span where they are symbols only)."""
        return [segment.units_of_original(*place) for place in self._places(segment)]

    def reasons(self, view: View) -> Iterator[Hit]:
        """Each place, symbols too."""
        for segment in view.segments:
            for start, end in self._places(segment):
                yield Hit(self.name, segment.field, start, end, segment.original[start:end])

    def _places(self, segment: Segment) -> Iterator[Span]:
        """Places in the original text."""
        text, starts, ends = segment.composed
        first = text.find(self._text)
        while first >= 0:
            behind = first + len(self._text)
            opens = first == 0 or starts[first] != starts[first - 1]
            closes = behind == len(text) or starts[behind - 1] != starts[behind]
            if opens and closes and self._bordered(segment, starts[first], ends[behind - 1]):
                yield starts[first], ends[behind - 1]
            first = text.find(self._text, first + 1)

    def _bordered(self, segment: Segment, start: int, end: int) -> bool:
        first, last = segment.folded_range(start, end)
        if self._left and not _NO_RUN_BEFORE.match(segment.folded, first):
            return False
        return not (self._right and _RUN_BEGINS.match(segment.folded, last))


class ListCheck(Words):
    """`@list(name)`: any of its terms."""

    def __init__(self, listed: Listed) -> None:
        """The terms came with the list."""
        self.name = bracketed(listed)
        self._parts = [term_check(term, bracketed(term)) for term in listed.terms]

    def spans(self, view: View, segment: Segment) -> Sequence[Span]:
        """Where any of them stands."""
        return [span for part in self._parts for span in part.spans(view, segment)]


class EitherWords(Words):
    """An OR of words inside NEAR."""

    def __init__(self, name: str, parts: Sequence[Words]) -> None:
        """All parts stand at places."""
        self.name = name
        self._parts = parts

    def spans(self, view: View, segment: Segment) -> Sequence[Span]:
        """Where any of them stands."""
        return [span for part in self._parts for span in part.spans(view, segment)]

    def holds(self, view: View) -> bool:
        """Any, looked at one after another."""
        return any(part.holds(view) for part in self._parts)

    def reasons(self, view: View) -> Iterator[Hit]:
        """Those of all parts."""
        for part in self._parts:
            yield from part.reasons(view)


class NearCheck(Words):
    """Both within n words of one another."""

    def __init__(self, node: Near, left: Words, right: Words) -> None:
        """`ordered` nodes want the left one first."""
        self.name = bracketed(node)
        self._left, self._right = left, right
        self._words, self._ordered = node.words, node.ordered

    def spans(self, view: View, segment: Segment) -> Sequence[Span]:
        """From the start of the first to the end of the second."""
        return [(min(a[0], b[0]), max(a[1], b[1])) for a, b in self._pairs(view, segment)]

    def holds(self, view: View) -> bool:
        """As soon as one pair is found."""
        return any(next(self._pairs(view, segment), None) for segment in view.segments)

    def reasons(self, view: View) -> Iterator[Hit]:
        """The words on both sides, without what is between."""
        for segment in view.segments:
            pairs = list(self._pairs(view, segment))
            for span in sorted({side for pair in pairs for side in pair if side[0] < side[1]}):
                start, end = segment.place(span)
                yield Hit(self.name, segment.field, start, end, segment.original[start:end])

    def _pairs(self, view: View, segment: Segment) -> Iterator[tuple[Span, Span]]:
        left = sorted(set(self._left.spans(view, segment)))
        right = sorted(set(self._right.spans(view, segment))) if left else []
        yield from self._following(segment, left, right)
        if not self._ordered:
            yield from self._following(segment, right, left)

    def _following(
        self, segment: Segment, first: list[Span], second: list[Span]
    ) -> Iterator[tuple[Span, Span]]:
        """Pairs in which the second begins behind the first, near enough."""
        starts = [span[0] for span in second]
        for one in first:
            for other in second[bisect_left(starts, one[1]) :]:
                if segment.words_between(one[1], other[0]) > self._words:
                    break
                if other != one:
                    yield one, other


def term_check(term: Term, name: str, only: Field | None = None) -> Words:
    """The check of one term, called `name` in what it reports."""
    match term:
        case Raw():
            return RawCheck(term)
        case Phrase(_, slop) if slop is not None:
            return LooseCheck(term)
        case _:
            return TermCheck(term, name, only)
