"""Word lists in many languages, found by one automaton with boundaries that suit each script."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from ahocorasick_rs import AhoCorasick, Implementation

from fenghuo.listen.understand.text import bare, fold

Force = Literal["strong", "weak", "not", "near"]

NEAR = 24
"""Characters between a weak word and a word that takes its meaning away (phone … died)."""

_CLAUSE = re.compile(r"[.,;:!?\n،؛。，；：！？、]")

_ARABIC_PREFIX = frozenset("وفبكلاس")
_MARKED = frozenset({"vi"})
"""Languages in which a mark makes another word (Vietnamese cháy burns, chay is vegetarian)."""


class Entry(msgspec.Struct, frozen=True):
    """A word or phrase of a list; a trailing * in its text allows any ending.

    `strong` says the thing by itself, `weak` needs the judgement of the whole text, `not` is a
    phrase inside which the words of `of` mean nothing, `near` is a word that takes the meaning
    from a weak one close by, and makes a strong one that follows it in its clause weak.
    """

    text: str
    of: str
    lang: str
    force: Force = "weak"


class Hit(msgspec.Struct, frozen=True):
    """A found entry at folded offsets [start, end) of the text; `word` as it stands there."""

    entry: Entry
    start: int
    end: int
    word: str


class Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of one notion in one language, as the data files hold them."""

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    not_: tuple[str, ...] = msgspec.field(default=(), name="not")
    near: tuple[str, ...] = ()

    def entries(self, of: str, lang: str) -> Iterable[Entry]:
        """The entries of the four lists."""
        forces: tuple[tuple[Force, tuple[str, ...]], ...] = (
            ("strong", self.strong), ("weak", self.weak), ("not", self.not_), ("near", self.near)
        )  # fmt: skip
        return [Entry(text, of, lang, force) for force, texts in forces for text in texts]


def read(data: Mapping[str, object]) -> list[Entry]:
    """Entries of a parsed word file {notion: {language: lists}}; ValidationError if malformed."""
    file = msgspec.convert(data, dict[str, dict[str, Lists]])
    return [
        entry
        for notion, languages in file.items()
        for lang, lists in languages.items()
        for entry in lists.entries(notion, lang)
    ]


class _Pattern(msgspec.Struct, frozen=True):
    text: str
    open_end: bool
    entry: Entry


class Lexicon:
    """Finds entries in a text in one pass, however many there are."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Build the automaton over the folded entries."""
        self._by_text: dict[str, list[_Pattern]] = {}
        kept = list(entries)
        self.languages = frozenset(entry.lang for entry in kept)
        for entry in kept:
            for pattern in _patterns(entry):
                self._by_text.setdefault(pattern.text, []).append(pattern)
        self._texts = list(self._by_text)
        self._automaton = AhoCorasick(self._texts, implementation=Implementation.ContiguousNFA)

    def find(self, text: str) -> list[Hit]:
        """Hits in order of their place; those that a context takes away are left out."""
        folded = fold(text)
        hits: list[Hit] = []
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            for pattern in self._by_text[self._texts[number]]:
                if _stands(folded, start, end, pattern.open_end):
                    stop = _word_end(folded, end) if pattern.open_end else end
                    hits.append(Hit(pattern.entry, start, stop, folded[start:stop]))
        return _meant(folded, hits) if hits else hits


def _patterns(entry: Entry) -> list[_Pattern]:
    open_end = entry.text.endswith("*")
    folded = fold(entry.text.removesuffix("*"))
    forms = [folded] if entry.lang in _MARKED else [folded, bare(folded)]
    return [_Pattern(form, open_end, entry) for form in dict.fromkeys(forms)]


def _spaced(char: str) -> bool:
    """Does this character belong to a script that puts spaces between words?"""
    code = ord(char)
    if 0x0E00 <= code <= 0x0E7F or 0x1100 <= code <= 0x11FF or code >= 0x2E80:
        return False
    return char.isalnum() or 0x0900 <= code <= 0x097F


def _stands(text: str, start: int, end: int, open_end: bool) -> bool:
    if _spaced(text[start]) and start and _spaced(text[start - 1]) and not _prefixed(text, start):
        return False
    return open_end or end == len(text) or not (_spaced(text[end - 1]) and _spaced(text[end]))


def _prefixed(text: str, start: int) -> bool:
    """Arabic writes "and", "the", "with" as letters before the word."""
    if not "\u0620" <= text[start] <= "\u06ff":
        return False
    at = start
    while at and start - at < 4 and text[at - 1] in _ARABIC_PREFIX:
        at -= 1
    return at == 0 or not _spaced(text[at - 1])


def _word_end(text: str, end: int) -> int:
    while end < len(text) and _spaced(text[end]) and _spaced(text[end - 1]):
        end += 1
    return end


def _meant(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits that stay once contexts have been looked at, longest first at each place."""
    against = [hit for hit in hits if hit.entry.force in ("not", "near")]
    said = [hit for hit in hits if hit.entry.force in ("strong", "weak")]
    if against:
        said = [hit for hit in said if not any(_takes_away(other, hit) for other in against)]
        led = [any(_led_by(text, other, hit) for other in against) for hit in said]
        said = [_doubted(hit) if by else hit for hit, by in zip(said, led, strict=True)]
    return sorted(said, key=lambda hit: (hit.start, -hit.end))


def _takes_away(context: Hit, hit: Hit) -> bool:
    if context.entry.of != hit.entry.of:
        return False
    if context.entry.force == "not":
        # A longer strong phrase ("burned down our sale stand") outweighs the idiom inside it.
        longer = hit.entry.force == "strong" and hit.end - hit.start > context.end - context.start
        return context.start < hit.end and hit.start < context.end and not longer
    gap = max(context.start - hit.end, hit.start - context.end)
    return hit.entry.force == "weak" and 0 <= gap <= NEAR


def _led_by(text: str, context: Hit, hit: Hit) -> bool:
    """Does a thing stand before a strong word, in the same clause ("der Akku ist gestorben")?"""
    between = text[context.end : hit.start]
    same = context.entry.force == "near" and context.entry.of == hit.entry.of
    led = same and hit.entry.force == "strong" and context.end <= hit.start
    return led and len(between) <= NEAR and not _CLAUSE.search(between)


def _doubted(hit: Hit) -> Hit:
    """The same words, which now need a text that means them."""
    return msgspec.structs.replace(hit, entry=msgspec.structs.replace(hit.entry, force="weak"))
