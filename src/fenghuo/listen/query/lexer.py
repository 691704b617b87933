"""Cuts a typed query into tokens. Full-width signs of a Chinese keyboard are read as their half."""

import re
from collections.abc import Callable
from typing import Literal

import msgspec

from fenghuo.listen.query.errors import QueryError

_KEYBOARD = str.maketrans(
    "（）：－　“”「」『』＂" + "\uff03\uff20\uff5e\uff0f\uff1c\uff1e\uff1d",
    '():- """""""' + "#@~/<>=",
)
_NEAR = re.compile(r"(O?)NEAR(?:/([0-9]+)(f?))?")
_SLOP = re.compile(r"~([0-9]+)")
NEAR_WORDS = 5
MAX_WORDS = 100

TokenKind = Literal["(", ")", "AND", "OR", "NOT", "NEAR", "word", "phrase"]


class Token(msgspec.Struct, frozen=True):
    """One token: `text` with keyboard signs read, `typed` as it was; [start, end) code points.

    For "NEAR" and "phrase" `number` is the n of NEAR/n and ~n (None: not given).
    """

    kind: TokenKind
    text: str
    typed: str
    start: int
    end: int
    number: int | None = None
    ordered: bool = False

    @property
    def position(self) -> int:
        """Where it begins, counted from 1."""
        return self.start + 1


def tokens(typed: str) -> list[Token]:
    """All tokens of a query; QueryError for an open quotation mark or a malformed NEAR."""
    text = typed.translate(_KEYBOARD)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _reader(text, at)(text, typed, at)
        found.append(token)
        at = token.end
    return found


def _reader(text: str, at: int) -> Callable[[str, str, int], Token]:
    sign = text[at]
    if sign in "()":
        return _bracket
    if sign == '"':
        return _phrase
    # A token begins after a space, a bracket or a quotation mark: here "-" excludes, if it touches.
    if sign == "-" and at + 1 < len(text) and not text[at + 1].isspace() and text[at + 1] != ")":
        return _minus
    return _word


def _bracket(text: str, typed: str, at: int) -> Token:
    return Token("(" if text[at] == "(" else ")", text[at], typed[at], at, at + 1)


def _minus(text: str, typed: str, at: int) -> Token:
    return Token("NOT", "-", typed[at], at, at + 1)


def _phrase(text: str, typed: str, at: int) -> Token:
    close = text.find('"', at + 1)
    if not text[at + 1 : close if close > 0 else None].strip():
        raise QueryError("quote_empty", at + 1)
    if close < 0:
        raise QueryError("quote_open", at + 1, f'"{text[at + 1 :].rstrip()}"')
    slop = _SLOP.match(text, close + 1)
    end = slop.end() if slop else close + 1
    number = _distance(slop[1], at + 1, f"{text[at : close + 1]}~{MAX_WORDS}") if slop else None
    return Token("phrase", text[at + 1 : close], typed[at + 1 : close], at, end, number)


def _word(text: str, typed: str, at: int) -> Token:
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in '()"':
        end += 1
    word = text[at:end]
    if word in ("AND", "OR", "NOT"):
        return Token(_operator(word), word, typed[at:end], at, end)
    near = _NEAR.fullmatch(word)
    if near:
        number = _distance(near[2], at + 1, f"NEAR/{MAX_WORDS}") if near[2] else NEAR_WORDS
        ordered = bool(near[1] or near[3])
        return Token("NEAR", word, typed[at:end], at, end, number, ordered)
    if word.startswith(("NEAR/", "ONEAR/")):
        raise QueryError("near_form", at + 1, f"NEAR/{NEAR_WORDS}", word=word)
    return Token("word", word, typed[at:end], at, end)


def _operator(word: str) -> TokenKind:
    return "AND" if word == "AND" else "OR" if word == "OR" else "NOT"


def _distance(digits: str, position: int, suggestion: str) -> int:
    number = int(digits)
    if number > MAX_WORDS:
        raise QueryError("too_far", position, suggestion, limit=MAX_WORDS)
    return number
