"""The boolean tree over one post, and what decided."""

from collections.abc import Iterator

from fenghuo.listen.query.fields import Test, filter_test, number_test
from fenghuo.listen.query.places import (
    Check,
    EitherWords,
    Hit,
    ListCheck,
    NearCheck,
    Words,
    term_check,
)
from fenghuo.listen.query.terms import title_term
from fenghuo.listen.query.tree import (
    And,
    Filter,
    Leaf,
    Listed,
    Near,
    Node,
    Not,
    Number,
    Or,
    bracketed,
)
from fenghuo.listen.query.view import View


class FilterCheck(Check):
    """A filter or a number: a property of the post."""

    def __init__(self, node: Filter | Number) -> None:
        """Other than `title:`."""
        self._name = bracketed(node)
        self._test: Test = filter_test(node) if isinstance(node, Filter) else number_test(node)

    def holds(self, view: View) -> bool:
        """As the field says."""
        return self._test(view)

    def reasons(self, view: View) -> Iterator[Hit]:
        """One, without a place."""
        if self._test(view):
            yield Hit(self._name, "")


class NotCheck(Check):
    """What must not hold; it has no place to show."""

    def __init__(self, part: Check) -> None:
        """The part that must fail."""
        self.part = part

    def holds(self, view: View) -> bool:
        """When the part does not."""
        return not self.part.holds(view)

    def reasons(self, view: View) -> Iterator[Hit]:
        """Nothing: absence has no place."""
        yield from ()


class AllCheck(Check):
    """AND."""

    def __init__(self, parts: list[Check]) -> None:
        """At least two."""
        self.parts = parts

    def holds(self, view: View) -> bool:
        """All hold."""
        return all(part.holds(view) for part in self.parts)

    def reasons(self, view: View) -> Iterator[Hit]:
        """Those of all parts, when all hold."""
        if self.holds(view):
            for part in self.parts:
                yield from part.reasons(view)


class AnyCheck(Check):
    """OR."""

    def __init__(self, parts: list[Check]) -> None:
        """At least two."""
        self.parts = parts

    def holds(self, view: View) -> bool:
        """One holds."""
        return any(part.holds(view) for part in self.parts)

    def reasons(self, view: View) -> Iterator[Hit]:
        """Those of every part that holds."""
        for part in self.parts:
            if part.holds(view):
                yield from part.reasons(view)


def check_of(node: Node) -> Check:
    """The check of a tree."""
    match node:
        case And(parts):
            return AllCheck([check_of(part) for part in parts])
        case Or(parts):
            checks = [check_of(part) for part in parts]
            places = [check for check in checks if isinstance(check, Words)]
            return (
                EitherWords(bracketed(node), places)
                if len(places) == len(checks)
                else AnyCheck(checks)
            )
        case Not(part):
            return NotCheck(check_of(part))
        case Near(left, right):
            one, other = check_of(left), check_of(right)
            if isinstance(one, Words) and isinstance(other, Words):
                return NearCheck(node, one, other)
            raise TypeError("NEAR joins words only; the parser lets nothing else through")
        case _:
            return _leaf_check(node)


def _leaf_check(node: Leaf) -> Check:
    match node:
        case Filter("title", values):
            name = bracketed(node)
            titles: list[Words] = [term_check(title_term(value), name, "title") for value in values]
            return titles[0] if len(titles) == 1 else EitherWords(name, titles)
        case Filter() | Number():
            return FilterCheck(node)
        case Listed():
            return ListCheck(node)
        case _:
            return term_check(node, bracketed(node))
