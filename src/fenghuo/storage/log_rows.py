"""Finding the rows of a log that are about a mention, and putting others in their place.

A log is never changed but here, and only as `fenghuo.domain.log.bare` does it.
"""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import bindparam, func, select, update

from fenghuo.domain.log import (
    DecisionRow,
    MentionRow,
    Reshaped,
    Row,
    TickRow,
    UnderstoodRow,
    encode_row,
)
from fenghuo.storage.log import Log
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import log

SLACK_MS = 600_000
"""Two intakes at once may write out of order by so much. Less: a row could be overlooked; then
the whole log is looked through."""
SOME = 1_000


class LogRows(Repository):
    """Rows of logs, in one transaction."""

    def rows_about(
        self, watch: str, mentions: Iterable[str], received: int, stories: Iterable[str] = ()
    ) -> Mapping[int, Row]:
        """The rows about mentions that came in at `received` (ms) or later, by position.

        Those too that gave these stories another middle.
        """
        wanted, moved = set(mentions), set(stories)
        found = self._about(watch, wanted, moved, self.since(watch, received - SLACK_MS))
        seen = {r.source.mention for r in found.values() if isinstance(r, MentionRow)}
        return found if seen == wanted else self._about(watch, wanted, moved, 0)

    def mention_row(self, watch: str, mention: str, received: int) -> MentionRow | None:
        """The row of a mention that came in at `received` (ms), or None.

        Looked for from there on and no further than it stands; in the whole log when not there.
        """
        near = self.since(watch, received - SLACK_MS)
        for after in dict.fromkeys((near, 0)):
            for _, row in self._rows(watch, after):
                if isinstance(row, MentionRow) and row.source.mention == mention:
                    return row
        return None

    def since(self, watch: str, at: int) -> int:
        """A position up to which every row was written before `at` (ms).

        Rows come in order of time, so it is found by halving.
        """
        last = select(func.max(log.c.position)).where(log.c.watch == watch)
        low, high = 0, self.connection.scalar(last) or 0
        while low < high:
            middle = (low + high + 1) // 2
            written = self._written(watch, middle)
            if written is not None and written < at:
                low = middle
            else:
                high = middle - 1
        return low

    def rewrite(self, watch: str, rows: Mapping[int, Row]) -> None:
        """Put other bytes in the place of rows."""
        if not rows:
            return
        place = (log.c.watch == watch) & (log.c.position == bindparam("place"))
        made = [{"place": position, "body": encode_row(row)} for position, row in rows.items()]
        self.connection.execute(update(log).where(place).values(body=bindparam("body")), made)

    def _about(
        self, watch: str, mentions: set[str], stories: set[str], after: int
    ) -> dict[int, Row]:
        def wanted(row: Row) -> bool:
            if isinstance(row, MentionRow | UnderstoodRow):
                return row.source.mention in mentions
            word = row.decision if isinstance(row, DecisionRow) else None
            return isinstance(word, Reshaped) and word.story in stories

        return {place: row for place, row in self._rows(watch, after) if wanted(row)}

    def _rows(self, watch: str, after: int) -> Iterator[tuple[int, Row]]:
        """Some at a time, since whoever asks may stop at the first."""
        size = 2
        while True:
            rows = Log(self.connection).rows(watch, after, size)
            yield from rows
            if len(rows) < size:
                return
            after, size = rows[-1][0], SOME

    def _written(self, watch: str, position: int) -> int | None:
        """When the first row from a position on that tells its time was written."""
        for _, row in self._rows(watch, position - 1):
            if isinstance(row, MentionRow):
                return row.received
            if isinstance(row, DecisionRow | TickRow):
                return row.at
        return None
