"""Facts as they rest: numbered and chained by hash, one stream at a time."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import insert, select

from fenghuo.domain.chain import Linked, digest, link, start
from fenghuo.domain.errors import OurMove
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import facts


class Entry(msgspec.Struct, frozen=True):
    """A fact on its way into a stream; `body` is what the chain covers, the rest is to find it."""

    seq: int
    at: int
    fact: str
    body: bytes
    alert: str = ""
    story: str = ""
    level: str = ""


class Streams(Repository):
    """Appends to streams and reads them with their links."""

    def head(self, stream: str) -> tuple[int, bytes]:
        """Number and link of the last fact; (0, the stream's start) when there is none."""
        last = (
            select(facts.c.seq, facts.c.link)
            .where(facts.c.stream == stream)
            .order_by(facts.c.seq.desc())
            .limit(1)
        )
        row = self.connection.execute(last).first()
        return (row.seq, row.link) if row else (0, start(stream))

    def append(self, stream: str, entries: Sequence[Entry]) -> int:
        """Append what is new; answers how many were. Numbers go up by one from the last.

        A fact written again changes nothing; OurMove when it differs from what is stored.
        """
        if not entries:
            return 0
        self.lock("facts " + stream)
        seq, previous = self.head(stream)
        self._check_known(stream, [entry for entry in entries if entry.seq <= seq])
        rows = []
        for entry in entries:
            if entry.seq <= seq:
                continue
            if entry.seq != seq + 1:
                raise OurMove("storage.facts_differ", f"{entry.seq} after {seq}", stream=stream)
            found = digest(entry.body)
            seq, previous = entry.seq, link(previous, entry.seq, found)
            rows.append(
                msgspec.structs.asdict(entry)
                | {"stream": stream, "digest": found, "link": previous}
            )
        if rows:
            self.connection.execute(insert(facts), rows)
        return len(rows)

    def record(self, stream: str, at: int, fact: str, body: bytes) -> int:
        """Append one fact under the next number, which it answers."""
        self.lock("facts " + stream)
        seq = self.head(stream)[0] + 1
        self.append(stream, [Entry(seq, at, fact, body)])
        return seq

    def linked(self, stream: str, after: int = 0, limit: int = 10_000) -> list[Linked]:
        """Facts with their links, by number, for `fenghuo.domain.chain.walk`."""
        rows = self.connection.execute(
            select(facts.c.seq, facts.c.digest, facts.c.link, facts.c.body)
            .where(facts.c.stream == stream, facts.c.seq > after)
            .order_by(facts.c.seq)
            .limit(limit)
        )
        return [Linked(row.seq, row.digest, row.link, row.body) for row in rows]

    def _check_known(self, stream: str, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        known = select(facts.c.seq, facts.c.digest).where(
            facts.c.stream == stream, facts.c.seq >= entries[0].seq
        )
        stored = dict(self.connection.execute(known).all())
        for entry in entries:
            if stored.get(entry.seq) != digest(entry.body):
                raise OurMove("storage.facts_differ", f"fact {entry.seq}", stream=stream)
