"""Units: what a text consists of for matching, each with its kind and its place in the original.

A run of letters of a spaced script is one unit; Han, kana, Thai and their like give one unit a
grapheme cluster; a change of kind is a border; everything else separates.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import accumulate, repeat
from typing import Literal

import msgspec
import regex

from fenghuo.listen.query.fold import DROPPED, fold_singly, fold_slowly, without_towers
from fenghuo.listen.query.links import without_links
from fenghuo.listen.query.script import (
    ARABIC,
    HANGUL,
    NO_RUN_BEFORE,
    PICTURE,
    SPACED,
    UNSPACED,
)

Kind = Literal["word", "arabic", "hangul", "cluster", "emoji", "tag", "handle", "raw"]
Field = Literal["title", "text"]
Span = tuple[int, int]

EMOJI = rf"\p{{RI}}\p{{RI}}|[0-9#*]\u20e3|{PICTURE}(?:\u200d{PICTURE})*[\U000e0020-\U000e007f]*"
LONGEST_TAG = 200
_UNIT = regex.compile(
    rf"(?P<emoji>{EMOJI})|(?P<cluster>(?={UNSPACED})\X)|(?P<hangul>{HANGUL}+)"
    rf"|(?P<arabic>{ARABIC}[{ARABIC}\p{{Nd}}\p{{M}}]*)|(?P<word>{SPACED}[{SPACED}\p{{M}}]*)",
    regex.V1,
)
# Jamo on their own can compose with what follows, so a run of them is folded as one piece.
_PIECE = regex.compile(r"[\u1100-\u11ff\u3131-\u318e\uffa0-\uffdc]+\p{M}*|\X", regex.V1)
_TAG = regex.compile(rf"{NO_RUN_BEFORE}(?<!&)#([\w\p{{M}}]{{1,{LONGEST_TAG}}})", regex.V1)
_HANDLE = regex.compile(
    rf"{NO_RUN_BEFORE}(?<![@/])(?<![\w]\.)@([\w\p{{M}}]+(?:[.-][\w\p{{M}}]+)*)"
    r"(@[\w\p{M}]+(?:[.-][\w\p{M}]+)+)?",
    regex.V1,
)
_PLAIN_NAME = regex.compile(r"[a-z0-9_.-]*[a-z0-9_]")
TAG_BODY = regex.compile(r"[\w\p{M}]+", regex.V1)

_fold_short = lru_cache(maxsize=65_536)(fold_slowly)


def _fold_piece(piece: str) -> str:
    return _fold_short(piece) if len(piece) <= 16 else fold_slowly(piece)


class Unit(msgspec.Struct, frozen=True, gc=False):
    """One unit: its folded text, its kind, its place in the folded text (code points)."""

    text: str
    kind: Kind
    start: int
    end: int


Aligned = tuple[str, list[int], list[int]]


def aligned(text: str) -> Aligned:
    """(folded, starts, ends): for each folded character the piece of `text` it comes from.

    Folds character by character where that is the same, else grapheme cluster by cluster.
    """
    singly = fold_singly(text)
    if singly is not None:
        folded = "".join(singly)
        if len(folded) == len(text) and all(singly):
            return folded, list(range(len(text))), list(range(1, len(text) + 1))
        places = [at for at, piece in enumerate(singly) for _ in piece]
        return folded, places, [at + 1 for at in places]
    return _aligned_clusters(text)


def _aligned_clusters(text: str) -> Aligned:
    dropped = {at for found in DROPPED.finditer(text) for at in range(*found.span())}
    kept = [at for at in range(len(text)) if at not in dropped]
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _PIECE.finditer("".join(text[at] for at in kept)):
        piece = _fold_piece(found[0])
        pieces.append(piece)
        starts.extend(repeat(kept[found.start()], len(piece)))
        ends.extend(repeat(kept[found.end() - 1] + 1, len(piece)))
    return "".join(pieces), starts, ends


def units_of(folded: str) -> Iterator[Unit]:
    """The units of a folded text, in order."""
    for found in _UNIT.finditer(folded):
        yield Unit(found[0], found.lastgroup, found.start(), found.end())


class Segment:
    """A title or a text cut into units, with indexes; built only for posts that may match.

    `units[k]`; `at[text]` = where a unit stands; `wide[text]` = spans of tags ("#nuvolt"), handles
    ("@nuvolt") and of camel-case tags read as one word. Spans are half open, in units.
    """

    def __init__(self, original: str, field: Field = "text") -> None:
        """Folds and cuts `original`; links are taken out first."""
        self.field: Field = field
        self.original = without_links(original)
        self.folded, self._starts, self._ends = aligned(self.original)
        self.units: list[Unit] = []
        self.wide: dict[str, list[Span]] = {}
        tags = list(_TAG.finditer(self.folded)) if "#" in self.folded else []
        self._cut({at for tag in tags for at in self._camel_borders(*tag.span(1))})
        self._unit_starts = [unit.start for unit in self.units]
        self.at: dict[str, list[int]] = {}
        for number, unit in enumerate(self.units):
            self.at.setdefault(unit.text, []).append(number)
        for tag in tags:
            self._widen(tag[0], *tag.span())
        if "@" in self.folded:
            self._handles()
        weights = (1 if unit.kind == "cluster" else 2 for unit in self.units)
        self._weight = list(accumulate(weights, initial=0))

    def _camel_borders(self, start: int, end: int) -> Iterator[int]:
        original, starts = self.original, self._starts
        for at in range(start + 1, end):
            before, after = original[starts[at - 1]], original[starts[at]]
            if before.islower() and after.isupper():
                yield at

    def _cut(self, borders: set[int]) -> None:
        if not borders:
            self.units = list(units_of(self.folded))
            return
        cuts = sorted(borders)
        for unit in units_of(self.folded):
            inside = cuts[bisect_right(cuts, unit.start) : bisect_left(cuts, unit.end)]
            first = len(self.units)
            for start, end in zip([unit.start, *inside], [*inside, unit.end], strict=True):
                text = self.folded[start:end]
                self.units.append(Unit(text, unit.kind, start, end))
            if inside:
                self.wide.setdefault(unit.text, []).append((first, len(self.units)))

    def _widen(self, text: str, start: int, end: int) -> None:
        self.wide.setdefault(text, []).append(self.span_within(start, end))

    def _handles(self) -> None:
        for found in _HANDLE.finditer(self.folded):
            name = found[1]
            forms = {found[0], f"@{name}"}
            if not name.isascii() and (plain := _PLAIN_NAME.match(name)):
                forms.add(f"@{plain[0]}")  # "@NuvoltHelp你好": no space after the name
            for form in forms:
                self._widen(form, *found.span())

    @cached_property
    def composed(self) -> Aligned:
        """(NFC, starts, ends) of the original, aligned as the folded text is: for `raw:`."""
        texts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for found in _PIECE.finditer(self.original):
            text = unicodedata.normalize("NFC", without_towers(found[0]))
            texts.append(text)
            starts.extend(repeat(found.start(), len(text)))
            ends.extend(repeat(found.end(), len(text)))
        return "".join(texts), starts, ends

    def units_of_original(self, start: int, end: int) -> Span:
        """The units that come from [start, end) of the original text; may be empty."""
        return self.span_within(*self.folded_range(start, end))

    def folded_range(self, start: int, end: int) -> Span:
        """The folded characters that come from [start, end) of the original text."""
        return bisect_left(self._starts, start), bisect_left(self._starts, end)

    def span_within(self, start: int, end: int) -> Span:
        """The units that begin within [start, end) of the folded text; may be empty."""
        return bisect_left(self._unit_starts, start), bisect_left(self._unit_starts, end)

    def words_between(self, first: int, second: int) -> int:
        """Words in units [first, second): a spaced unit is one, a cluster a half, rounded up."""
        return (self._weight[second] - self._weight[first] + 1) // 2

    def halves(self, span: Span) -> int:
        """Length of a span in half words."""
        return self._weight[span[1]] - self._weight[span[0]]

    def joined(self, number: int) -> bool:
        """Whether unit `number` follows the one before it with nothing between."""
        return self.units[number - 1].end == self.units[number].start

    def place(self, span: Span) -> Span:
        """Start and end of a span of units in the original text (code points)."""
        first, last = self.units[span[0]], self.units[span[1] - 1]
        end, text = self._ends[last.end - 1], self.original
        while end < len(text) and unicodedata.category(text[end]) in ("Mn", "Sk"):
            end += 1  # what folding dropped belongs to it still: accents, skin tones
        return self._starts[first.start], end

    def words(self) -> Iterable[str]:
        """Every distinct text that stands for a unit or a wider word, tags and handles too."""
        yield from self.at
        yield from self.wide


@lru_cache(maxsize=8)
def segment(original: str, field: Field = "text") -> Segment:
    """The segment of a text, shared by matching and indexing, which follow one another."""
    return Segment(original, field)
