"""Full text: the tokens of a text, and what a query needs of them.

A token is a letter for its kind and letters or digits of ASCII only, so that no database's own
tokenizer splits or folds it. Spaced scripts give a token a unit; scripts without spaces give
single clusters and pairs; Hangul is searched by prefix.
"""

import re
from itertools import pairwise

from fenghuo.listen.query.parser import Query
from fenghuo.listen.query.terms import (
    PROCLITICS,
    STAR,
    WILD,
    Part,
    chunks,
    folded_sign,
    parts_of,
    title_term,
)
from fenghuo.listen.query.tree import (
    And,
    Filter,
    Handle,
    Listed,
    Near,
    Node,
    Not,
    Number,
    Or,
    Phrase,
    Raw,
    Tag,
    Term,
    Word,
)
from fenghuo.listen.query.units import Kind, Unit, aligned, segment, units_of
from fenghuo.ports.narrow import All, Any, Narrow, Token

_LONGEST = 60  # code points; a longer unit is cut on both sides
_LETTER: dict[Kind, str] = {"word": "w", "arabic": "w", "hangul": "h", "emoji": "e", "cluster": "c"}


def index_tokens(text: str) -> list[str]:
    """The tokens of a post's words, each once, in order. ASCII letters and digits only."""
    words = segment(text)
    found: dict[str, None] = {}
    for number, unit in enumerate(words.units):
        for token in _unit_tokens(unit):
            found[token] = None
        if unit.kind == "cluster" and number and words.joined(number):
            before = words.units[number - 1]
            if before.kind == "cluster":
                found[_pair(before.text, unit.text)] = None
    for wide in words.wide:
        found[_sign_token(wide) if wide[0] in "#@" else _token("w", wide)] = None
    return list(found)


def _unit_tokens(unit: Unit) -> list[str]:
    found = [_token(_LETTER[unit.kind], unit.text)]
    if unit.kind == "arabic":  # a term may stand behind these
        rests = [unit.text.removeprefix(before) for before in PROCLITICS]
        found += [_token("w", rest) for rest in rests if rest != unit.text and len(rest) >= 3]
    return found


def _token(letter: str, text: str) -> str:
    text = text[:_LONGEST]
    if text.isascii() and text.isalnum():
        return letter + text
    return letter + "".join(map(_plain, text))


def _plain(char: str) -> str:
    return char if char.isascii() and char.isalnum() else f"x{ord(char):x}x"


def _pair(first: str, second: str) -> str:
    return f"{_token('b', first)}y{_token('', second)}"


def _sign_token(text: str) -> str:
    return _token("t" if text[0] == "#" else "m", text[1:])


def narrow(query: Query) -> Narrow | None:
    """What `index_tokens` of every post that the query hits fulfils; None: it cannot narrow.

    The exact matcher decides among the posts that fulfil it.
    """
    return _of(query.tree)


def _of(node: Node) -> Narrow | None:
    match node:
        case And(parts):
            return _all([_of(part) for part in parts])
        case Near(left, right):
            return _all([_of(left), _of(right)])
        case Or(parts):
            return _any([_of(part) for part in parts])
        case Listed(_, terms):
            return _any([_of_term(term) for term in terms])
        case Filter("title", values):
            return _any([_of_term(title_term(value)) for value in values])
        case Not() | Number() | Filter():
            return None
        case _:
            return _of_term(node)


def _all(parts: list[Narrow | None]) -> Narrow | None:
    known = tuple(dict.fromkeys(part for part in parts if part is not None))
    if len(known) <= 1:
        return known[0] if known else None
    return All(known)


def _any(parts: list[Narrow | None]) -> Narrow | None:
    known = tuple(dict.fromkeys(part for part in parts if part is not None))
    if len(known) < len(dict.fromkeys(parts)):
        return None
    return known[0] if len(known) == 1 else Any(known)


def _of_term(term: Term) -> Narrow | None:
    match term:
        case Word(text):
            return _all([_of_part(part) for part in parts_of(text, wildcards=True)])
        case Phrase(text, None):
            return _all([_of_part(part) for part in parts_of(text, wildcards=False)])
        case Phrase():
            return _all([_of_part(part) for chunk in chunks(term) for part in chunk])
        case Tag() | Handle():
            before, *behind = folded_sign(term).split(STAR)
            return Token(_sign_token(before), prefix=bool(behind)) if before[1:] else None
        case Raw(text):
            return _of_raw(text)


def _of_part(part: Part) -> Narrow | None:
    if part.kind == "cluster":
        pieces = [Part(text, "cluster") for text in re.split(WILD, part.text) if text]
        return _all([_of_run(piece.clusters) for piece in pieces])
    before = re.split(WILD, part.text)[0]
    prefix = part.kind == "hangul" or part.wild
    return Token(_token(_LETTER[part.kind], before), prefix) if before else None


def _of_run(clusters: list[str]) -> Narrow | None:
    if len(clusters) == 1:
        return Token(_token("c", clusters[0]))
    pairs = pairwise(clusters)
    return _all([Token(_pair(first, second)) for first, second in pairs])


def _of_raw(text: str) -> Narrow | None:
    """Units inside raw text; its edges have no border in Hangul, so a unit there may go on."""
    folded = aligned(text)[0]
    found: list[Narrow | None] = []
    for unit in units_of(folded):
        if unit.kind == "hangul":
            if unit.start > 0:
                found.append(Token(_token("h", unit.text), prefix=unit.end == len(folded)))
        elif unit.kind != "emoji":
            found.append(Token(_token(_LETTER[unit.kind], unit.text)))
    return _all(found)
