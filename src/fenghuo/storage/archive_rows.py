"""The rows that a line of an archive becomes; what a mention has of its post is given later."""

from functools import singledispatch
from typing import Any

import msgspec
from sqlalchemy import Table

from fenghuo.domain.log import encode_row
from fenghuo.ports.archive_store import (
    CallLine,
    ChannelLine,
    DutyLine,
    FactLine,
    Line,
    ListLine,
    LogLine,
    MappingLine,
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
from fenghuo.storage.access import workspaces
from fenghuo.storage.lists import list_row, named_lists
from fenghuo.storage.mappings import column_mappings
from fenghuo.storage.mentions import post_row, write_marks
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
from fenghuo.storage.telling import call_row, calls, told
from fenghuo.storage.understandings import labels, meaning_row

Rows = list[tuple[Table, dict[str, Any]]]

_encode = msgspec.msgpack.Encoder().encode


@singledispatch
def rows_of(line: Line, workspace: str) -> Rows:
    """The rows of a line in the workspace, each with its table."""
    raise TypeError(f"no rows for a {type(line).__name__}")


@rows_of.register
def _place(line: PlaceLine, workspace: str) -> Rows:
    rows: Rows = [(workspaces, {"id": workspace, "body": _encode(line.workspace)})]
    if line.months is not None:
        rows.append((retention, {"workspace": workspace, "months": line.months}))
    return rows


@rows_of.register
def _watch(line: WatchLine, workspace: str) -> Rows:
    row = {"id": line.id, "active": line.active, "body": _encode(line.watch)}
    return [(watches, row | {"workspace": workspace, "rival_of": line.rival_of})]


@rows_of.register
def _post(line: PostLine, workspace: str) -> Rows:
    return [(posts, post_row(workspace, line.post) | {"digest": line.digest})]


@rows_of.register
def _mention(line: MentionLine, workspace: str) -> Rows:
    row = {
        "id": line.id,
        "watch": line.watch,
        "workspace": workspace,
        "at": line.at,
        "received": line.received,
        "copy_of": line.copy_of,
        "excluded": line.excluded,
        "marks": write_marks(line.marks),
        "platform": line.platform,
    }
    rows: Rows = [(mentions, row | labels(line.understanding))]
    if line.understanding is not None:
        rows.append((understandings, meaning_row(line.id, line.understanding)))
    if line.awaiting:
        rows.append((awaiting, {"mention": line.id, "workspace": workspace}))
    if line.story:
        rows.append((joins, {"mention": line.id, "watch": line.watch, "story": line.story}))
    return rows


@rows_of.register
def _picture(line: PictureLine, workspace: str) -> Rows:
    row = {"mention": line.mention, "workspace": workspace}
    return [(pictures, row | {"kind": line.picture.kind, "body": line.picture.body})]


@rows_of.register
def _mapping(line: MappingLine, workspace: str) -> Rows:
    row = {"workspace": workspace, "name": line.name, "body": bytes(line.mapping)}
    return [(column_mappings, row)]


@rows_of.register
def _list(line: ListLine, workspace: str) -> Rows:
    return [(named_lists, list_row(workspace, line.named))]


@rows_of.register
def _log(line: LogLine, workspace: str) -> Rows:
    body = encode_row(line.row)
    row = {"watch": line.watch, "position": line.position, "until": line.row.until, "body": body}
    return [(log, row)]


@rows_of.register
def _memory(line: MemoryLine, workspace: str) -> Rows:
    return [(states, {"watch": line.watch, "position": line.position, "body": line.state})]


@rows_of.register
def _fact(line: FactLine, workspace: str) -> Rows:
    row = msgspec.structs.asdict(line) | {"body": bytes(line.body)}
    return [(facts, row | msgspec.structs.asdict(line.head))]


@rows_of.register
def _source(line: SourceLine, workspace: str) -> Rows:
    name = line.source.id
    body, health = _encode(line.source), _encode(line.health)
    rows: Rows = [(sources, {"id": name, "workspace": workspace, "body": body})]
    if line.cursor:
        rows.append((cursors, {"source": name, "cursor": line.cursor}))
    last = {"source": name, "last_read": line.health.last_read, "body": health}
    return [*rows, (source_health, last)]


@rows_of.register
def _unmatched(line: UnmatchedLine, workspace: str) -> Rows:
    return [(unmatched, msgspec.structs.asdict(line))]


@rows_of.register
def _duty(line: DutyLine, workspace: str) -> Rows:
    return [(duties, {"id": line.duty.id, "workspace": workspace, "body": _encode(line.duty)})]


@rows_of.register
def _channel(line: ChannelLine, workspace: str) -> Rows:
    row = {"id": line.channel.id, "workspace": workspace, "body": _encode(line.channel)}
    return [(channel_addresses, row)]


@rows_of.register
def _wake(line: WakeLine, workspace: str) -> Rows:
    row = {"id": line.test.id, "workspace": workspace, "token": line.test.token}
    return [(wake_tests, row | {"body": _encode(line.test)})]


@rows_of.register
def _call(line: CallLine, workspace: str) -> Rows:
    return [(calls, call_row(line.call) | {"workspace": workspace})]


@rows_of.register
def _told(line: ToldLine, workspace: str) -> Rows:
    return [(told, msgspec.structs.asdict(line))]
