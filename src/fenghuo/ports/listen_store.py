"""What the listening room keeps: posts, mentions, the log of each watch, cursors, states."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from fenghuo.domain.fact import Fact
from fenghuo.domain.log import Row
from fenghuo.domain.post import Post
from fenghuo.domain.understanding import Understanding
from fenghuo.domain.watch import Watch


class StoredWatch(msgspec.Struct, frozen=True):
    """A watch with its identity; ids are UUIDv7 in text."""

    id: str
    workspace: str
    watch: Watch
    active: bool = True


class StoredMention(msgspec.Struct, frozen=True):
    """A post that a watch matched; `understanding` is None until the worker reached it."""

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


class MentionSearch(msgspec.Struct, frozen=True):
    """A page of mentions: newest first, `before` (at, id) goes on from the last one seen.

    `narrow` is a full-text expression of the query language's tokens, or None.
    """

    workspace: str
    watch: str = ""
    since: int = 0
    until: int = 0
    story: str = ""
    narrow: object | None = None
    before: tuple[int, str] | None = None
    limit: int = 50


class ListenStore(Protocol):
    """The listening room's part of one transaction."""

    def save_watch(self, watch: StoredWatch) -> None:
        """Insert or rewrite a watch."""
        ...

    def watches(self, workspace: str | None = None) -> list[StoredWatch]:
        """All watches, or those of one workspace, oldest first."""
        ...

    def known_posts(
        self, workspace: str, keys: Sequence[tuple[str, str]]
    ) -> Mapping[tuple[str, str], bytes]:
        """Of (platform, native id) keys, those already stored, with the digest of their text."""
        ...

    def add_mentions(self, mentions: Sequence[StoredMention], tokens: Sequence[str]) -> None:
        """Store mentions (and their posts, idempotently) with the full-text tokens of each."""
        ...

    def mention(self, workspace: str, mention: str) -> StoredMention | None:
        """One mention, or None."""
        ...

    def search(self, search: MentionSearch) -> list[StoredMention]:
        """A page of mentions."""
        ...

    def awaiting_understanding(self, limit: int) -> list[StoredMention]:
        """Mentions without understanding, oldest first."""
        ...

    def save_understanding(self, mention: str, understanding: Understanding) -> None:
        """Store what a mention means, once."""
        ...

    def save_story(self, mention: str, story: str) -> None:
        """Remember which story a mention belongs to."""
        ...

    def lock_log(self, watch: str) -> int:
        """Take the writer lock of the watch's log; answers the `until` of its last row."""
        ...

    def append(self, watch: str, rows: Iterable[Row]) -> int:
        """Append rows under the lock; answers the position of the last one."""
        ...

    def rows(self, watch: str, after: int, limit: int) -> list[tuple[int, Row]]:
        """Rows with their positions, in log order, after a position."""
        ...

    def state(self, watch: str) -> tuple[int, bytes]:
        """Position in the log and state bytes; (0, b"") for a new watch."""
        ...

    def save_state(self, watch: str, position: int, state: bytes, facts: Sequence[Fact]) -> None:
        """Position, state and facts together; a fact written twice changes nothing."""
        ...

    def facts(self, watch: str, after: int = 0, limit: int = 1000) -> list[Fact]:
        """Facts of a watch by number, after a number."""
        ...

    def lagging(self) -> list[str]:
        """Watches whose log is ahead of their state."""
        ...

    def cursor(self, source: str) -> str:
        """The reader's cursor; "" at first."""
        ...

    def save_cursor(self, source: str, cursor: str) -> None:
        """Move the cursor: in the same transaction as the posts it stands for."""
        ...
