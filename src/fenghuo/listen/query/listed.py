"""What stands in a named list: the term of each entry, its value in a field, what is none."""

import re
from collections.abc import Iterator

from fenghuo.listen.query import checks
from fenghuo.listen.query.errors import Caution, QueryError
from fenghuo.listen.query.fields import FIELDS, NUMBERS
from fenghuo.listen.query.fold import fold
from fenghuo.listen.query.terms import term_of
from fenghuo.listen.query.tree import (
    And,
    Filter,
    Listed,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Raw,
    Term,
)

_QUOTED = re.compile(r'"([^"]*)"')
_RAW = re.compile(r'raw:(?:"([^"]*)"|(\S+))')
_FIELD = re.compile(rf"-?(?:{'|'.join((*FIELDS, *NUMBERS))}):[^/].*", re.IGNORECASE | re.DOTALL)
_OPERATOR = re.compile(r"(?:^|\s)(?:AND|OR|NOT|O?NEAR(?:/\d+f?)?)(?:\s|$)|@list\(|^-")
_KEYBOARD = str.maketrans("“”「」『』＂\uff03\uff20", '"""""""#@')


def list_name(typed: str) -> str:
    """The name of a list as it is kept and compared: case and width make no difference."""
    return fold(typed).strip()


def entry_term(entry: str) -> Term:
    """The term of an entry: exact characters, a phrase, a tag, a handle or a word."""
    plain = entry.translate(_KEYBOARD)
    if raw := _RAW.fullmatch(entry) or _RAW.fullmatch(plain):
        return Raw(raw[1] if raw[1] is not None else raw[2])
    if quoted := _QUOTED.fullmatch(plain):
        return Phrase(quoted[1])
    return term_of(plain if plain[0] in "#@" else entry)


def entry_value(entry: str) -> str:
    """An entry as the value of a field: what is quoted or exact without its signs."""
    term = entry_term(entry)
    return term.text if isinstance(term, Raw | Phrase) else entry


def check_entry(entry: str) -> None:
    """QueryError when an entry is neither a term nor an address; its position is in the entry.

    A list holds terms, not queries: operators, fields and other lists belong into the query.
    """
    exact = isinstance(entry_term(entry), Raw) or _QUOTED.fullmatch(entry.translate(_KEYBOARD))
    if not exact and (_OPERATOR.search(entry) or _FIELD.fullmatch(entry)):
        bare = entry.replace('"', "")
        raise QueryError("list_no_query", 1, f'"{bare}"', text=entry)
    try:
        checks.check_term(entry_term(entry), 1)
    except QueryError as error:
        if error.key != "query.link_typed":
            raise


def entry_cautions(entry: str) -> tuple[Caution, ...]:
    """What the writer of an entry should know, as of a term of a query."""
    return checks.cautions(Listed("", ()), [checks.Typed(entry_term(entry), 1, entry)])


def lists_in(tree: Node) -> frozenset[str]:
    """The names of the lists that a query uses, folded."""
    return frozenset(list_name(name) for name in _named(tree))


def _named(node: Node) -> Iterator[str]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _named(part)
        case Not(part):
            yield from _named(part)
        case Near(left, right):
            yield from _named(left)
            yield from _named(right)
        case Listed(name):
            yield name
        case Filter(_, _, listed) if listed:
            yield listed
        case _:
            pass
