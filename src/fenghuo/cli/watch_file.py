"""A watch in a TOML file: what it may say, and what is said when it cannot be used."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec.structs import replace

from fenghuo.app import explain_query, read_lists, watch_faults
from fenghuo.cli import language
from fenghuo.domain.errors import BadInput
from fenghuo.domain.market import check_markets
from fenghuo.domain.misfit import misfit, unopened
from fenghuo.domain.watch import Competitor, KnownEvent, Watch
from fenghuo.i18n import explain

EVENT = "name", "from", "to"
Table = Mapping[str, Any]


class WatchFile(Watch, frozen=True):
    """A watch and the lists that its queries may name: entries by name."""

    lists: Mapping[str, Sequence[str]] = {}


class _Lists(msgspec.Struct, frozen=True):
    lists: Mapping[str, Sequence[str]] = {}


def read_watch_file(file: Path) -> WatchFile:
    """The watch of a file; times without a zone are meant in its `time_zone`.

    BadInput names the file, and the field as it is written there ("events[0].to").
    """
    table = _table(file)
    _check_names(file, table)
    zone = table.get("time_zone", "UTC")
    with _at(file, "time_zone"):
        if str(zone) not in available_timezones():
            raise BadInput("telling.zone_unknown", zone=str(zone))
    events = _events(file, table.get("events", []), ZoneInfo(str(zone)))
    try:
        watch = msgspec.convert({**table, "events": events}, WatchFile)
    except msgspec.ValidationError as error:
        told = misfit(error, WatchFile)
        raise BadInput("replay.watch_unreadable", str(error), file=str(file), **told) from error
    with _at(file, "lists"):
        watch = replace(watch, lists=read_lists(watch.lists))
    watch = replace(watch, markets=_markets(file, watch.markets))
    _check_words(file, watch)
    return watch


def read_list_file(file: Path) -> Mapping[str, Sequence[str]]:
    """The table `[lists]` of a TOML file, a watch file or another; BadInput names the place."""
    try:
        written = msgspec.convert(_table(file), _Lists).lists
    except msgspec.ValidationError as error:
        told = misfit(error, _Lists)
        raise BadInput("replay.watch_unreadable", str(error), file=str(file), **told) from error
    with _at(file, "lists"):
        return read_lists(written)


def _table(file: Path) -> Table:
    try:
        return tomllib.loads(file.read_text("utf8"))
    except OSError as error:
        told = unopened(error)
        raise BadInput("replay.watch_unreadable", str(error), file=str(file), **told) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        told = misfit(error)
        raise BadInput("replay.watch_unreadable", str(error), file=str(file), **told) from error


def _check_names(file: Path, table: Table) -> None:
    """A misspelt name must not pass for a setting that was left out."""
    _known(file, "", table, WatchFile.__struct_fields__)
    for field, known in (("events", EVENT), ("competitors", Competitor.__struct_fields__)):
        rows = table.get(field, [])
        if not isinstance(rows, list):
            raise BadInput("replay.watch_no_list", file=str(file), field=field)
        for number, row in enumerate(rows):
            if not isinstance(row, dict):
                at = f"{field}[{number}]"
                names = ", ".join(known)
                raise BadInput("replay.watch_no_table", file=str(file), field=at, known=names)
            _known(file, f"{field}[{number}].", row, known)


def _known(file: Path, at: str, table: Table, known: tuple[str, ...]) -> None:
    for name in table:
        if name not in known:
            raise BadInput(
                "replay.watch_name", file=str(file), field=at + name, known=", ".join(known)
            )


def _markets(file: Path, codes: tuple[str, ...]) -> tuple[str, ...]:
    for number, code in enumerate(codes):
        with _at(file, f"markets[{number}]"):
            check_markets([code])
    return check_markets(codes)


def _events(file: Path, rows: list[Table], zone: ZoneInfo) -> tuple[KnownEvent, ...]:
    found = []
    for number, row in enumerate(rows):
        at = f"events[{number}]"
        with _at(file, f"{at}.name"):
            name = row.get("name")
            if not isinstance(name, str):
                raise BadInput("replay.event_unnamed")
        with _at(file, f"{at}.from"):
            start = _moment(row.get("from"), zone)
        with _at(file, f"{at}.to"):
            end = _moment(row.get("to"), zone)
        found.append(KnownEvent(name, start, end))
    return tuple(found)


def _moment(value: object, zone: ZoneInfo) -> datetime:
    """A time of the file in UTC; a bare date is midnight at the place of the watch."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise BadInput("replay.event_time", value=str(value)) from error
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise BadInput("replay.event_time", value="" if value is None else str(value))
    try:
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise BadInput("replay.event_time", value=str(value)) from error


def _check_words(file: Path, watch: WatchFile) -> None:
    for field, fault in watch_faults(watch):
        with _at(file, field):
            raise fault
    with _at(file, "query"):
        explain_query(watch.query, (), watch.lists, "watch")
    for number, rival in enumerate(watch.competitors):
        with _at(file, f"competitors[{number}].query"):
            explain_query(rival.query, (), watch.lists, "watch")


@contextmanager
def _at(file: Path, field: str) -> Iterator[None]:
    """What is wrong within, told with the file and the field."""
    try:
        yield
    except BadInput as error:
        problem = explain(error, language())
        raise BadInput(
            "replay.watch_field", str(error), file=str(file), field=field, problem=problem
        ) from error
