"""Files that people bring: posts as JSON lines, or tables of other programs by a column mapping."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

import msgspec

from fenghuo.app.shipped import known_mappings
from fenghuo.domain.errors import BadInput
from fenghuo.listen import (
    PACKED,
    Checked,
    ColumnMapping,
    Rows,
    check,
    check_lines,
    decode_whole,
    guess,
)
from fenghuo.platforms.files import Table, is_table, read_lines, read_table
from fenghuo.ports.reads import Remark

SAMPLE = 500
"""Rows that are looked at to tell 3/4 from 4/3."""

Item = Checked | BadInput | Remark


class Upload(msgspec.Struct):
    """What a file gives, read while it is gone through.

    `items` with their row or line, 0 for what is told of the whole file; posts with their marks.
    `mapping` is the one that was used, given or guessed, and `header` what it could choose from;
    JSON lines have none.
    """

    items: Iterator[tuple[int, Item]]
    mapping: ColumnMapping | None = None
    header: Sequence[str] = ()


def read_upload(name: str, content: bytes, mapping: ColumnMapping | None, now: datetime) -> Upload:
    """The posts of a file that was sent to us under this name; the mapping is guessed when None.

    BadInput when nothing of it can be read; what is wrong with a row is among the items.
    """
    return read_file(Path(Path(name).name or "file"), now, content, mapping)


def read_file(
    file: Path,
    now: datetime,
    content: bytes | None = None,
    mapping: ColumnMapping | None = None,
) -> Upload:
    """As `read_upload`, of a file of this machine, or of `content` under its name."""
    if not is_table(file, content):
        return Upload(_safe((n, _decoded(line, now)) for n, line in _lines(file, content)))
    table = read_table(file, content)
    rows = Rows(mapping or guess(table.header, known_mappings().values()), table.header, file.name)
    return Upload(_safe(_items(table, rows, file.name, now)), rows.mapping, table.header)


def _lines(file: Path, content: bytes | None) -> Iterator[tuple[int, bytes | BadInput]]:
    lines = read_lines(file, content)
    first = list(islice(lines, 2))
    begin = [line for _, line in first if isinstance(line, bytes)]
    if begin and begin[0].startswith(PACKED):
        raise BadInput("intake.packed_file", file=file.name)
    check_lines(begin)
    yield from chain(first, lines)


def _items(table: Table, rows: Rows, file: str, now: datetime) -> Iterator[tuple[int, Item]]:
    if table.guessed:
        yield 0, Remark("sources.encoding_found", {"file": file, "encoding": table.encoding})
    if rows.unread:
        yield 0, Remark("sources.columns_unread", {"file": file, "names": ", ".join(rows.unread)})
    first = list(islice(table.rows, SAMPLE))
    remark = rows.settle(row for _, row in first if not isinstance(row, BadInput))
    if remark:
        yield 0, remark
    for number, row in chain(first, table.rows):
        found = [row] if isinstance(row, BadInput) else _read(rows, number, row, now)
        yield from ((number, item) for item in found)


def _read(rows: Rows, number: int, row: Sequence[str], now: datetime) -> list[Item]:
    try:
        found = rows.read(number, row)
        return [check(found.post, now), *found.remarks]
    except BadInput as error:
        return [error]


def _decoded(line: bytes | BadInput, now: datetime) -> Checked | BadInput:
    if isinstance(line, BadInput):
        return line
    try:
        return check(decode_whole(line), now)
    except BadInput as error:
        return error


def _safe(items: Iterator[tuple[int, Item]]) -> Iterator[tuple[int, Item]]:
    """A file that turns out to be broken on the way ends with its error; what came before stays."""
    try:
        yield from items
    except BadInput as error:
        yield 0, error
