"""A whole workspace as lines of its nouns: what an archive holds, how a store gives and takes it.

A line is a noun as it rests, less its secrets. Nothing in it depends on the database that it came
from, so the archive of an imported workspace equals the one it was imported from.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Protocol

import msgspec

from fenghuo.domain.duty import Call, ChannelAddress, Duty, WakeTest
from fenghuo.domain.log import Row
from fenghuo.domain.named_list import NamedList
from fenghuo.domain.people import Person, Role, Workspace
from fenghuo.domain.picture import Picture
from fenghuo.domain.post import Post
from fenghuo.domain.source import Health, Source
from fenghuo.domain.understanding import Understanding
from fenghuo.domain.watch import Watch

Whole = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
"""What both databases keep as a whole number."""
Digest = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
"""A SHA-256."""


class PlaceLine(msgspec.Struct, frozen=True):
    """The workspace itself; `months` that words are kept, 0 for ever, None when nobody said."""

    workspace: Workspace
    months: Whole | None = None


class MemberLine(msgspec.Struct, frozen=True):
    """Somebody of the workspace; no password."""

    person: Person
    roles: tuple[Role, ...]


class WatchLine(msgspec.Struct, frozen=True):
    """A watch, or that of a competitor beside it."""

    id: str
    watch: Watch
    active: bool
    rival_of: str = ""


class PostLine(msgspec.Struct, frozen=True):
    """A post; `digest` is that of its words, which may have been erased since."""

    digest: Digest
    post: Post


class MentionLine(msgspec.Struct, frozen=True):
    """A mention of the post (`platform`, `native`), what it means, and the story it joined.

    `awaiting`: nobody has understood it yet.
    """

    id: str
    watch: str
    platform: str
    native: str
    at: Whole
    received: Whole
    copy_of: str
    excluded: bool
    marks: tuple[str, ...]
    story: str
    awaiting: bool
    understanding: Understanding | None


class PictureLine(msgspec.Struct, frozen=True):
    """The picture of a mention."""

    mention: str
    picture: Picture


class MappingLine(msgspec.Struct, frozen=True):
    """A column mapping that somebody saved, as the room writes it."""

    name: str
    mapping: msgspec.Raw


class ListLine(msgspec.Struct, frozen=True):
    """A named list, which queries of watches may name."""

    named: NamedList


class LogLine(msgspec.Struct, frozen=True):
    """A row of a watch's log."""

    watch: str
    position: Whole
    row: Row


class MemoryLine(msgspec.Struct, frozen=True):
    """A watch's memory, and up to which row of the log it has read."""

    watch: str
    position: Whole
    state: bytes


class FactHead(msgspec.Struct, frozen=True):
    """What a fact is found by, as its own body tells it."""

    at: Whole
    fact: str
    alert: str = ""
    story: str = ""
    level: str = ""


class FactLine(msgspec.Struct, frozen=True):
    """A fact with its link; `body` is to the byte what `digest` covers."""

    stream: str
    seq: Whole
    digest: Digest
    link: Digest
    body: msgspec.Raw

    @property
    def head(self) -> FactHead:
        """What it is found by: read from what the chain covers, so that it cannot be altered."""
        return msgspec.json.decode(self.body, type=FactHead)


class SourceLine(msgspec.Struct, frozen=True):
    """A source, how it has been doing and where it stands; `left_out` names its secret options."""

    source: Source
    cursor: str
    health: Health
    left_out: tuple[str, ...] = ()


class UnmatchedLine(msgspec.Struct, frozen=True):
    """How many posts of a source matched nothing in a minute."""

    source: str
    minute: Whole
    posts: Whole


class DutyLine(msgspec.Struct, frozen=True):
    """A turn of the duty list."""

    duty: Duty


class ChannelLine(msgspec.Struct, frozen=True):
    """A channel without its address."""

    channel: ChannelAddress


class WakeLine(msgspec.Struct, frozen=True):
    """A wake test without its link."""

    test: WakeTest


class CallLine(msgspec.Struct, frozen=True):
    """A call without its link."""

    call: Call


class ToldLine(msgspec.Struct, frozen=True):
    """Up to which fact of a watch people were told."""

    watch: str
    seq: Whole


Line = (
    PlaceLine | MemberLine | WatchLine | PostLine | MentionLine | PictureLine | MappingLine
    | LogLine | MemoryLine | FactLine | SourceLine | UnmatchedLine | DutyLine | ChannelLine
    | WakeLine | CallLine | ToldLine | ListLine
)  # fmt: skip

NOUNS: Mapping[str, type[Line]] = {
    "workspace": PlaceLine,
    "members": MemberLine,
    "lists": ListLine,
    "watches": WatchLine,
    "posts": PostLine,
    "mentions": MentionLine,
    "pictures": PictureLine,
    "mappings": MappingLine,
    "log": LogLine,
    "memories": MemoryLine,
    "facts": FactLine,
    "sources": SourceLine,
    "unmatched": UnmatchedLine,
    "duties": DutyLine,
    "channels": ChannelLine,
    "wake_tests": WakeLine,
    "calls": CallLine,
    "told": ToldLine,
}
"""The nouns in the order in which they are taken: what is referred to comes first."""


LATER = frozenset({"lists"})
"""Nouns that an archive of an earlier program lacks; it then has none of them."""


def at_once(noun: str) -> int:
    """How many lines of a noun may be in memory at a time; a post may have 1 MB, a picture 8."""
    return 16 if noun == "pictures" else 500


class ArchiveStore(Protocol):
    """Whole workspaces, in one transaction; memory does not grow with what there is."""

    def lines(self, workspace: str, noun: str) -> Iterator[Line]:
        """The lines of a noun of NOUNS, in an order that the nouns alone decide."""
        ...

    def take(self, workspace: str, lines: Sequence[Line], tokens: Callable[[str], str]) -> None:
        """Insert at most `at_once` lines of one noun; nothing that is there is touched.

        `tokens` makes the full-text tokens of a post's words. BadInput "archive.clash" when
        something of this identity is there already, "archive.unfit" when a value cannot be kept:
        the transaction is over then.
        """
        ...
