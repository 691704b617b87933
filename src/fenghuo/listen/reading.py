"""Having mentions understood: in batches, once each, a copy with its original."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from fenghuo.domain.understanding import Understanding
from fenghuo.listen.log import append, understood_row
from fenghuo.listen.mentions import Mentions
from fenghuo.ports.listen_store import StoredMention
from fenghuo.ports.store import Store, Transaction
from fenghuo.ports.understands import Understands

UNDERSTOOD_AT_ONCE = 256
"""Fewer: more of the time goes into transactions. More: in a flood the first waits for the last,
a third of a second here."""


LOOKED_AHEAD = 2_000
"""Mentions of a flood that are looked through at once for words of grave harm."""


class Reading(Mentions):
    """The part of the listening room's face that has mentions understood."""

    def __init__(self, store: Store, understands: Callable[[], Understands]) -> None:
        """`understands` is called when the model is first needed, since it takes a second."""
        super().__init__(store)
        self._understands = understands
        self._looked_at: dict[str, str] = {}
        self._alarming: dict[str, str] = {}

    def understand_some(self, limit: int = UNDERSTOOD_AT_ONCE) -> int:
        """Understand the oldest mentions still waiting; answers how many were done.

        In a flood those with words of grave harm come first.
        """
        with self._store.reading() as tx:
            waiting = tx.listen.awaiting_understanding(limit)
        if not waiting:
            return 0
        if len(waiting) == limit:
            waiting = self._gravest_first(waiting)
        originals = self._understood_originals(waiting)
        here = {m.id for m in waiting if not m.copy_of}
        fresh = [m for m in waiting if m.copy_of not in originals and m.copy_of not in here]
        found = self._understands().understand([m.post for m in fresh])
        meant = {m.id: u for m, u in zip(fresh, found, strict=True)}
        known = {**originals, **meant}
        meant.update({m.id: known[m.copy_of] for m in waiting if m.copy_of in known})
        meant.update(self._added_harm([m for m in waiting if m.copy_of in known], known))
        with self._store.transaction() as tx:
            self._save_meanings(tx, waiting, meant)
        for mention in waiting:
            self._alarming.pop(mention.id, None)
        return len(waiting)

    def _added_harm(
        self, copies: Sequence[StoredMention], known: Mapping[str, Understanding]
    ) -> Mapping[str, Understanding]:
        """Copies with words of grave harm that their originals lack: read for themselves.

        Nine words in ten may be another's, and the tenth that it caught fire.
        """
        model = self._understands()
        loud = [m for m in copies if not known[m.copy_of].grave and model.alarming(m.post)]
        if not loud:
            return {}
        with self._store.reading() as tx:
            originals = {
                m.id: m
                for place in sorted({m.workspace for m in loud})
                for m in tx.listen.mentions(place, sorted({m.copy_of for m in loud}))
            }
        mild = {name for name, m in originals.items() if not model.alarming(m.post)}
        added = [m for m in loud if m.copy_of in mild]
        found = model.understand([m.post for m in added]) if added else []
        return {m.id: u for m, u in zip(added, found, strict=True)}

    def _gravest_first(self, waiting: Sequence[StoredMention]) -> list[StoredMention]:
        """As many mentions as these, but the alarming ones from further back before the rest.

        Who is alarming is remembered in this process only, by id and workspace: after a restart
        it is looked up anew. When there are many, no more are looked for.
        """
        if len(self._alarming) < LOOKED_AHEAD:
            self._look_ahead()
        named = dict(islice(self._alarming.items(), len(waiting)))
        with self._store.reading() as tx:
            first = [
                mention
                for place in sorted(set(named.values()))
                for mention in tx.listen.mentions(place, [m for m in named if named[m] == place])
                if mention.understanding is None
            ]
        for mention in named.keys() - {m.id for m in first}:
            del self._alarming[mention]  # read by another engine, or gone
        rest = [m for m in waiting if m.id not in named]
        return [*first, *rest][: len(waiting)]

    def _look_ahead(self) -> None:
        with self._store.reading() as tx:
            ahead = [
                mention
                for place in tx.listen.workspaces_awaiting()
                for mention in tx.listen.awaiting_understanding(
                    LOOKED_AHEAD, self._looked_at.get(place, ""), place
                )
            ]
        model = self._understands()
        alarming = (m for m in ahead if not m.copy_of and model.alarming(m.post))
        self._alarming |= {m.id: m.workspace for m in alarming}
        self._looked_at |= {m.workspace: m.id for m in ahead}

    def _understood_originals(
        self, waiting: Sequence[StoredMention]
    ) -> Mapping[str, Understanding]:
        wanted = sorted({m.copy_of for m in waiting if m.copy_of})
        with self._store.reading() as tx:
            found = tx.listen.understandings(wanted) if wanted else {}
        # An erased original has lost what it meant: its copy is read for itself.
        return {name: meant for name, meant in found.items() if meant.vector}

    def _save_meanings(
        self,
        tx: Transaction,
        waiting: Sequence[StoredMention],
        meant: Mapping[str, Understanding],
    ) -> None:
        # Under the logs' locks: of two workers the second finds the work done.
        watches = sorted({m.watch for m in waiting})
        tx.listen.lock_logs(watches)
        new = tx.listen.save_understandings(meant)
        for watch in watches:
            # Originals first: a copy that was heard in the same moment adds nothing to them.
            mine = [m for m in waiting if m.watch == watch and m.id in new]
            mine.sort(key=lambda m: bool(m.copy_of))
            append(tx, watch, [understood_row(m, meant[m.id]) for m in mine])
