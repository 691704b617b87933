"""Posts that matched no watch: counted by minute, and a bounded sample for previews."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import delete, func, insert, select

from fenghuo.domain.post import Post
from fenghuo.ports.listen_store import SAMPLE
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import samples, unmatched

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Post)


class Samples(Repository):
    """What the sources sent beside the mentions, in one transaction."""

    def count_unmatched(self, source: str, minutes: Mapping[int, int]) -> None:
        """Add to the counts of posts by minute (its first millisecond)."""
        if not minutes:
            return
        row = self.insert(unmatched)
        more = row.on_conflict_do_update(
            index_elements=["source", "minute"],
            set_={"posts": unmatched.c.posts + row.excluded.posts},
        )
        # In one order, so that two readers of a source never block each other.
        rows = [{"source": source, "minute": m, "posts": n} for m, n in sorted(minutes.items())]
        self.connection.execute(more, rows)

    def unmatched(self, source: str, since: int) -> Mapping[int, int]:
        """Posts by minute from `since` on."""
        found = (
            select(unmatched.c.minute, unmatched.c.posts)
            .where(unmatched.c.source == source, unmatched.c.minute >= since)
            .order_by(unmatched.c.minute)
        )
        return dict(self.connection.execute(found).all())

    def keep_sample(self, source: str, posts: Sequence[Post]) -> None:
        """Keep these posts of a source; of all that were kept only the last SAMPLE stay."""
        if not posts:
            return
        self.lock("sample " + source)
        last = select(func.max(samples.c.number)).where(samples.c.source == source)
        head = self.connection.scalar(last) or 0
        rows = [
            {"source": source, "number": head + place, "body": _encoder.encode(post)}
            for place, post in enumerate(posts[-SAMPLE:], start=1)
        ]
        self.connection.execute(insert(samples), rows)
        old = samples.c.number <= head + len(rows) - SAMPLE
        self.connection.execute(delete(samples).where(samples.c.source == source, old))

    def sample(self, source: str, limit: int = SAMPLE) -> list[Post]:
        """What a source sent lately without a match, newest first."""
        found = (
            select(samples.c.body)
            .where(samples.c.source == source)
            .order_by(samples.c.number.desc())
            .limit(limit)
        )
        return [_decoder.decode(body) for body in self.connection.scalars(found)]
