"""The tree of a query; `bracketed` writes it so that it reads as the same tree."""

import re

import msgspec


class Word(msgspec.Struct, frozen=True, tag=True):
    """A word as typed; may hold `*` and `?`."""

    text: str


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """Words in quotation marks; `slop` is the n of `~n`: all words, any order, n others inside."""

    text: str
    slop: int | None = None


class Raw(msgspec.Struct, frozen=True, tag=True):
    """Exactly these characters, case and symbols included."""

    text: str


class Tag(msgspec.Struct, frozen=True, tag=True):
    """#text, without its sign."""

    text: str


class Handle(msgspec.Struct, frozen=True, tag=True):
    """@text, without its sign."""

    text: str


Term = Word | Phrase | Raw | Tag | Handle


class Listed(msgspec.Struct, frozen=True, tag=True):
    """@list(name): any of its terms."""

    name: str
    terms: tuple[Term, ...]


class Value(msgspec.Struct, frozen=True):
    """One value of a filter."""

    text: str
    quoted: bool = False


class Filter(msgspec.Struct, frozen=True, tag=True):
    """field:value, any of several values; `listed` is the name of the list they come from."""

    field: str
    values: tuple[Value, ...]
    listed: str = ""


class Number(msgspec.Struct, frozen=True, tag=True):
    """A numeric field compared: `op` is one of = < > <= >= or ".." (value to upto, both in)."""

    field: str
    op: str
    value: int
    upto: int = 0


class Near(msgspec.Struct, frozen=True, tag=True):
    """Both within `words` words of one another; `ordered`: left before right."""

    left: "Node"
    right: "Node"
    words: int
    ordered: bool


class Not(msgspec.Struct, frozen=True, tag=True):
    """What must not hold."""

    part: "Node"


class And(msgspec.Struct, frozen=True, tag=True):
    """All of at least two parts."""

    parts: "tuple[Node, ...]"


class Or(msgspec.Struct, frozen=True, tag=True):
    """Any of at least two parts."""

    parts: "tuple[Node, ...]"


Leaf = Word | Phrase | Raw | Tag | Handle | Listed | Filter | Number
Node = Leaf | Near | Not | And | Or


def bracketed(node: Node) -> str:
    """The query with every bracket written: `(a OR (b AND c AND NOT (d NEAR/5 e)))`."""
    match node:
        case And(parts):
            return f"({' AND '.join(map(bracketed, parts))})"
        case Or(parts):
            return f"({' OR '.join(map(bracketed, parts))})"
        case Not(part):
            return f"NOT {bracketed(part)}"
        case Near(left, right, words, ordered):
            near = f"NEAR/{words}{'f' if ordered else ''}"
            return f"({bracketed(left)} {near} {bracketed(right)})"
        case _:
            return _leaf(node)


def _leaf(node: Leaf) -> str:
    match node:
        case Word(text):
            return text
        case Phrase(text, slop):
            return f'"{text}"' if slop is None else f'"{text}"~{slop}'
        case Raw(text):
            return f"raw:{_quoted_if_needed(text)}"
        case Tag(text):
            return f"#{text}"
        case Handle(text):
            return f"@{text}"
        case Listed(name):
            return f"@list({name})"
        case Number(field, op, value, upto):
            return f"{field}:{value}..{upto}" if op == ".." else f"{field}:{op}{value}"
        case Filter():
            return f"{node.field}:{_values(node)}"


def _values(node: Filter) -> str:
    if node.listed:
        return f"@list({node.listed})"
    written = [f'"{value.text}"' if value.quoted else value.text for value in node.values]
    return written[0] if len(written) == 1 else f"({' OR '.join(written)})"


def _quoted_if_needed(text: str) -> str:
    return f'"{text}"' if re.search(r"[\s()（）“”「」『』＂]", text) else text
