"""Many posts in one call: taken in by chunks, each committed by itself."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from fenghuo.domain.errors import BadInput
from fenghuo.listen.items import Items
from fenghuo.listen.room import Accepted

MOST = 100_000
"""Posts of one call."""
CHUNK = 2_000
"""Posts of one transaction. More: others wait longer for the writer's lock, which is free between
two chunks. Fewer: more of the time goes into transactions."""
CHUNK_BYTES = 16_000_000


class Bulk:
    """Feed it the parts of a body. What `so_far` says is committed, whatever happens afterwards."""

    def __init__(self, accept: Callable[[Sequence[bytes]], Accepted]) -> None:
        """`accept` takes some items in, in one transaction."""
        self._accept = accept
        self._items = Items()
        self._waiting: list[bytes] = []
        self._bytes = 0
        self.looked_at = 0
        """Items of the body, from its first on, of which `so_far` tells."""
        self.so_far = Accepted(0, 0, 0)

    def feed(self, part: bytes) -> None:
        """Take in what this part completes, once there is enough of it.

        BadInput when the body cannot be read on, or holds too much; what came before stays.
        """
        self.take(self._items.feed(part))

    def end(self) -> Accepted:
        """Take in the last ones; answers what became of all."""
        self.take(self._items.end())
        self._commit()
        return self.so_far

    def take(self, items: Iterable[bytes]) -> None:
        """Take in items that were cut already."""
        for item in items:
            if self.looked_at + len(self._waiting) == MOST:
                self._commit()
                raise BadInput("intake.too_many", limit=MOST)
            self._waiting.append(item)
            self._bytes += len(item)
            if len(self._waiting) == CHUNK or self._bytes > CHUNK_BYTES:
                self._commit()

    def _commit(self) -> None:
        if self._waiting:
            self.so_far = _both(self.so_far, self._accept(self._waiting), self.looked_at)
            self.looked_at += len(self._waiting)
            self._waiting, self._bytes = [], 0


def _both(first: Accepted, then: Accepted, behind: int) -> Accepted:
    """Both answers as one; the items of the second stood behind so many others."""
    moved = [msgspec.structs.replace(one, index=one.index + behind) for one in then.rejected]
    return Accepted(
        first.accepted + then.accepted,
        first.matched + then.matched,
        first.duplicates + then.duplicates,
        (*first.rejected, *moved),
        tuple(sorted({*first.unknown, *then.unknown})),
    )
