"""What a post must hold for a query to match: from it come the automaton and the anchor rule.

A clause is a choice of keys of which at least one must be there; a query gives several clauses that
must all hold. They are necessary, not sufficient: the tree decides.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from fenghuo.listen.query.fields import normal_value
from fenghuo.listen.query.fold import fold
from fenghuo.listen.query.terms import (
    Part,
    Sign,
    chunks,
    literal_piece,
    parts_of,
    pattern_of,
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

_NAME_WEIGHT = 24  # an author or a site is rarer than any word


class Key(msgspec.Struct, frozen=True):
    """`text` folded. For a literal, `left` and `right` say where a word border must be."""

    kind: Literal["literal", "author", "site"]
    text: str
    left: bool = False
    right: bool = False

    @property
    def weight(self) -> int:
        """How rare it probably is: bytes of UTF-8."""
        return len(self.text.encode()) if self.kind == "literal" else _NAME_WEIGHT


Clause = tuple[Key, ...]


Shared = Mapping[Key, int]


def clauses(node: Node, shared: Shared | None = None) -> list[Clause]:
    """Clauses that every matching post fulfils; empty when the node names nothing.

    `shared` counts the queries that name a key, to choose well inside an OR.
    """
    match node:
        case And(parts):
            return [clause for part in parts for clause in clauses(part, shared)]
        case Near(left, right):
            return [*clauses(left, shared), *clauses(right, shared)]
        case Or(parts):
            return _either([clauses(part, shared) for part in parts], shared)
        case Listed(_, terms):
            return _either([_of_term(term) for term in terms], shared)
        case Not() | Number():
            return []
        case Filter():
            return _of_filter(node, shared)
        case _:
            return _of_term(node)


def keys(node: Node) -> set[Key]:
    """Every key that the positive parts of a tree name."""
    match node:
        case And(parts) | Or(parts):
            return {key for part in parts for key in keys(part)}
        case _:
            return {key for clause in clauses(node) for key in clause}


def best(found: Iterable[Clause], shared: Shared | None = None) -> Clause:
    """The clause that the fewest posts will probably fulfil; () for none.

    `shared` counts the queries that name a key: what many name ("battery") is common in posts,
    what one names is a brand of its own.
    """

    def common(clause: Clause) -> tuple[int, int]:
        often = sum(
            (shared or {}).get(key, 1) * (1 if key.weight > 2 else 4 if key.weight > 1 else 16)
            for key in clause
        )
        return often, -min(key.weight for key in clause)

    return min(found, key=common, default=())


def _either(branches: list[list[Clause]], shared: Shared | None) -> list[Clause]:
    if not all(branches):
        return []
    return [tuple(dict.fromkeys(key for branch in branches for key in best(branch, shared)))]


def _of_filter(node: Filter, shared: Shared | None) -> list[Clause]:
    if node.field == "title":
        return _either([_of_term(title_term(value)) for value in node.values], shared)
    values = [normal_value(node.field, value.text) for value in node.values]
    if node.field == "author":
        return [tuple(Key("author", value) for value in values)]
    if node.field == "site":
        return [tuple(Key("site", value) for value in values)]
    return []


def _of_term(term: Term) -> list[Clause]:
    match term:
        case Raw(text):
            return [(Key("literal", fold(text)),)]
        case Tag() | Handle():
            pattern = pattern_of(term)
            return [(Key("literal", pattern.literal),)] if isinstance(pattern, Sign) else []
        case Phrase(_, slop) if slop is not None:
            parts = [part for chunk in chunks(term) for part in chunk]
        case Word(text):
            parts = list(parts_of(text, wildcards=True))
        case Phrase(text):
            parts = list(parts_of(text, wildcards=False))
    return [(_of_part(part),) for part in parts]


def _of_part(part: Part) -> Key:
    literal, first, last = literal_piece(part)
    spaced = part.kind == "word"
    return Key("literal", literal, left=spaced and first, right=spaced and last)
