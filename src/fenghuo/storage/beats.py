"""Signs of life of the parts."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import BigInteger, Column, LargeBinary, Table, select

from fenghuo.ports.beat_store import Beat
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import KEY, metadata

beats = Table(
    "beats",
    metadata,
    Column("part", KEY, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("failing", LargeBinary, nullable=False),
)


class Beats(Repository):
    """Implements BeatStore."""

    def beat(self, beat: Beat) -> None:
        """Keep a beat in place of the one before."""
        failing = msgspec.json.encode(beat.failing)
        row = {"part": beat.part, "at": beat.at, "failing": failing}
        self.connection.execute(self.put(beats), row)

    def beats(self) -> Sequence[Beat]:
        """The last beat of each part that ever worked."""
        found = self.connection.execute(select(beats.c.part, beats.c.at, beats.c.failing))
        return [Beat(p, at, msgspec.json.decode(f, type=tuple[str, ...])) for p, at, f in found]
