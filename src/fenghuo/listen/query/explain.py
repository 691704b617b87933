"""How a query reads, and which of some posts it hits and why. Values only."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from fenghuo.domain.post import Post
from fenghuo.listen.query.anchors import best, clauses
from fenghuo.listen.query.errors import Caution
from fenghuo.listen.query.evaluate import check_of
from fenghuo.listen.query.parser import Query, Use, parse
from fenghuo.listen.query.places import Check, Hit, in_order
from fenghuo.listen.query.terms import ONE, STAR, chunks, folded_sign, parts_of, title_term
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
    bracketed,
)
from fenghuo.listen.query.units import Kind
from fenghuo.listen.query.view import View

_NEAR_MISSES = 10


class Piece(msgspec.Struct, frozen=True):
    """One unit a term looks for: folded, wildcards as typed."""

    text: str
    kind: Kind


class Literal(msgspec.Struct, frozen=True):
    """A term of the query and the units it looks for."""

    term: str
    pieces: tuple[Piece, ...]


class Branch(msgspec.Struct, frozen=True):
    """An OR-branch at the top; one of `anchors` must be in a post (empty: it takes every post)."""

    branch: str
    anchors: tuple[str, ...]


class Verdict(msgspec.Struct, frozen=True):
    """One sample post. For a miss: the parts that failed and what an exclusion found."""

    post_id: str
    hit: bool
    reasons: tuple[Hit, ...] = ()
    missing: tuple[str, ...] = ()
    excluded_by: tuple[Hit, ...] = ()


class NearMiss(msgspec.Struct, frozen=True):
    """A word, and in how many posts it stands that fail by one part only."""

    word: str
    posts: int


class Explanation(msgspec.Struct, frozen=True):
    """Everything about a query; sentences are made of the keys of `cautions`."""

    query: str
    literals: tuple[Literal, ...]
    branches: tuple[Branch, ...]
    cautions: tuple[Caution, ...]
    verdicts: tuple[Verdict, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()


def explain(
    query: Query | str,
    posts: Sequence[Post] = (),
    *,
    lists: Mapping[str, Sequence[str]] | None = None,
    use: Use = "search",
) -> Explanation:
    """How a query reads, and its verdict on each of `posts` in the same order.

    A text is read first, with `lists` and `use` as for `parse`; QueryError when it cannot be.
    """
    if isinstance(query, str):
        query = parse(query, lists=lists, use=use)
    terms = list(_terms(query.tree))
    check = check_of(query.tree)
    verdicts = tuple(_verdict(query.tree, check, post) for post in posts)
    return Explanation(
        query=str(query),
        literals=tuple(Literal(bracketed(term), _pieces(term)) for term in terms),
        branches=tuple(map(_branch, _branches(query.tree))),
        cautions=(*query.warnings, *_no_stemming(terms)),
        verdicts=verdicts,
        near_misses=_near_misses(query.tree, verdicts, posts, terms),
    )


def _terms(node: Node) -> list[Term]:
    match node:
        case And(parts) | Or(parts):
            found = [term for part in parts for term in _terms(part)]
        case Not(part):
            found = _terms(part)
        case Near(left, right):
            found = [*_terms(left), *_terms(right)]
        case Listed(_, terms):
            found = list(terms)
        case Filter("title", values):
            found = [title_term(value) for value in values]
        case Filter() | Number():
            found = []
        case _:
            found = [node]
    return list(dict.fromkeys(found))


def _pieces(term: Term) -> tuple[Piece, ...]:
    match term:
        case Raw(text):
            return (Piece(text, "raw"),)
        case Tag() | Handle():
            kind: Kind = "tag" if isinstance(term, Tag) else "handle"
            return (Piece(folded_sign(term).replace(STAR, "*"), kind),)
        case Phrase(_, slop) if slop is not None:
            parts = [part for chunk in chunks(term) for part in chunk]
        case Word(text) | Phrase(text):
            parts = list(parts_of(text, wildcards=isinstance(term, Word)))
    return tuple(Piece(part.text.replace(STAR, "*").replace(ONE, "?"), part.kind) for part in parts)


def _branches(tree: Node) -> tuple[Node, ...]:
    return tree.parts if isinstance(tree, Or) else (tree,)


def _branch(node: Node) -> Branch:
    anchors = (
        key.text if key.kind == "literal" else f"{key.kind}:{key.text}"
        for key in best(clauses(node))
    )
    return Branch(bracketed(node), tuple(anchors))


def _no_stemming(terms: list[Term]) -> tuple[Caution, ...]:
    """Said once, at the first plain word of a spaced script."""
    for term in terms:
        if isinstance(term, Word) and term.text.isalpha() and len(term.text) >= 4:
            parts = parts_of(term.text, wildcards=True)
            if [part.kind for part in parts] == ["word"]:
                values: dict[str, str | int] = {"position": 0, "text": term.text}
                values["suggestion"] = f"{term.text}*"
                return (Caution(0, "query.no_stemming", values),)
    return ()


def _verdict(tree: Node, check: Check, post: Post) -> Verdict:
    view = View(post)
    if check.holds(view):
        return Verdict(post.id, True, in_order(check.reasons(view)))
    parts = tree.parts if isinstance(tree, And) else (tree,)
    failed = [part for part in parts if not check_of(part).holds(view)]
    against = [
        hit for part in failed if isinstance(part, Not) for hit in check_of(part.part).reasons(view)
    ]
    return Verdict(post.id, False, (), tuple(map(bracketed, failed)), in_order(against))


def _almost(tree: Node, verdict: Verdict) -> bool:
    """Whether one part of several failed, and something that was asked for is there."""
    if verdict.hit or not isinstance(tree, And) or len(verdict.missing) != 1:
        return False
    there = [part for part in tree.parts if bracketed(part) not in verdict.missing]
    return any(not isinstance(part, Not) for part in there)


def _near_misses(
    tree: Node, verdicts: Sequence[Verdict], posts: Sequence[Post], terms: Sequence[Term]
) -> tuple[NearMiss, ...]:
    """Frequent words of posts that almost match, beside those of the query itself."""
    known = {piece.text for term in terms for piece in _pieces(term)}
    counted: Counter[str] = Counter()
    for verdict, post in zip(verdicts, posts, strict=True):
        if _almost(tree, verdict):
            segments = View(post).segments
            counted.update({word for segment in segments for word in segment.words()} - known)
    frequent = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(NearMiss(word, n) for word, n in frequent[:_NEAR_MISSES] if len(word) > 1)
