"""The matcher of each workspace, made anew when a watch, or a list that one uses, has changed."""

from fenghuo.listen.lists import Terms, terms_for
from fenghuo.listen.query import Matcher, parse
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.ports.store import Store


class Matchers:
    """Remembers the last matcher of each workspace, with what it was made of."""

    def __init__(self, store: Store) -> None:
        """`store` keeps watches and lists."""
        self._store = store
        self._known: dict[str, tuple[tuple[StoredWatch, ...], Terms, Matcher]] = {}

    def of(self, workspace: str) -> Matcher:
        """All active watches together, with the lists as they are now."""
        with self._store.reading() as tx:
            watches = tuple(w for w in tx.listen.watches(workspace) if w.active)
            lists = terms_for(tx, workspace, (w.watch.query for w in watches))
        known = self._known.get(workspace)
        if known is None or known[:2] != (watches, lists):
            queries = {w.id: parse(w.watch.query, lists=lists, use="watch") for w in watches}
            known = self._known[workspace] = (watches, lists, Matcher(queries))
        return known[2]
