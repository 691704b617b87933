"""A post as a platform gave it: the fixed wire form, one JSON object a line."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import msgspec

Kind = Literal[
    "post", "comment", "reply", "repost", "quote", "review", "article", "video",
    "ticket", "return", "call",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
PRIVATE_KINDS = frozenset({"ticket", "return", "call"})


class Author(msgspec.Struct, frozen=True, gc=False):
    """Who wrote it, as far as the platform says; None is unknown, never zero."""

    id: str = ""
    name: str = ""
    followers: int | None = None
    verified: bool | None = None
    created: str | None = None
    location: str | None = None


class Metrics(msgspec.Struct, frozen=True, gc=False):
    """Counts the platform showed when the post was read; None is unknown."""

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    views: int | None = None


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One post. `id` is global on its platform; `time` is aware.

    `kind` ticket, return and call are private words: counted and alarmed on, never shown
    on a public link. `extra` holds fields that its sender has and we do not know, as they came;
    those of its author and its metrics by names such as "author.age".
    """

    platform: str
    id: str
    time: datetime
    text: str
    kind: Kind = "post"
    title: str = ""
    lang: str = ""
    url: str = ""
    author: Author = Author()
    country: str = ""
    rating: float | None = None
    in_reply_to: str = ""
    repost_of: str = ""
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    metrics: Metrics = Metrics()
    extra: Mapping[str, Any] = {}

    @property
    def private(self) -> bool:
        """True for words said to us, not to the public."""
        return self.kind in PRIVATE_KINDS

    @property
    def words(self) -> str:
        """Title and text together: what the query language and the models read."""
        return f"{self.title}\n{self.text}" if self.title else self.text


FIELDS = frozenset(Post.__struct_fields__)
NEEDED = frozenset({"platform", "id", "time", "text"})
INNER = {
    "author": frozenset(Author.__struct_fields__),
    "metrics": frozenset(Metrics.__struct_fields__),
}
"""Objects within a post, and their fields."""


def millis(at: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware time."""
    return round(at.timestamp() * 1000)


def aware(at_ms: int) -> datetime:
    """The aware UTC time of milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
