"""Competitors: each is a watch of its own beside ours, counted for comparison and never judged."""

from collections.abc import Sequence

from msgspec.structs import replace

from fenghuo.domain.identity import identity
from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.ports.store import Transaction


def keep_rivals(tx: Transaction, ours: StoredWatch, now: int) -> None:
    """The competitors that a watch names are listened for like itself; others no longer.

    What was heard of one that is named no more stays, and goes on when it is named again.
    """
    before = {w.watch.brand.casefold(): w for w in rivals_of(tx, ours)}
    named = {rival.brand.casefold(): rival for rival in ours.watch.competitors}
    for name, rival in named.items():
        known = before.get(name)
        new = identity(now, ours.workspace, ours.id, name)
        watch = Watch(rival.brand, rival.query, time_zone=ours.watch.time_zone)
        own = StoredWatch(known.id if known else new, ours.workspace, watch, ours.active, ours.id)
        tx.listen.save_watch(own)
    for name in before.keys() - named.keys():
        tx.listen.save_watch(replace(before[name], active=False))


def rivals_of(tx: Transaction, ours: StoredWatch) -> Sequence[StoredWatch]:
    """The watches of a watch's competitors, those of the past too."""
    return [w for w in tx.listen.watches(ours.workspace) if w.rival_of == ours.id]
