"""Reads what stands between the operators: words, phrases, raw, tags, handles, filters, lists."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from fenghuo.listen.query import checks
from fenghuo.listen.query.errors import QueryError
from fenghuo.listen.query.fields import FIELDS, NUMBERS, UNDERSTOOD, nearest, problem
from fenghuo.listen.query.lexer import Token
from fenghuo.listen.query.listed import entry_term, entry_value, list_name
from fenghuo.listen.query.terms import title_term
from fenghuo.listen.query.tree import (
    Filter,
    Handle,
    Leaf,
    Listed,
    Number,
    Phrase,
    Raw,
    Tag,
    Term,
    Value,
    Word,
)

MAX_LISTED = 5_000
"""Entries of all lists that a query names. More: one query costs a post as much as ten thousand."""
_FIELD = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_NUMBER = re.compile(r"(<=|>=|<|>|=)?([0-9]{1,15})|([0-9]{1,15})\.\.([0-9]{1,15})")


class LeafReader:
    """`read(at)` gives the leaf that begins at token `at`, and the token behind it."""

    def __init__(
        self, tokens: list[Token], lists: Mapping[str, Sequence[str]], *, refuse_understood: bool
    ) -> None:
        """`refuse_understood`: whether fields of understanding are an error (in a watch)."""
        self.tokens = tokens
        self.lists = {list_name(name): items for name, items in lists.items()}
        self.refuse_understood = refuse_understood
        self.count = 0
        self.listed = 0
        self.typed: list[checks.Typed] = []

    def read(self, at: int) -> tuple[Leaf, int]:
        """The leaf at token `at`, a word or a phrase; QueryError says what is wrong with it."""
        token = self.tokens[at]
        self.count += 1
        if token.kind == "phrase":
            return self._term(Phrase(token.text, token.number), token), at + 1
        if self._opens_list(token, at, token.text):
            name, behind = self._list_name(at + 1)
            return Listed(name, self._list_terms(name, token.position)), behind
        if token.text[0] in "#@":
            return self._sign(token), at + 1
        field = _FIELD.fullmatch(token.text)
        if field:
            return self._field(field[1], field[2], at)
        return self._term(Word(token.text), token), at + 1

    def _term(self, term: Term, token: Token) -> Term:
        checks.check_term(term, token.position)
        self.typed.append(checks.Typed(term, token.position, token.typed))
        return term

    def _sign(self, token: Token) -> Term:
        text = token.text[1:]
        return self._term(Tag(text) if token.text[0] == "#" else Handle(text), token)

    def _touching(self, at: int) -> Token | None:
        """The token that follows `at` without a space."""
        behind = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return behind if behind is not None and behind.start == self.tokens[at].end else None

    def _opens_list(self, token: Token, at: int, text: str) -> bool:
        behind = self._touching(at)
        return text == "@list" and behind is not None and behind.kind == "("

    def _list_name(self, at: int) -> tuple[str, int]:
        """The name between the brackets that open at token `at`, and the token behind them."""
        inside = self.tokens[at + 1 : at + 3]
        if [token.kind for token in inside] != ["word", ")"]:
            raise QueryError("list_form", self.tokens[at - 1].position, "@list(press)")
        return inside[0].text, at + 3

    def _list_items(self, name: str, position: int) -> list[str]:
        if not self.lists:
            raise QueryError("list_none", position, name=name)
        folded = list_name(name)
        if folded not in self.lists:
            known = nearest(folded, tuple(self.lists))
            raise QueryError("list_unknown", position, f"@list({known})", name=name)
        items = [item.strip() for item in self.lists[folded]]
        items = [item for item in items if item]
        if not items:
            raise QueryError("list_empty", position, name=name)
        self.listed += len(items)
        if self.listed > MAX_LISTED:
            raise QueryError("lists_too_long", position, limit=MAX_LISTED)
        return items

    def _list_terms(self, name: str, position: int) -> tuple[Term, ...]:
        found: list[Term] = []
        for item in self._list_items(name, position):
            term = entry_term(item)
            try:
                checks.check_term(term, position)
            except QueryError as error:
                # An address may stand in a list: it is found by a field, not as a word.
                address = error.key == "query.link_typed"
                cure = f"link:@list({name})" if address else error.suggestion
                raise QueryError("list_entry", position, cure, name=name, entry=item) from error
            found.append(term)
        return tuple(found)

    def _field(self, written: str, rest: str, at: int) -> tuple[Leaf, int]:
        token, name = self.tokens[at], written.lower()
        if name == "raw":
            return self._raw(rest, at)
        if name in NUMBERS:
            return _number(name, rest, token), at + 1
        if name not in FIELDS:
            raise _unknown(written, rest, token)
        if name in UNDERSTOOD and self.refuse_understood:
            raise QueryError("not_in_watch", token.position, field=name)
        start = token.position + len(written) + 1
        if self._opens_list(token, at, rest):
            listed, behind = self._list_name(at + 1)
            items = self._list_items(listed, start)
            values = tuple(Value(entry_value(item)) for item in items)
            return self._checked(Filter(name, values, listed), start), behind
        if rest:
            return self._checked(Filter(name, (Value(rest),)), start), at + 1
        values, behind = self._values(name, at)
        self.count += len(values) - 1
        return self._checked(Filter(name, values), start), behind

    def _raw(self, rest: str, at: int) -> tuple[Leaf, int]:
        token, behind = self.tokens[at], self._touching(at)
        if rest:  # as typed: here a full-width sign is itself
            return self._term(Raw(token.typed[4:]), token), at + 1
        if behind is None or behind.kind != "phrase" or behind.number is not None:
            raise QueryError("raw_form", token.position, 'raw:"H&M"')
        whole = msgspec.structs.replace(token, typed=behind.typed)
        return self._term(Raw(behind.typed.strip()), whole), at + 2

    def _values(self, field: str, at: int) -> tuple[tuple[Value, ...], int]:
        """The quoted value, or the values in brackets, that touch `field:` at token `at`."""
        behind = self._touching(at)
        if behind is not None and behind.kind == "phrase" and behind.number is None:
            return (Value(behind.text, quoted=True),), at + 2
        if behind is None or behind.kind != "(":
            position = self.tokens[at].position
            raise QueryError("value_missing", position, _example(field), field=field)
        values: list[Value] = []
        at += 2
        while True:
            values.append(self._value(field, at, behind))
            at += 1
            closing = self.tokens[at] if at < len(self.tokens) else None
            if closing is None:
                raise QueryError("bracket_open", behind.position, f"{_several(field, values)}")
            if closing.kind == ")":
                return tuple(values), at + 1
            if closing.kind != "OR":
                raise QueryError("values_or", closing.position, _example(field, several=True))
            at += 1

    def _value(self, field: str, at: int, opened: Token) -> Value:
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None:
            raise QueryError("bracket_open", opened.position, _example(field, several=True))
        if token.kind not in ("word", "phrase") or token.number is not None:
            raise QueryError("values_or", token.position, _example(field, several=True))
        return Value(token.text, quoted=token.kind == "phrase")

    def _checked(self, node: Filter, position: int) -> Filter:
        for value in node.values:
            if node.field == "title":
                checks.check_term(title_term(value), position)
            elif "*" in value.text and node.field in ("author", "site", "lang", "country"):
                raise QueryError("wildcard_value", position, value.text.replace("*", ""))
            elif wrong := problem(node.field, value.text):
                raise QueryError(
                    "bad_value", position, wrong[1],
                    field=node.field, value=value.text, allowed=wrong[0],
                )  # fmt: skip
        return node


def _number(field: str, rest: str, token: Token) -> Number:
    found = _NUMBER.fullmatch(rest)
    position = token.position + len(field) + 1
    if not found:
        raise QueryError("bad_number", position, _example(field), field=field)
    if found[2]:
        return Number(field, found[1] or "=", int(found[2]))
    low, high = int(found[3]), int(found[4])
    if low > high:
        raise QueryError("bad_range", position, f"{field}:{high}..{low}", field=field)
    return Number(field, "..", low, high)


def _unknown(written: str, rest: str, token: Token) -> QueryError:
    if rest.startswith("//"):
        address = rest.removeprefix("//").removeprefix("www.").rstrip("/")
        return QueryError("link_typed", token.position, f"link:{address}")
    near = nearest(written.lower(), (*FIELDS, *NUMBERS))
    return QueryError(
        "unknown_field", token.position, f'"{token.text}"', field=written, nearest=near
    )


def _example(field: str, *, several: bool = False) -> str:
    if field in NUMBERS:
        return f"{field}:{'<=2' if field == 'rating' else '>=1000'}"
    known = FIELDS[field] or {"lang": ("de", "fr"), "country": ("at", "ch")}.get(field, ("a", "b"))
    one, *others = known
    return f"{field}:({one} OR {others[0]})" if several else f"{field}:{one}"


def _several(field: str, values: list[Value]) -> str:
    return f"{field}:({' OR '.join(value.text for value in values)})"
