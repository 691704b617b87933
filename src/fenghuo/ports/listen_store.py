"""What the listening room keeps: posts, mentions, the log of each watch, cursors, samples."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from fenghuo.domain.log import Row
from fenghuo.domain.picture import Picture
from fenghuo.domain.post import Post
from fenghuo.domain.understanding import Understanding
from fenghuo.domain.watch import Watch
from fenghuo.ports.narrow import Narrow

SAMPLE = 10_000
"""Posts without a match that are kept of each source. Fewer: a preview finds nothing to show."""


class StoredWatch(msgspec.Struct, frozen=True):
    """A watch with its identity; ids are UUIDv7 in text.

    `rival_of` is the watch whose competitor this one finds: its posts are counted for comparison,
    and nobody is alarmed by them. "" for a watch of our own.
    """

    id: str
    workspace: str
    watch: Watch
    active: bool = True
    rival_of: str = ""


class StoredMention(msgspec.Struct, frozen=True):
    """A post that a watch matched; `understanding` is None until the worker reached it.

    `pictured`: somebody handed a picture in with it.
    """

    id: str
    watch: str
    workspace: str
    post: Post
    received: int
    copy_of: str = ""
    story: str = ""
    excluded: bool = False
    marks: tuple[str, ...] = ()
    understanding: Understanding | None = None
    pictured: bool = False


class MentionSearch(msgspec.Struct, frozen=True):
    """A page of mentions: newest first, `before` (at, id) goes on from the last one seen.

    It ends with `down_to` (at, id), or with the oldest one.

    Without `watch`, of every watch of our own; those of competitors are asked for by name.
    `since` <= at < `until` in milliseconds, 0 for open. `narrow` is the query's full-text tree,
    or None. The other filters are off when empty; `sentiment` and `crisis_type` are the likeliest
    labels, and they, `lang` and `grave` find only what is understood already. `country` and `kind`
    are those of the post.
    """

    workspace: str
    watch: str = ""
    since: int = 0
    until: int = 0
    story: str = ""
    platform: str = ""
    country: str = ""
    kind: str = ""
    lang: str = ""
    sentiment: str = ""
    crisis_type: str = ""
    grave: bool = False
    with_excluded: bool = False
    narrow: Narrow | None = None
    before: tuple[int, str] | None = None
    down_to: tuple[int, str] | None = None
    limit: int = 50

    @property
    def sifts(self) -> bool:
        """Whether it looks at mentions one by one for something that few of them may have.

        Those of grave harm stand together, so that they are found at once.
        """
        labels = (self.platform, self.country, self.kind, self.lang, self.sentiment)
        return not self.grave and bool(any(labels) or self.crisis_type)


class Volume(msgspec.Struct, frozen=True):
    """Mentions that began within [at, at + step): how many of one platform, country and tone.

    `sentiment` is the likeliest label, "" while not understood yet.
    """

    at: int
    platform: str
    country: str
    sentiment: str
    mentions: int


class ListenStore(Protocol):
    """The listening room's part of one transaction."""

    def save_watch(self, watch: StoredWatch) -> None:
        """Insert or rewrite a watch."""
        ...

    def watch(self, watch: str, *, to_change: bool = False) -> StoredWatch | None:
        """A watch by id, a competitor's too; `to_change` keeps other writers off until the end."""
        ...

    def watches(self, workspace: str | None = None) -> list[StoredWatch]:
        """All watches, or those of one workspace, those of competitors too, oldest first."""
        ...

    def known_posts(
        self, workspace: str, keys: Sequence[tuple[str, str]]
    ) -> Mapping[tuple[str, str], bytes]:
        """Of (platform, native id) keys, those already stored, with the digest of their text."""
        ...

    def add_mentions(self, mentions: Sequence[StoredMention], tokens: Sequence[str]) -> set[str]:
        """Store mentions and their posts with the full-text tokens of each.

        Answers the ids of those that are new: a (watch, post) already there changes nothing and
        must not be logged again.
        """
        ...

    def mention(self, workspace: str, mention: str) -> StoredMention | None:
        """One mention, or None."""
        ...

    def mentions(self, workspace: str, mentions: Sequence[str]) -> list[StoredMention]:
        """Those of these mentions that there are, in the order asked."""
        ...

    def mentions_of(self, workspace: str, platform: str, native: str) -> list[StoredMention]:
        """The mentions of a post, one a watch, oldest first."""
        ...

    def search(self, search: MentionSearch) -> list[StoredMention]:
        """A page of mentions."""
        ...

    def volume(self, search: MentionSearch, step: int) -> list[Volume]:
        """Counts of what a search finds, in steps of `step` milliseconds, oldest first."""
        ...

    def awaiting_understanding(
        self, limit: int, after: str = "", workspace: str = ""
    ) -> list[StoredMention]:
        """Mentions without understanding that came after mention `after`, oldest first.

        Of one workspace, or of all: then `after` means little, since each has its own time.
        """
        ...

    def workspaces_awaiting(self) -> list[str]:
        """Where mentions wait to be understood."""
        ...

    def without_understanding(self, mentions: Sequence[str]) -> set[str]:
        """Of these mentions, those that nobody has understood yet; call it under the log's lock."""
        ...

    def awaiting(self, workspace: str | None = None) -> int:
        """How many mentions nobody has understood yet."""
        ...

    def save_understanding(self, mention: str, understanding: Understanding) -> None:
        """Store what a mention means, once."""
        ...

    def save_understandings(self, found: Mapping[str, Understanding]) -> set[str]:
        """As `save_understanding`, many at once; answers the mentions it was new for."""
        ...

    def understandings(self, mentions: Sequence[str]) -> Mapping[str, Understanding]:
        """What is known of these mentions."""
        ...

    def add_picture(self, workspace: str, mention: str, picture: Picture) -> None:
        """Keep the picture of a mention; the first one stays."""
        ...

    def picture(self, workspace: str, mention: str) -> Picture | None:
        """The picture of a mention of a workspace, or None."""
        ...

    def lock_log(self, watch: str) -> int:
        """Take the writer lock of the watch's log; answers the `until` of its last row."""
        ...

    def lock_logs(self, watches: Iterable[str]) -> Mapping[str, int]:
        """As `lock_log` for several, in one order, so that two writers never block each other."""
        ...

    def last_position(self, watch: str) -> int:
        """The position of the last row of a log, 0 when empty; call it under the lock."""
        ...

    def append(self, watch: str, rows: Iterable[Row]) -> int:
        """Append rows under the lock; answers the position of the last one."""
        ...

    def rows(self, watch: str, after: int, limit: int) -> list[tuple[int, Row]]:
        """Rows with their positions, in log order, after a position."""
        ...

    def save_mapping(self, workspace: str, name: str, body: bytes) -> None:
        """Keep a column mapping as the room writes it; one of the same name is rewritten."""
        ...

    def mappings(self, workspace: str) -> list[bytes]:
        """The column mappings that people of a workspace saved, by name."""
        ...

    def remove_mapping(self, workspace: str, name: str) -> bool:
        """Forget a mapping, False when there was none; what was read by it stays."""
        ...

    def cursor(self, source: str) -> str:
        """The reader's cursor; "" at first."""
        ...

    def save_cursor(self, source: str, cursor: str) -> None:
        """Move the cursor: in the same transaction as the posts it stands for."""
        ...

    def count_unmatched(self, source: str, minutes: Mapping[int, int]) -> None:
        """Add to the counts of posts that matched nothing, by minute (its first millisecond)."""
        ...

    def unmatched(self, source: str, since: int) -> Mapping[int, int]:
        """Posts that matched nothing, by minute from `since` on."""
        ...

    def keep_sample(self, source: str, posts: Sequence[Post]) -> None:
        """Keep posts without a match; of all that were kept the last SAMPLE stay."""
        ...

    def sample(self, source: str, limit: int = SAMPLE) -> list[Post]:
        """What a source sent lately without a match, newest first."""
        ...
