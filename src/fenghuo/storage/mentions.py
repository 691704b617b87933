"""Posts and the mentions of them: taken in once."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import insert, select

from fenghuo.domain.chain import digest
from fenghuo.domain.erased import erased_name
from fenghuo.domain.post import Post, millis
from fenghuo.ports.listen_store import StoredMention
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import awaiting, mentions, posts
from fenghuo.storage.words import Words

CHUNK = 1_000
"""Rows of one statement. More: SQLite runs out of parameters (32,766)."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Post)
_marks = msgspec.json.Decoder(tuple[str, ...])

Key = tuple[str, str]


class Mentions(Repository):
    """Writing posts and mentions, in one transaction."""

    def known_posts(self, workspace: str, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        """Of (platform, native id) keys, those already stored, with the SHA-256 of their words."""
        return {key: found for key, (_, found) in self._posts(workspace, keys).items()}

    def add_mentions(self, mentions: Sequence[StoredMention], tokens: Sequence[str]) -> set[str]:
        """Store mentions and their posts with the full-text tokens of each; ids of the new ones."""
        if len(mentions) != len(tokens):
            raise ValueError(f"{len(mentions)} mentions, but tokens of {len(tokens)}")
        mentions, tokens = self._wanted(mentions, tokens)
        added: set[str] = set()
        for begin in range(0, len(mentions), CHUNK):
            some = mentions[begin : begin + CHUNK]
            added |= self._add(some, tokens[begin : begin + CHUNK])
        return added

    def _wanted(
        self, mentions: Sequence[StoredMention], tokens: Sequence[str]
    ) -> tuple[list[StoredMention], list[str]]:
        """Those whose posts nobody had removed: what was removed on request stays out."""
        names = [erased_name(m.workspace, m.post.platform, m.post.id) for m in mentions]
        keys: dict[str, list[Key]] = {}
        for mention, name in zip(mentions, names, strict=True):
            keys.setdefault(mention.workspace, []).append((mention.post.platform, name))
        gone = {name for place, some in keys.items() for _, name in self._posts(place, some)}
        kept = [i for i, name in enumerate(names) if name not in gone]
        return [mentions[i] for i in kept], [tokens[i] for i in kept]

    def _add(self, some: Sequence[StoredMention], tokens: Sequence[str]) -> set[str]:
        numbers = self._add_posts(some)
        rows = [
            {
                "id": m.id,
                "watch": m.watch,
                "workspace": m.workspace,
                "post": numbers[m.workspace, m.post.platform, m.post.id],
                # A post from the future counts at its receipt, as in the log.
                "at": min(millis(m.post.time), m.received),
                "received": m.received,
                "copy_of": m.copy_of,
                "excluded": m.excluded,
                "marks": write_marks(m.marks),
                "platform": m.post.platform,
                "country": m.post.country,
                "kind": m.post.kind,
            }
            for m in some
        ]
        new = self.add_new(mentions).returning(mentions.c.id, mentions.c.number)
        added: dict[str, int] = dict(self.connection.execute(new, rows).all())
        # An id met twice in one batch was added once, with the words of the first.
        words = dict(zip(reversed([m.id for m in some]), reversed(tokens), strict=True))
        Words(self.connection).add_words((added[name], words[name]) for name in added)
        places = {m.id: m.workspace for m in some}
        if added:
            waits = [{"mention": name, "workspace": places[name]} for name in added]
            self.connection.execute(insert(awaiting), waits)
        return set(added)

    def _add_posts(self, some: Sequence[StoredMention]) -> dict[tuple[str, str, str], int]:
        """Store the posts that are new; the numbers of all by (workspace, platform, native id)."""
        found: dict[tuple[str, str, str], Post] = {}
        for m in some:
            found.setdefault((m.workspace, m.post.platform, m.post.id), m.post)
        # In one order, so that on PostgreSQL two intakes of the same posts never block each other.
        rows = [post_row(workspace, found[key]) for key in sorted(found) if (workspace := key[0])]
        self.connection.execute(self.add_new(posts), rows)
        numbers = {}
        for workspace in {key[0] for key in found}:
            keys = [key[1:] for key in found if key[0] == workspace]
            for key, (number, _) in self._posts(workspace, keys).items():
                numbers[workspace, *key] = number
        return numbers

    def _posts(self, workspace: str, keys: Sequence[Key]) -> dict[Key, tuple[int, bytes]]:
        # A platform at a time, so that both databases walk the whole key, whatever they know or
        # do not know yet about the table; pairs in a list sent PostgreSQL through all of it.
        by_platform: dict[str, list[str]] = {}
        for platform, native in keys:
            by_platform.setdefault(platform, []).append(native)
        found: dict[Key, tuple[int, bytes]] = {}
        for platform, natives in by_platform.items():
            for begin in range(0, len(natives), CHUNK):
                known = select(posts.c.native, posts.c.number, posts.c.digest).where(
                    posts.c.workspace == workspace,
                    posts.c.platform == platform,
                    posts.c.native.in_(natives[begin : begin + CHUNK]),
                )
                rows = self.connection.execute(known).all()
                found.update({(platform, row[0]): (row[1], row[2]) for row in rows})
        return found


def read_post(body: bytes) -> Post:
    """The post of its stored bytes."""
    return _decoder.decode(body)


def read_marks(marks: str) -> tuple[str, ...]:
    """The marks of their stored text."""
    return _marks.decode(marks) if marks else ()


def write_marks(marks: tuple[str, ...]) -> str:
    """Marks as stored: most mentions have none."""
    return msgspec.json.encode(marks).decode() if marks else ""


def post_row(workspace: str, post: Post) -> dict[str, object]:
    """The row of a post that is new."""
    return {
        "workspace": workspace,
        "platform": post.platform,
        "native": post.id,
        "digest": digest(post.words.encode()),
        "body": _encoder.encode(post),
    }
