"""Matches posts against many queries at once."""

from collections.abc import Mapping

from fenghuo.domain.post import Post
from fenghuo.listen.query.automaton import Automaton
from fenghuo.listen.query.evaluate import check_of
from fenghuo.listen.query.parser import Query
from fenghuo.listen.query.places import Check, Hit, in_order
from fenghuo.listen.query.view import Understood, View


class Matcher:
    """All queries together: one scan of a post, then the trees of the queries it touched."""

    def __init__(self, queries: Mapping[str, Query]) -> None:
        """Queries by id. Building costs a moment a thousand queries; matching does not."""
        self._ids = list(queries)
        self._queries = dict(queries)
        self._automaton = Automaton([query.tree for query in queries.values()])
        self._checks: dict[str, Check] = {}

    @property
    def literals(self) -> list[str]:
        """The folded literals of the automaton."""
        return self._automaton.literals

    def match(self, post: Post, facts: Understood | None = None) -> tuple[str, ...]:
        """Ids of the queries that hit, in the order given; `facts` None: not understood yet."""
        touched = self._automaton.touched(post)
        if not touched:
            return ()
        view = View(post, facts)
        ids = [self._ids[number] for number in touched]
        return tuple(query_id for query_id in ids if self._check(query_id).holds(view))

    def why(self, query_id: str, post: Post, facts: Understood | None = None) -> tuple[Hit, ...]:
        """What decided, in order of its place; () when the query does not hit.

        KeyError for an unknown id.
        """
        check = self._check(query_id)
        view = View(post, facts)
        if not check.holds(view):
            return ()
        return in_order(check.reasons(view))

    def _check(self, query_id: str) -> Check:
        check = self._checks.get(query_id)
        if check is None:  # made when first touched: of 10,000 queries most rest
            check = self._checks[query_id] = check_of(self._queries[query_id].tree)
        return check
