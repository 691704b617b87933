"""One automaton over the literals of all queries; only the queries it touches are looked at."""

from collections import Counter
from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick, Implementation

from fenghuo.domain.post import Post
from fenghuo.listen.query.anchors import Clause, Key, best, clauses, keys
from fenghuo.listen.query.fold import fold
from fenghuo.listen.query.links import host_of, without_links
from fenghuo.listen.query.script import spaced_letters
from fenghuo.listen.query.tree import Node
from fenghuo.listen.query.units import LONGEST_TAG, TAG_BODY
from fenghuo.listen.query.view import author_names, hosts_above

_SMALL = 200_000  # bytes of literals up to which the fastest automaton takes some 60 MB at most
_LEFT, _RIGHT = 1, 2
_CLAUSES = 4  # more would cost more than the units they save


class Automaton:
    """Which queries a post may match: a superset, found by one scan of its folded words."""

    def __init__(self, trees: Sequence[Node]) -> None:
        """Queries are numbered as given; one without an anchor is touched by every post."""
        self._owners: dict[Key, list[int]] = {}
        self.always: list[int] = []
        self._needs: list[tuple[tuple[str, ...], ...]] = []
        shared = Counter(key for tree in trees for key in keys(tree))
        for number, tree in enumerate(trees):
            found = clauses(tree, shared)
            anchor = best(found, shared)
            for key in anchor:
                self._owners.setdefault(key, []).append(number)
            if not anchor:
                self.always.append(number)
            self._needs.append(_needs(found, anchor))
        self._build()

    def _build(self) -> None:
        self._authors = self._named("author")
        self._sites = self._named("site")
        borders: dict[str, int] = {}
        owners: dict[str, list[int]] = {}
        for key, numbers in self._owners.items():
            if key.kind == "literal":
                border = _LEFT * key.left + _RIGHT * key.right
                borders[key.text] = borders.get(key.text, border) & border
                owners.setdefault(key.text, []).extend(numbers)
        self.literals = list(borders)
        self._borders = list(borders.values())
        self._touch = [tuple(owners[text]) for text in self.literals]
        small = sum(len(text.encode()) for text in self.literals) <= _SMALL
        fastest = Implementation.DFA if small else None
        self._scan = AhoCorasick(self.literals, implementation=fastest).find_matches_as_indexes
        self._letters = spaced_letters()

    def _named(self, kind: str) -> dict[str, list[int]]:
        return {key.text: numbers for key, numbers in self._owners.items() if key.kind == kind}

    def touched(self, post: Post) -> list[int]:
        """Numbers of the queries whose needs the post fulfils, in order."""
        text = f"{post.title}\n{post.text}" if post.title else post.text
        folded = fold(without_links(text))
        found = set(self.always)
        hits = self._scan(folded, overlapping=True)
        if hits:
            self._sift(folded, hits, found)
        if self._authors:
            for name in author_names(post):
                found.update(self._authors.get(name, ()))
        if self._sites:
            for host in hosts_above(host_of(post.url)):
                found.update(self._sites.get(host, ()))
        if not found:
            return []
        return [number for number in sorted(found) if self._fulfilled(number, folded)]

    def _sift(self, folded: str, hits: list[tuple[int, int, int]], found: set[int]) -> None:
        """Drop hits inside a longer word of a spaced script; the exact test comes with the units.

        "15" before a word may belong to an Arabic run, which ends there, so a digit on the left
        does not tell; neither do marks.
        """
        letters, borders, size = self._letters, self._borders, len(folded)
        for which, start, end in hits:
            border = borders[which]
            inside = (border & _LEFT and start and folded[start - 1] in letters) or (
                border & _RIGHT and end < size and folded[end] in letters
            )
            if not inside or _in_tag(folded, start):
                found.update(self._touch[which])

    def _fulfilled(self, number: int, folded: str) -> bool:
        return all(any(text in folded for text in clause) for clause in self._needs[number])


def _in_tag(folded: str, start: int) -> bool:
    """Whether a tag reaches to here: its camel-case parts are words too."""
    sign = folded.rfind("#", max(0, start - LONGEST_TAG - 1), start)
    return sign >= 0 and (sign + 1 == start or bool(TAG_BODY.fullmatch(folded, sign + 1, start)))


def _needs(found: list[Clause], anchor: Clause) -> tuple[tuple[str, ...], ...]:
    """Literals to look for before units are cut: the clauses beside the anchor, best first."""
    plain = [c for c in found if c != anchor and all(key.kind == "literal" for key in c)]
    plain.sort(key=lambda clause: -min(key.weight for key in clause))
    return tuple(tuple(key.text for key in clause) for clause in plain[:_CLAUSES])
