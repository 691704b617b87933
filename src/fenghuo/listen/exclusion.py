"""A person's word that a mention is not about us, or is after all."""

from datetime import timedelta

from fenghuo.domain.erased import REMOVED
from fenghuo.domain.errors import Missing, TimeMove
from fenghuo.domain.log import DecisionRow, Excluded, next_until
from fenghuo.domain.post import aware, millis
from fenghuo.listen.log import append
from fenghuo.ports.clock import Clock
from fenghuo.ports.erasure_store import Touched
from fenghuo.ports.store import Store, Transaction

SOON = timedelta(seconds=5)


class Exclusion:
    """Takes mentions out of what counts, and back in."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """`clock` tells when somebody said so."""
        self._store = store
        self._clock = clock

    def exclude(self, workspace: str, mention: str, who: str, *, back: bool = False) -> None:
        """Hide a mention and take it out of its story, or take that back.

        Mark, log row and fact stand in one transaction; said twice it changes nothing. Missing
        for a mention that is not here or was removed, TimeMove while the engine has not placed it.
        """
        now = millis(self._clock.now(workspace))
        with self._store.transaction() as tx:
            known = _known(tx, workspace, mention)
            tx.listen.lock_log(known.watch)
            # Once more under the lock: somebody else may have said the same meanwhile.
            known = _known(tx, workspace, mention)
            if known.excluded is not back:
                return
            if known.understood and not known.story and not known.rival:
                raise TimeMove("privacy.engine_behind", retry_at=aware(now) + SOON)
            tx.erasure.set_excluded(mention, excluded=not back)
            late = _late(tx, known)
            word = Excluded(mention, known.at, who, known.story, back=back, late=late)
            append(tx, known.watch, [lambda u: DecisionRow(next_until(u, now, now), now, word)])
            fact = "mention_taken_back" if back else "mention_excluded"
            told = {"who": who, "watch": known.watch, "mention": mention, "story": known.story}
            tx.changes.record(workspace, now, fact, told)


def _known(tx: Transaction, workspace: str, mention: str) -> Touched:
    known = tx.erasure.mention(workspace, mention)
    if known is None or REMOVED in known.marks:
        raise Missing("privacy.no_mention")
    return known


def _late(tx: Transaction, known: Touched) -> bool:
    """Whether it came too late to count in any peak, as its own row says."""
    row = tx.erasure.mention_row(known.watch, known.id, known.received)
    return row is not None and row.source.at < row.until
