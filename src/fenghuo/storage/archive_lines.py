"""What is asked for the lines of a workspace, in one order on both databases, less its secrets."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Row, Select, Table, select

from fenghuo.domain.duty import Call, ChannelAddress, Duty, WakeTest
from fenghuo.domain.log import decode_row
from fenghuo.domain.people import Person, Role, Workspace
from fenghuo.domain.picture import Picture
from fenghuo.domain.source import Health, Source
from fenghuo.domain.watch import Watch
from fenghuo.ports.archive_store import (
    CallLine,
    ChannelLine,
    DutyLine,
    FactLine,
    Line,
    ListLine,
    LogLine,
    MappingLine,
    MemberLine,
    MemoryLine,
    MentionLine,
    PictureLine,
    PlaceLine,
    PostLine,
    SourceLine,
    ToldLine,
    UnmatchedLine,
    WakeLine,
    WatchLine,
)
from fenghuo.storage.access import memberships, people, workspaces
from fenghuo.storage.lists import named_lists, read_list
from fenghuo.storage.mappings import column_mappings
from fenghuo.storage.mentions import read_marks, read_post
from fenghuo.storage.pictures import pictures
from fenghuo.storage.prepare import channel_addresses, duties, wake_tests
from fenghuo.storage.retention import retention
from fenghuo.storage.schema import (
    awaiting,
    cursors,
    facts,
    joins,
    log,
    mentions,
    posts,
    states,
    understandings,
    unmatched,
    watches,
)
from fenghuo.storage.sources import source_health, sources
from fenghuo.storage.telling import calls, told
from fenghuo.storage.understandings import read_understanding

_read = msgspec.msgpack.decode


def _place(workspace: str) -> Select[Any]:
    return (
        select(workspaces.c.body, retention.c.months)
        .outerjoin(retention, retention.c.workspace == workspaces.c.id)
        .where(workspaces.c.id == workspace)
    )


def _members(workspace: str) -> Select[Any]:
    # By address, since whoever was here before an import keeps another identity.
    return (
        select(people.c.body, memberships.c.roles)
        .join(people, people.c.id == memberships.c.person)
        .where(memberships.c.workspace == workspace)
        .order_by(people.c.email)
    )


def _mentions(workspace: str) -> Select[Any]:
    return (
        select(
            mentions,
            posts.c.platform,
            posts.c.native,
            joins.c.story,
            awaiting.c.mention.label("waits"),
            understandings.c.body.label("meaning"),
        )
        .join(posts, posts.c.number == mentions.c.post)
        .outerjoin(understandings, understandings.c.mention == mentions.c.id)
        .outerjoin(awaiting, awaiting.c.mention == mentions.c.id)
        .outerjoin(joins, joins.c.mention == mentions.c.id)
        .where(mentions.c.workspace == workspace)
        .order_by(mentions.c.at, mentions.c.id)
    )


def _mention_line(row: Row[Any]) -> MentionLine:
    meaning = read_understanding(row.meaning) if row.meaning is not None else None
    return MentionLine(
        row.id, row.watch, row.platform, row.native, row.at, row.received, row.copy_of,
        bool(row.excluded), read_marks(row.marks), row.story or "", row.waits is not None, meaning,
    )  # fmt: skip


def _of(table: Table, key: str, *order: str) -> Callable[[str], Select[Any]]:
    return lambda name: (
        select(table).where(table.c[key] == name).order_by(*(table.c[by] for by in order))
    )


def _fact_line(row: Row[Any]) -> FactLine:
    return FactLine(row.stream, row.seq, row.digest, row.link, msgspec.Raw(row.body))


def _sources(workspace: str) -> Select[Any]:
    return (
        select(sources.c.body, cursors.c.cursor, source_health.c.body.label("health"))
        .outerjoin(cursors, cursors.c.source == sources.c.id)
        .outerjoin(source_health, source_health.c.source == sources.c.id)
        .where(sources.c.workspace == workspace)
        .order_by(sources.c.id)
    )


def _source_line(row: Row[Any]) -> SourceLine:
    health = _read(row.health, type=Health) if row.health is not None else Health()
    return SourceLine(_read(row.body, type=Source), row.cursor or "", health)


def _channel_line(row: Row[Any]) -> ChannelLine:
    return ChannelLine(msgspec.structs.replace(_read(row.body, type=ChannelAddress), sealed=""))


def _wake_line(row: Row[Any]) -> WakeLine:
    return WakeLine(msgspec.structs.replace(_read(row.body, type=WakeTest), token=""))


def _call_line(row: Row[Any]) -> CallLine:
    return CallLine(msgspec.structs.replace(_read(row.body, type=Call), token=""))


class Query(NamedTuple):
    """What to ask, of each workspace, watch, stream or source in turn, and the line of a row.

    In turn, so that each answer comes along an index and no database has to sort it all.
    """

    of: Literal["workspace", "watch", "stream", "source"]
    rows: Callable[[str], Select[Any]]
    line: Callable[[Row[Any]], Line]


def keys(workspace: str) -> Mapping[str, Select[Any]]:
    """The watches and the sources of a workspace, by id."""
    return {
        kind: select(table.c.id).where(table.c.workspace == workspace).order_by(table.c.id)
        for kind, table in (("watch", watches), ("source", sources))
    }


def streams(workspace: str, watched: Sequence[str]) -> list[str]:
    """The names of the streams of facts of a workspace and its watches."""
    of_watches = [f"{kind}:{watch}" for kind in ("calls", "watch") for watch in watched]
    return [*of_watches, f"workspace:{workspace}"]


QUERIES: Mapping[str, Query] = {
    "workspace": Query(
        "workspace",
        _place,
        lambda row: PlaceLine(_read(row.body, type=Workspace), row.months),
    ),
    "members": Query(
        "workspace",
        _members,
        lambda row: MemberLine(
            _read(row.body, type=Person), msgspec.convert(row.roles.split(), tuple[Role, ...])
        ),
    ),
    "lists": Query(
        "workspace",
        _of(named_lists, "workspace", "name"),
        lambda row: ListLine(read_list(row.body)),
    ),
    "watches": Query(
        "workspace",
        _of(watches, "workspace", "id"),
        lambda row: WatchLine(row.id, _read(row.body, type=Watch), bool(row.active), row.rival_of),
    ),
    "posts": Query(
        "workspace",
        _of(posts, "workspace", "platform", "native"),
        lambda row: PostLine(row.digest, read_post(row.body)),
    ),
    "mentions": Query("workspace", _mentions, _mention_line),
    "pictures": Query(
        "workspace",
        _of(pictures, "workspace", "mention"),
        lambda row: PictureLine(row.mention, Picture(row.kind, row.body)),
    ),
    "mappings": Query(
        "workspace",
        _of(column_mappings, "workspace", "name"),
        lambda row: MappingLine(row.name, msgspec.Raw(row.body)),
    ),
    "log": Query(
        "watch",
        _of(log, "watch", "position"),
        lambda row: LogLine(row.watch, row.position, decode_row(row.body)),
    ),
    "memories": Query(
        "watch",
        _of(states, "watch"),
        lambda row: MemoryLine(row.watch, row.position, row.body),
    ),
    "facts": Query("stream", _of(facts, "stream", "seq"), _fact_line),
    "sources": Query("workspace", _sources, _source_line),
    "unmatched": Query(
        "source",
        _of(unmatched, "source", "minute"),
        lambda row: UnmatchedLine(row.source, row.minute, row.posts),
    ),
    "duties": Query(
        "workspace",
        _of(duties, "workspace", "id"),
        lambda row: DutyLine(_read(row.body, type=Duty)),
    ),
    "channels": Query("workspace", _of(channel_addresses, "workspace", "id"), _channel_line),
    "wake_tests": Query("workspace", _of(wake_tests, "workspace", "id"), _wake_line),
    "calls": Query("workspace", _of(calls, "workspace", "id"), _call_line),
    "told": Query("watch", _of(told, "watch"), lambda row: ToldLine(row.watch, row.seq)),
}
