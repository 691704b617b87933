"""What a query must hold to, and what its writer should know: limits, anchors, warnings."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from fenghuo.listen.query.anchors import clauses
from fenghuo.listen.query.errors import Caution, QueryError
from fenghuo.listen.query.fold import fold
from fenghuo.listen.query.links import links_in
from fenghuo.listen.query.terms import ONE, STAR, Part, chunks, folded_sign, literal_piece, parts_of
from fenghuo.listen.query.tree import Handle, Node, Or, Phrase, Raw, Tag, Term, Word
from fenghuo.listen.query.units import TAG_BODY

# Signs that nobody means when they vanish: quotes, stops, dashes, the slash.
_HARMLESS = re.compile(r"[\s'\u2019`\u00b4.,;:!?\u2026\u00b7\-\u2010-\u2015_/\u3001\u3002*]")
_BRAND = "yourbrand"  # stands in suggestions where only the writer knows the word
_OPERATORS = ("and", "or", "not", "near")
_COMMON_WORDS = (
    "a an the of to in is it i you for on at de la le el los der die das und et en que os do da il"
    " un una на не 的 了 是 我 在 不 一 の は に を"
)
_COMMON = frozenset(_COMMON_WORDS.split())


class Typed(msgspec.Struct, frozen=True):
    """A term, where it was typed (from 1) and as what."""

    term: Term
    position: int
    typed: str


def check_term(term: Term, position: int) -> None:
    """Refuse a term that could never match, or that would match nearly everything."""
    if isinstance(term, Tag | Handle):
        _check_sign(term, position)
        return
    text = term.text
    links = links_in(text)
    if links:
        address = re.sub(r"^([a-z]+://)?(www\.)?", "", links[0], flags=re.IGNORECASE)
        raise QueryError("link_typed", position, f"link:{address}")
    match term:
        case Raw():
            if not fold(text).strip() or "\ufffd" in fold(text):
                raise QueryError("raw_form", position, 'raw:"H&M"')
        case Phrase(_, slop):
            if not (parts_of(text, wildcards=False) if slop is None else chunks(term)):
                raise _symbols(text, position)
        case Word():
            _check_wildcards(text, position)
            if not parts_of(text, wildcards=True):
                raise _symbols(text, position)


def _symbols(text: str, position: int) -> QueryError:
    shown = text.strip()
    return QueryError("only_symbols", position, f'raw:"{shown}"' if shown else "", text=shown)


def _check_sign(term: Tag | Handle, position: int) -> None:
    text = term.text
    sign = "#" if isinstance(term, Tag) else "@"
    if not text:
        raise _symbols(sign, position)
    body = folded_sign(term)[1:]
    stars = body.count(STAR)
    bare = body.replace(STAR, "")
    if stars and (len(bare) < 3 or stars > 1):
        raise QueryError("wildcard_short", position, sign + text.replace("*", ""), text=sign + text)
    parts = [bare] if sign == "#" else re.split(r"[.@-]", bare)
    if not all(TAG_BODY.fullmatch(part) for part in parts):
        kept = "".join(re.findall(r"\w+", text))
        name = "bad_tag" if sign == "#" else "bad_handle"
        raise QueryError(name, position, sign + kept if kept else "", text=sign + text)


def _check_wildcards(text: str, position: int) -> None:
    if "*" not in text and "?" not in text:
        return
    parts = parts_of(text, wildcards=True)
    bare = re.sub(r"[*?]", "", text)
    for part in parts:
        if part.text.strip(STAR + ONE).count(STAR) > 1:
            cure = f"{literal_piece(part)[0]}*"
            raise QueryError("wildcard_many", position, cure, text=text)
        if part.signs and not _long_enough(part):
            raise QueryError("wildcard_short", position, bare, text=text)
    if sum(part.signs for part in parts) < text.count("*") + text.count("?"):
        raise QueryError("wildcard_short", position, bare, text=text)  # one stands alone


def _long_enough(part: Part) -> bool:
    literal = literal_piece(part)[0]
    if part.kind == "cluster":
        return len(Part(literal, "cluster").clusters) >= 2
    return len(literal) >= (2 if part.kind == "hangul" else 3)


def anchored(tree: Node, text: str, places: Mapping[int, int]) -> None:
    """Refuse a tree of which one OR-branch names nothing and would take the whole stream."""
    if clauses(tree):
        return
    branch = tree
    while isinstance(branch, Or):
        branch = next(part for part in branch.parts if not clauses(part))
    position = places[id(branch)]
    cure = f"{text[: position - 1]}{_BRAND} {text[position - 1 :].rstrip()}"
    raise QueryError("no_anchor", position, cure)


def cautions(tree: Node, typed: Iterable[Typed]) -> tuple[Caution, ...]:
    """The warnings of a query, in the order of what was typed."""
    found: list[Caution] = []
    for one in typed:
        found += _cautions(one.term, one.position, one.typed)
    return tuple(found)


def _cautions(term: Term, position: int, typed: str) -> list[Caution]:
    found: list[Caution] = []

    def warn(name: str, suggestion: str) -> None:
        values: dict[str, str | int] = {"suggestion": suggestion, "text": typed.strip()}
        values["position"] = position
        found.append(Caution(position, f"query.{name}", values))

    match term:
        case Word(text) if text in _OPERATORS:
            warn("small_operator", text.upper())
        case Word(text) | Phrase(text):
            parts = parts_of(text, wildcards=isinstance(term, Word))
            if _loses_symbols(text, parts):
                warn("symbols_dropped", f'raw:"{text.strip()}"')
            if len(parts) == 1 and not parts[0].wild:
                if parts[0].text in _COMMON or (len(parts[0].text) == 1 and text.isalpha()):
                    warn("very_common", "")
                elif parts[0].kind == "cluster" and len(parts[0].clusters) <= 2:
                    warn("inside_words", "")
        case Tag(text) if re.search(r"[a-z][A-Z]", text):
            warn("camel_tag", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
        case _:
            pass
    return found


def _loses_symbols(text: str, parts: tuple[Part, ...]) -> bool:
    """`H&M`, `C++`: a sign that its writer may have meant is not compared."""
    if not any(part.kind != "emoji" for part in parts):
        return False
    left = _HARMLESS.sub("", fold(text))
    return any(not (sign.isalnum() or _in_part(sign, parts)) for sign in left)


def _in_part(sign: str, parts: tuple[Part, ...]) -> bool:
    """Whether a sign is in one of the parts."""
    return any(sign in part.text for part in parts)
