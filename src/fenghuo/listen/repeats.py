"""Which mention repeats which, for every process that takes posts in.

Each process remembers texts of its own (`Copies`); what the others took in it learns from the
watch's log, under the log's lock, before it judges the next post.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import msgspec

from fenghuo.domain.log import MentionRow
from fenghuo.listen.copies import Copies
from fenghuo.listen.edits import EDITED
from fenghuo.ports.listen_store import MentionSearch, StoredMention
from fenghuo.ports.store import Transaction

RECALLED = 5_000
"""Mentions of a watch whose copies are still recognised after a restart."""
ROWS = 5_000
AT_MOST = 200_000
"""Texts that a process remembers of all watches together, half a kilobyte each. Above it the
watch that was quiet for longest is forgotten, and recalled when it is heard of again."""


class _Known(msgspec.Struct):
    """The texts of one watch, up to a position of its log."""

    copies: Copies
    position: int


class Repeats:
    """Remembers the texts of every watch. Call `of` under the lock of the watch's log."""

    def __init__(self) -> None:
        """Starts empty: a watch is recalled when it is first asked for."""
        self._known: OrderedDict[str, _Known] = OrderedDict()
        # A log's lock keeps others from one watch only; this dict holds those of all.
        self._lock = Lock()

    def of(self, tx: Transaction, workspace: str, watch: str) -> Copies:
        """The texts of a watch, those included that another process took in."""
        with self._lock:
            known = self._known.get(watch)
        if known is None:
            known = _recall(tx, workspace, watch)
        else:
            _catch_up(tx, workspace, watch, known)
        with self._lock:
            self._known[watch] = known
            self._known.move_to_end(watch)
            self._make_room()
        return known.copies

    def moved(self, watch: str, position: int) -> None:
        """This process wrote the log up to a position: it knows those texts already."""
        with self._lock:
            if watch in self._known:
                self._known[watch].position = position

    def forget(self) -> None:
        """After a transaction that failed: what was not stored may not be an original."""
        with self._lock:
            self._known.clear()

    def _make_room(self) -> None:
        while len(self._known) > 1 and sum(len(k.copies) for k in self._known.values()) > AT_MOST:
            self._known.popitem(last=False)


def _recall(tx: Transaction, workspace: str, watch: str) -> _Known:
    known = _Known(Copies(), tx.listen.last_position(watch))
    _learn(known, list(reversed(tx.listen.search(MentionSearch(workspace, watch, limit=RECALLED)))))
    return known


def _catch_up(tx: Transaction, workspace: str, watch: str, known: _Known) -> None:
    while known.position < tx.listen.last_position(watch):
        rows = tx.listen.rows(watch, known.position, ROWS)
        known.position = rows[-1][0]
        new = [row.source.mention for _, row in rows if isinstance(row, MentionRow)]
        _learn(known, tx.listen.mentions(workspace, new))


def _learn(known: _Known, mentions: Sequence[StoredMention]) -> None:
    for mention in mentions:
        post, edited = mention.post, EDITED in mention.marks
        key = (post.platform, post.id)
        known.copies.find(mention.id, key, post.words, post.repost_of, edited=edited)
