"""Folding: what case, width, accents, invisible characters and emoji skins do not change.

The steps, on both sides (query and post):

1. drop zero-width, bidi and soft-hyphen characters, variation selectors, skin tones, and joiners
   outside emoji; a trade mark sign separates; more than 32 marks in a row are cut
2. NFKC, case-fold
3. drop combining marks on Latin and Greek bases, Arabic tashkil, Hebrew points, tatweel;
   Cyrillic io, dotless i and the alefs become their plain letters
4. NFC

`fold_slowly` is the definition. `fold` gives the same in a few calls of C: the characters whose
folding is more than a case-fold are found by one scan and replaced one kind at a time.
"""

import re
import unicodedata
from functools import cache

import regex

from fenghuo.listen.query.script import PICTURE, SHARED_MARK, members

_INVISIBLE = (
    "\u00ad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff"
)
_JOINER = rf"(?<!{PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*)\u200d|\u200d(?![\ufe0f]*{PICTURE})"
_STRAY_JOINER = regex.compile(_JOINER, regex.V1)
DROPPED = regex.compile(rf"[{_INVISIBLE}]|{_JOINER}", regex.V1)
_SEPARATING = {0x2122: " ", 0x2120: " "} | {at: "\ufffd" for at in range(0xD800, 0xE000)}
_MARKED = regex.compile(r"([\p{Latin}\p{Greek}])(\p{M}+)", regex.V1)
_SHARED = regex.compile(SHARED_MARK, regex.V1)
# Towers of marks: nobody reads them, and putting them in order takes the square of their height.
_TOWER = regex.compile(r"(\p{M}{32})\p{M}+")
_POINTS = re.compile(
    "[\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
)
_LETTERS = str.maketrans("\u0451\u0131\u0623\u0625\u0622\u0671", "\u0435i\u0627\u0627\u0627\u0627")

# Where characters with a folding of their own live; Han, Hangul syllables and private use have
# none (their few compatibility blocks are listed), which keeps the table quick to build.
_SPECIAL_RANGES = (
    (0x80, 0x3400),
    (0x4DC0, 0x4E00),
    (0xA000, 0xAC00),
    (0xD7B0, 0xD800),
    (0xF900, 0x10000),
    (0x10000, 0x13000),
    (0x16000, 0x18000),
    (0x1B000, 0x20000),
    (0x2F800, 0x2FA20),
    (0xE0000, 0xE0200),
)
_MANY = 24
_ZWJ = "\u200d"
_COMPOSING = "\u0653\u0654\u0655"  # Arabic marks that are dropped alone but make ئ and ؤ


def without_towers(text: str) -> str:
    """`text` with at most 32 combining marks in a row."""
    cut: str = _TOWER.sub(r"\1", text)
    return cut


def _bare(found: re.Match[str]) -> str:
    return found[1] + str(_SHARED.sub("", found[2]))


def _step(text: str) -> str:
    text = without_towers(DROPPED.sub("", text)).translate(_SEPARATING)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _MARKED.sub(_bare, unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", _POINTS.sub("", text).translate(_LETTERS))


def fold_slowly(text: str) -> str:
    """The folding by its definition, repeated until nothing changes (folding is idempotent)."""
    while (folded := _step(text)) != text:
        text = folded
    return text


@cache
def _special() -> tuple[re.Pattern[str], dict[str, str], frozenset[str]]:
    """(finds what may fold by more than a case-fold, the folds, those that need context).

    Context: shared combining marks, whose effect hangs on their neighbours.
    Above U+FFFF the pattern finds everything: its ranges would be tried one after another.
    """
    every = [chr(at) for low, high in _SPECIAL_RANGES for at in range(low, high)
             if not 0xD800 <= at < 0xE000]  # fmt: skip
    # One call for all, a line each; characters that end a line themselves fold to themselves.
    alone = [char for char in every if char.splitlines() == [char]]
    folds = dict(zip(alone, fold_slowly("\n".join(alone)).split("\n"), strict=True))
    special = {char: to for char, to in folds.items() if to != char.casefold()}
    special.pop(_ZWJ)  # dropped outside emoji only: `_swapped` sees to it
    special |= {chr(at): "\ufffd" for at in range(0xD800, 0xE000)}
    marks = members(SHARED_MARK, "".join(every))
    context = frozenset(mark for mark in marks if folds[mark] or mark in _COMPOSING)
    body = "".join(
        f"\\u{low:04x}-\\u{high:04x}" for low, high in _ranges(sorted({*special, *context, _ZWJ}))
    )
    return re.compile(f"[{body}\\U00010000-\\U0010ffff]"), special, context


def _ranges(chars: list[str]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for point in map(ord, chars):
        if point > 0xFFFF:
            continue
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges


class _Folds(dict[str, str]):
    """Fold of single characters that need no context; kept for the lower planes only."""

    def __missing__(self, char: str) -> str:
        to = _special()[1].get(char)
        if to is None:
            to = char.casefold()
        if ord(char) < 0x20000:
            self[char] = to
        return to


_fold_char = _Folds().__getitem__


def _swapped(text: str) -> str | None:
    """`text` with special characters replaced; None when their context decides."""
    finds, folds, context = _special()
    found = set(finds.findall(text))
    if not found.isdisjoint(context):
        return None
    if _ZWJ in found:
        text = _STRAY_JOINER.sub("", text)
    if len(found) > _MANY:
        return "".join(map(_fold_char, text))
    for char in found:
        text = text.replace(char, folds.get(char, char))
    return text


def fold(text: str) -> str:
    """`text` folded. Idempotent; equal to `fold_slowly`."""
    if text.isascii():
        return text.lower()
    swapped = _swapped(text)
    if swapped is not None and unicodedata.is_normalized("NFKC", swapped):
        return swapped.casefold()
    return fold_slowly(text)


def fold_singly(text: str) -> list[str] | None:
    """The fold of each character; None when they do not fold one by one."""
    if text.isascii():
        return list(text.lower())
    swapped = None if _ZWJ in text else _swapped(text)
    if swapped is not None and unicodedata.is_normalized("NFKC", swapped):
        return list(map(_fold_char, text))
    return None
