"""What mentions mean: computed once, stored, and who still waits for it."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import bindparam, delete, func, select, update

from fenghuo.domain.understanding import Understanding
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import awaiting, mentions, understandings

CHUNK = 1_000

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Understanding)


class Understandings(Repository):
    """Understandings, in one transaction."""

    def without_understanding(self, mentions: Sequence[str]) -> set[str]:
        """Of these mentions, those that nobody has understood yet; call it under the log's lock."""
        found: set[str] = set()
        for begin in range(0, len(mentions), CHUNK):
            some = mentions[begin : begin + CHUNK]
            waiting = select(awaiting.c.mention).where(awaiting.c.mention.in_(some))
            found.update(self.connection.scalars(waiting))
        return found

    def awaiting(self, workspace: str | None = None) -> int:
        """How many mentions nobody has understood yet."""
        count = select(func.count()).select_from(awaiting)
        if workspace is not None:
            count = count.where(awaiting.c.workspace == workspace)
        return self.connection.scalar(count) or 0

    def save_understanding(self, mention: str, understanding: Understanding) -> None:
        """Store what a mention means, once."""
        self.save_understandings({mention: understanding})

    def save_understandings(self, found: Mapping[str, Understanding]) -> set[str]:
        """Store what mentions mean; answers those it was new for, and that were not erased."""
        waiting = self.without_understanding(list(found))
        rows = [meaning_row(mention, found[mention]) for mention in sorted(waiting)]
        if not rows:
            return set()
        new = self.add_new(understandings).returning(understandings.c.mention)
        saved = set(self.connection.execute(new, rows).scalars())
        told = update(mentions).where(mentions.c.id == bindparam("which"))
        named = [{"which": mention, **labels(found[mention])} for mention in sorted(saved)]
        if named:
            self.connection.execute(told, named)
        done = delete(awaiting).where(awaiting.c.mention == bindparam("done"))
        self.connection.execute(done, [{"done": mention} for mention in waiting])
        return saved

    def understandings(self, mentions: Sequence[str]) -> Mapping[str, Understanding]:
        """What is known of these mentions."""
        found: dict[str, Understanding] = {}
        for begin in range(0, len(mentions), CHUNK):
            some = mentions[begin : begin + CHUNK]
            rows = self.connection.execute(
                select(understandings.c.mention, understandings.c.body).where(
                    understandings.c.mention.in_(some)
                )
            )
            found.update({row.mention: read_understanding(row.body) for row in rows})
        return found

    def forget_quotes(self, mentions: Sequence[str]) -> None:
        """Take the words and the vector of a text out of what it meant; the numbers stay."""
        for mention, known in self.understandings(mentions).items():
            cues = tuple(msgspec.structs.replace(cue, words=()) for cue in known.cues)
            bare = msgspec.structs.replace(known, cues=cues, why=(), vector=b"")
            self.connection.execute(
                update(understandings)
                .where(understandings.c.mention == mention)
                .values(body=_encoder.encode(bare))
            )


def read_understanding(body: bytes) -> Understanding:
    """The understanding of its stored bytes."""
    return _decoder.decode(body)


def meaning_row(mention: str, found: Understanding) -> dict[str, object]:
    """The row of what a mention means."""
    return {"mention": mention, "body": _encoder.encode(found)}


def labels(found: Understanding | None) -> dict[str, object]:
    """What a mention is found by once it is understood, as columns of its own row."""
    if found is None:
        return {"lang": "", "sentiment": "", "crisis_type": "", "grave": False}
    return {
        "lang": found.lang,
        "sentiment": max(found.sentiment, key=found.sentiment.__getitem__, default=""),
        "crisis_type": max(found.crisis_type, key=found.crisis_type.__getitem__, default=""),
        "grave": bool(found.grave),
    }
