"""A term as a row of unit patterns, and where it stands in a segment.

Words, phrases, tags and handles become `Pattern`s: parts that must follow one another. A part in a
script without spaces is a run of clusters that must stand together; the others are one unit each.
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

import regex

from fenghuo.listen.query.fold import fold
from fenghuo.listen.query.script import ARABIC, HANGUL, SPACED, UNSPACED
from fenghuo.listen.query.tree import Handle, Phrase, Tag, Term, Value, Word
from fenghuo.listen.query.units import EMOJI, Kind, Segment, Span, aligned

STAR, ONE = "\ue000", "\ue001"  # private use: survive folding, stand in no class below
WILD = f"[{STAR}{ONE}]"
_TERM_UNIT = regex.compile(
    rf"(?P<emoji>{EMOJI})|(?P<cluster>(?:{WILD}*(?={UNSPACED})\X)+{WILD}*)"
    rf"|(?P<hangul>{WILD}*{HANGUL}[{HANGUL}{WILD}]*)"
    rf"|(?P<arabic>{WILD}*{ARABIC}[{ARABIC}\p{{Nd}}\p{{M}}{WILD}]*)"
    rf"|(?P<word>{WILD}*{SPACED}[{SPACED}\p{{M}}{WILD}]*)",
    regex.V1,
)
PROCLITICS = ("و", "ف", "ب", "ك", "ل", "ال", "وال", "بال", "فال", "كال", "لل")
_ANY_FEW = r"(?:\X){0,12}?"  # of an inner * in a script without spaces: not the whole sentence


class Part:
    """One unit of a term, or a run of clusters. `text` is folded, wildcards as private signs."""

    def __init__(self, text: str, kind: Kind) -> None:
        """`text` as `_TERM_UNIT` cuts it."""
        self.signs = text.count(STAR) + text.count(ONE)
        if kind == "cluster":  # a * at its edge changes nothing: a run is found inside others
            text = text.strip(STAR)
        self.text = text
        self.kind = kind
        self.wild = STAR in text or ONE in text

    @cached_property
    def clusters(self) -> list[str]:
        """Grapheme clusters of a run."""
        found: list[str] = regex.findall(r"\X", self.text)
        return found

    @cached_property
    def _compiled(self) -> Any:
        unspaced = self.kind == "cluster"
        # (?!\p{M}): each piece ends with a whole cluster
        pieces = {STAR: _ANY_FEW if unspaced else r".*", ONE: r"\X"}
        body = "".join(
            pieces.get(piece, regex.escape(piece) + (r"(?!\p{M})" if unspaced else ""))
            for piece in re.split(f"({WILD})", self.text)
            if piece
        )
        return regex.compile(body, regex.V1 | regex.DOTALL)

    def spans(self, segment: Segment) -> list[Span]:
        """Where it stands, in order of its start."""
        if self.kind == "cluster":
            return list(self._wild_runs(segment) if self.wild else self._runs(segment))
        if self.wild or self.kind == "hangul":
            return self._tested(segment)
        texts = [self.text]
        if self.kind == "arabic" and len(self.text) >= 3:
            texts += [before + self.text for before in PROCLITICS]
        found = [(at, at + 1) for text in texts for at in segment.at.get(text, ())]
        found += segment.wide.get(self.text, ()) if segment.wide else ()
        return sorted(found)

    def _tested(self, segment: Segment) -> list[Span]:
        """Wildcards, and Hangul, whose unit may go on after the term (particles follow)."""
        compiled = self._compiled
        test = compiled.match if self.kind == "hangul" else compiled.fullmatch
        found = [
            (at, at + 1)
            for text, places in segment.at.items()
            if test(text)
            for at in places
            if segment.units[at].kind == self.kind
        ]
        for text, spans in segment.wide.items():
            if text[0] not in "#@" and test(text):
                found += spans
        return sorted(found)

    def _runs(self, segment: Segment) -> Iterator[Span]:
        clusters = self.clusters
        for first in segment.at.get(clusters[0], ()):
            last = first + len(clusters)
            if last > len(segment.units):
                return
            if all(
                segment.units[at].text == cluster and (at == first or segment.joined(at))
                for at, cluster in enumerate(clusters, first)
            ):
                yield first, last

    def _wild_runs(self, segment: Segment) -> Iterator[Span]:
        units = segment.units
        first = 0
        while first < len(units):
            last = first + 1
            if units[first].kind == "cluster":
                while last < len(units) and units[last].kind == "cluster" and segment.joined(last):
                    last += 1
                yield from self._inside(segment, units[first].start, units[last - 1].end)
            first = last

    def _inside(self, segment: Segment, start: int, end: int) -> Iterator[Span]:
        for found in self._compiled.finditer(segment.folded, start, end, overlapped=True):
            first, last = segment.span_within(*found.span())
            if first < last and (
                segment.units[first].start == found.start()
                and segment.units[last - 1].end == found.end()
            ):
                yield first, last


def literal_piece(part: Part) -> tuple[str, bool, bool]:
    """(longest piece without wildcards, it begins the part, it ends the part)."""
    pieces = re.split(WILD, part.text)
    longest = max(range(len(pieces)), key=lambda at: len(pieces[at]))
    return pieces[longest], longest == 0, longest == len(pieces) - 1


class Pattern:
    """Parts that follow one another; separators between them do not count."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        """At least one part."""
        self.parts = parts

    def spans(self, segment: Segment) -> list[Span]:
        """Where all parts stand in a row."""
        found = self.parts[0].spans(segment)
        for part in self.parts[1:]:
            if not found:
                break
            following: dict[int, list[int]] = {}
            for start, end in part.spans(segment):
                following.setdefault(start, []).append(end)
            found = [(start, end) for start, middle in found for end in following.get(middle, ())]
        return found


class Sign:
    """A tag or a handle, whole: `text` with its sign, folded."""

    def __init__(self, text: str) -> None:
        """`text` may hold `*`."""
        self.text = text
        self.literal = max(text.split(STAR), key=len)
        self.wild = STAR in text
        self._compiled = re.compile(r"[^#@]*".join(map(re.escape, text.split(STAR))))

    def spans(self, segment: Segment) -> list[Span]:
        """Where the tag or handle stands."""
        if not self.wild:
            return segment.wide.get(self.text, [])
        wide = segment.wide.items()
        return sorted(s for text, spans in wide if self._compiled.fullmatch(text) for s in spans)


def _with_wildcards(text: str) -> str:
    return text.replace("*", STAR).replace("?", ONE)


@lru_cache(maxsize=65_536)
def parts_of(text: str, wildcards: bool) -> tuple[Part, ...]:
    """The parts of a term; empty when it holds symbols only."""
    folded = aligned(_with_wildcards(text) if wildcards else text)[0]
    return tuple(Part(found[0], found.lastgroup) for found in _TERM_UNIT.finditer(folded))


def folded_sign(term: Tag | Handle) -> str:
    """The tag or handle folded, with its sign; `*` as a private sign."""
    sign = "#" if isinstance(term, Tag) else "@"
    return sign + fold(term.text.replace("*", STAR))


def chunks(phrase: Phrase) -> list[tuple[Part, ...]]:
    """The words of a phrase with `~n`, each as its parts."""
    return [parts for word in phrase.text.split() if (parts := parts_of(word, wildcards=False))]


def term_of(item: str) -> Term:
    """The term of a list's item or an unquoted value: a tag, a handle, a phrase or a word."""
    spaced = any(sign.isspace() for sign in item)
    if item[0] in "#@" and len(item) > 1 and not spaced:
        return Tag(item[1:]) if item[0] == "#" else Handle(item[1:])
    return Phrase(item) if spaced else Word(item)


def title_term(value: Value) -> Term:
    """The term that a value of `title:` stands for."""
    return Phrase(value.text) if value.quoted or not value.text else term_of(value.text)


def pattern_of(term: Term) -> Pattern | Sign | None:
    """The pattern of a word, exact phrase, tag or handle; None for raw and for `~n`."""
    match term:
        case Word(text):
            return Pattern(parts_of(text, wildcards=True))
        case Phrase(text, None):
            return Pattern(parts_of(text, wildcards=False))
        case Tag() | Handle():
            return Sign(folded_sign(term))
        case _:
            return None
