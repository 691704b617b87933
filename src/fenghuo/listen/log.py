"""Writing the log of a watch: `append` is the only way into it."""

from collections.abc import Callable, Sequence

from fenghuo.domain.log import MentionRow, Row, UnderstoodRow, next_until
from fenghuo.domain.understanding import Understanding
from fenghuo.listen.meaning import meaning_of, source_of
from fenghuo.ports.listen_store import StoredMention
from fenghuo.ports.store import Transaction


def append(tx: Transaction, watch: str, makers: Sequence[Callable[[int], Row]]) -> int:
    """Append rows under the log's lock, each made of the `until` before it.

    Answers the position of the last one.
    """
    until = tx.listen.lock_log(watch)
    rows = []
    for make in makers:
        row = make(until)
        until = row.until
        rows.append(row)
    return tx.listen.append(watch, rows)


def mention_row(mention: StoredMention) -> Callable[[int], Row]:
    """Makes the row of a mention that is new."""
    source = source_of(mention.post, mention.id, mention.copy_of, mention.received)

    def make(until: int) -> Row:
        moved = next_until(until, source.at, mention.received)
        return MentionRow(moved, mention.received, source, "future" in mention.marks)

    return make


def understood_row(mention: StoredMention, found: Understanding) -> Callable[[int], Row]:
    """Makes the row of what a mention means."""
    source = source_of(mention.post, mention.id, mention.copy_of, mention.received)
    meaning = meaning_of(found)
    return lambda until: UnderstoodRow(until, source, meaning)
