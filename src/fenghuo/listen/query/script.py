"""Which characters are letters of what: the classes that folding and units share.

Written as pieces of `regex` classes (version 1 behaviour), so that every file means the same
by "letter of a spaced script".
"""

import sys
from functools import cache

import regex

UNSPACED = (
    r"[[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\u30fc]&&[\p{L}\p{N}]]"
)
HANGUL = r"[\p{Hangul}&&[\p{L}\p{M}]]"
ARABIC = r"[\p{Arabic}&&\p{L}]"
SPACED = rf"[[\p{{L}}\p{{N}}]--{UNSPACED}--{HANGUL}--{ARABIC}]"
SPACED_LETTER = rf"[\p{{L}}--{UNSPACED}--{HANGUL}--{ARABIC}]"
RUN_LETTER = rf"[{SPACED}{ARABIC}]"
NO_RUN_BEFORE = rf"(?<!{RUN_LETTER}\p{{M}}*)"
PICTURE = r"[\p{ExtPict}--[©®]]"

# What joins to letters before it whatever their script; the marks of one script (Thai vowels,
# Hindi signs) are not among them and are never dropped.
SHARED_MARK = r"[\p{M}&&\p{Script=Inherited}]"


@cache
def every_character() -> str:
    """All code points but lone surrogates, in order."""
    return "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))


def members(pattern: str, within: str) -> list[str]:
    """The characters of `within` that the class matches."""
    found: list[str] = regex.findall(pattern, within, regex.V1)
    return found


@cache
def spaced_letters() -> frozenset[str]:
    """Letters of spaced scripts: beside one of these a spaced word goes on."""
    return frozenset(members(SPACED_LETTER, every_character()))
