"""Reads a query. Tightest first: brackets, NEAR, NOT and "-", AND and the bare space, OR."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from fenghuo.listen.query import checks
from fenghuo.listen.query.errors import Caution, QueryError
from fenghuo.listen.query.leaves import LeafReader
from fenghuo.listen.query.lexer import Token, TokenKind, tokens
from fenghuo.listen.query.tree import And, Filter, Near, Node, Not, Number, Or, bracketed

Use = Literal["watch", "search"]
MAX_LENGTH, MAX_TERMS, MAX_DEPTH = 4096, 500, 20


class Query(msgspec.Struct, frozen=True):
    """A query that was read. `str(query)` is its fully bracketed form."""

    text: str
    tree: Node
    warnings: tuple[Caution, ...] = ()

    def __str__(self) -> str:
        return bracketed(self.tree)


def parse(
    text: str, *, lists: Mapping[str, Sequence[str]] | None = None, use: Use = "search"
) -> Query:
    """Read `text`; `lists` holds the terms of each `@list(name)`.

    In a watch every branch must name something (a word, phrase, tag, handle, title, author or
    site) and `sentiment: crisis: cue:` are refused; a search runs over stored posts and may do
    both. Raises QueryError and nothing else.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError("too_long", MAX_LENGTH + 1, length=len(text), limit=MAX_LENGTH)
    parser = _Parser(text, lists or {}, use)
    tree = parser.whole()
    if use == "watch":
        checks.anchored(tree, text, parser.places)
    return Query(text, tree, checks.cautions(tree, parser.leaves.typed))


class _Parser:
    """Recursive descent; `places` gives the position of each node by its identity."""

    def __init__(self, text: str, lists: Mapping[str, Sequence[str]], use: Use) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0
        self.places: dict[int, int] = {}
        self.nodes: list[Node] = []  # keeps nodes alive, so that identities stay their own
        self.leaves = LeafReader(self.tokens, lists, refuse_understood=use == "watch")

    def whole(self) -> Node:
        if not self.tokens:
            raise QueryError("empty", 1)
        tree = self._or()
        if self.at < len(self.tokens):  # only a bracket can be left over
            place = self.tokens[self.at]
            cure = (self.text[: place.start] + self.text[place.end :]).strip()
            raise QueryError("bracket_close", place.position, cure)
        return tree

    def _kind(self) -> TokenKind | None:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else None

    def _placed(self, node: Node, position: int) -> Node:
        self.places[id(node)] = position
        self.nodes.append(node)
        return node

    def _or(self) -> Node:
        return self._several("OR", self._and, lambda parts: Or(parts))

    def _and(self) -> Node:
        return self._several("AND", self._not, lambda parts: And(parts))

    def _several(
        self,
        operator: TokenKind,
        part: Callable[[], Node],
        join: Callable[[tuple[Node, ...]], Node],
    ) -> Node:
        position = self._position()
        parts = [part()]
        while self._goes_on(operator):
            parts.append(part())
        return parts[0] if len(parts) == 1 else self._placed(join(tuple(parts)), position)

    def _goes_on(self, operator: TokenKind) -> bool:
        kind = self._kind()
        if kind == operator:
            self.at += 1
            return True
        return operator == "AND" and kind not in (None, "OR", ")")

    def _position(self) -> int:
        return self.tokens[self.at].position if self.at < len(self.tokens) else len(self.text) + 1

    def _not(self) -> Node:
        if self._kind() != "NOT":
            return self._near()
        position = self._position()
        self.at += 1
        self._deeper(position)
        node = Not(self._not())
        self.depth -= 1
        return self._placed(node, position)

    def _near(self) -> Node:
        position = self._position()
        left = self._primary()
        while self._kind() == "NEAR":
            near = self.tokens[self.at]
            self.at += 1
            if self._kind() == "NOT":
                self._not_near(near, self._position())
            right = self._primary()
            for side in (left, right):
                if not _can_be_near(side):
                    self._not_near(near, self.places[id(side)])
            node = Near(left, right, near.number or 0, near.ordered)
            left = self._placed(node, position)
        return left

    def _not_near(self, near: Token, position: int) -> None:
        cure = f"{self.text[: near.start].rstrip()} AND {self.text[near.end :].lstrip()}"
        raise QueryError("near_words_only", position, cure)

    def _primary(self) -> Node:
        kind = self._kind()
        if kind == "(":
            return self._group()
        if kind not in ("word", "phrase"):
            raise self._missing()
        position = self._position()
        node, self.at = self.leaves.read(self.at)
        if self.leaves.count > MAX_TERMS:
            raise QueryError("too_many_terms", position, limit=MAX_TERMS)
        return self._placed(node, position)

    def _group(self) -> Node:
        opened = self.tokens[self.at]
        self.at += 1
        self._deeper(opened.position)
        node = self._or()
        self.depth -= 1
        if self._kind() != ")":
            raise QueryError("bracket_open", opened.position, f"{self.text.rstrip()})")
        self.at += 1
        return node

    def _deeper(self, position: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QueryError("too_deep", position, limit=MAX_DEPTH)

    def _missing(self) -> QueryError:
        """What to say where a word should stand and none does."""
        here = self.tokens[self.at] if self.at < len(self.tokens) else None
        before = self.tokens[self.at - 1] if self.at else None
        if before is not None and before.kind == "(":
            if here is None:
                return QueryError("bracket_open", before.position, f"{self.text.rstrip()} … )")
            if here.kind == ")":
                return QueryError("bracket_empty", before.position, self._without(before, here))
        if before is not None and before.kind != "(":
            cure = self._without(before, before)
            return QueryError("nothing_right", before.position, cure, operator=before.text)
        if here is None or here.kind == ")":
            place = here.position if here else 1
            return QueryError("bracket_close", place, self.text.replace(")", "", 1).strip())
        cure = self._without(here, here)
        return QueryError("nothing_left", here.position, cure, operator=here.text)

    def _without(self, first: Token, last: Token) -> str:
        return " ".join((self.text[: first.start] + self.text[last.end :]).split())


def _can_be_near(node: Node) -> bool:
    match node:
        case Or(parts):
            return all(map(_can_be_near, parts))
        case And() | Not() | Filter() | Number():
            return False
        case _:
            return True
