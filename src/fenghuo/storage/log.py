"""The logs of the watches: rows appended under a writer lock, never changed afterwards."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, insert, select

from fenghuo.domain.log import Row, decode_row, encode_row
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import log


class Log(Repository):
    """The logs, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """As every repository."""
        super().__init__(connection)
        self._heads: dict[str, tuple[int, int]] = {}

    def lock_log(self, watch: str) -> int:
        """Take the writer lock of the log; answers the `until` of its last row, 0 when empty."""
        return self._locked(watch)[1]

    def lock_logs(self, watches: Iterable[str]) -> Mapping[str, int]:
        """Lock several logs, in one order, so that two writers never wait for one another."""
        return {watch: self.lock_log(watch) for watch in sorted(set(watches))}

    def last_position(self, watch: str) -> int:
        """The position of the last row, 0 when empty; call it under the log's lock."""
        return self._locked(watch)[0]

    def append(self, watch: str, rows: Iterable[Row]) -> int:
        """Append rows under the lock; answers the position of the last one.

        ValueError when `until` falls: the rows were made of another end of the log.
        """
        position, until = self._locked(watch)
        made = []
        for row in rows:
            if row.until < until:
                raise ValueError(f"until {row.until} after {until} in the log of {watch}")
            position, until = position + 1, row.until
            body = encode_row(row)
            made.append({"watch": watch, "position": position, "until": until, "body": body})
        if made:
            self.connection.execute(insert(log), made)
        self._heads[watch] = (position, until)
        return position

    def rows(self, watch: str, after: int, limit: int) -> list[tuple[int, Row]]:
        """Rows with their positions, in log order, after a position."""
        found = self.connection.execute(
            select(log.c.position, log.c.body)
            .where(log.c.watch == watch, log.c.position > after)
            .order_by(log.c.position)
            .limit(limit)
        )
        return [(row.position, decode_row(row.body)) for row in found]

    def _locked(self, watch: str) -> tuple[int, int]:
        if watch not in self._heads:
            self.lock("log " + watch)
            # A statement of its own, so that PostgreSQL reads what was committed before the lock.
            last = (
                select(log.c.position, log.c.until)
                .where(log.c.watch == watch)
                .order_by(log.c.position.desc())
                .limit(1)
            )
            row = self.connection.execute(last).first()
            self._heads[watch] = (row.position, row.until) if row else (0, 0)
        return self._heads[watch]
