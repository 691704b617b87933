"""A watch as its form holds it: every field a list of texts, read with its errors."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from fenghuo.app import check_watch
from fenghuo.domain.errors import BadInput
from fenghuo.domain.watch import Competitor, KnownEvent, Watch
from fenghuo.web.markets import read_markets

ZONES = tuple(sorted(available_timezones()))
Form = Mapping[str, Sequence[str]]
_LIST = re.compile("[,，、;；]")
SPARE_EVENTS = 2
"""Empty rows for further events below those that are there."""


def read_watch(form: Form, before: Watch) -> Watch:
    """The watch of a form; fields that the form lacks stay as they were before.

    BadInput when a field cannot be read, or the watch may not be so.
    """
    zone = _one(form, "time_zone", before.time_zone)
    if zone not in ZONES:
        raise BadInput("web.no_zone", zone=zone)
    brand, query = _one(form, "brand", before.brand), _one(form, "query", before.query)
    watch = msgspec.structs.replace(
        before,
        brand=brand,
        query=query or f'"{brand}"',
        markets=read_markets(form["markets"]) if "markets" in form else before.markets,
        languages=_languages(form, before.languages),
        competitors=_competitors(form["competitors"][0])
        if "competitors" in form
        else before.competitors,
        quiet_hours=_quiet(form) if "quiet_from" in form else before.quiet_hours,
        time_zone=zone,
        events=_events(form, zone) if "event_name" in form else before.events,
    )
    check_watch(watch)
    return watch


def filled(watch: Watch) -> dict[str, list[str]]:
    """The form of a watch."""
    zone = ZoneInfo(watch.time_zone)
    quiet = watch.quiet_hours.partition("-")
    spare = [""] * SPARE_EVENTS
    return {
        "brand": [watch.brand],
        "query": [watch.query],
        "markets": [", ".join(watch.markets)],
        "languages": [", ".join(watch.languages)],
        "competitors": ["\n".join(f"{c.brand}: {c.query}" for c in watch.competitors)],
        "quiet_from": [quiet[0]],
        "quiet_to": [quiet[2]],
        "time_zone": [watch.time_zone],
        "event_name": [e.name for e in watch.events] + spare,
        "event_from": [_local(e.start, zone) for e in watch.events] + spare,
        "event_to": [_local(e.end, zone) for e in watch.events] + spare,
    }


def queries_of(form: Form) -> list[str]:
    """What a form says that is a query: the watch's own, then those of its competitors."""
    own = list(form.get("query", ()))
    rivals = [rival.query for text in form.get("competitors", ()) for rival in _competitors(text)]
    return [*own, *rivals]


def _one(form: Form, name: str, before: str) -> str:
    return form[name][0].strip() if form.get(name) else before


def _languages(form: Form, before: tuple[str, ...]) -> tuple[str, ...]:
    if "languages" not in form:
        return before
    return tuple(dict.fromkeys(_LIST.sub(" ", form["languages"][0]).lower().split()))


def _competitors(text: str) -> tuple[Competitor, ...]:
    found = []
    for line in filter(str.strip, text.splitlines()):
        brand, _, query = line.replace("：", ":", 1).partition(":")
        name = brand.strip()
        found.append(Competitor(name, query.strip() or f'"{name}"'))
    return tuple(found)


def _quiet(form: Form) -> str:
    start, end = form["quiet_from"][0].strip(), form.get("quiet_to", ("",))[0].strip()
    # A browser may send seconds.
    return f"{start[:5]}-{end[:5]}" if start or end else ""


def _events(form: Form, zone: str) -> tuple[KnownEvent, ...]:
    rows = zip(form["event_name"], form["event_from"], form["event_to"], strict=True)
    found = []
    for name, start, end in rows:
        if not (name.strip() or start or end):
            continue
        begin, over = _moment(name, start, zone), _moment(name, end, zone)
        found.append(KnownEvent(name.strip(), begin, over))
    return tuple(found)


def _moment(name: str, text: str, zone: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError as error:
        raise BadInput("watch.event_wrong", event=name) from error


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"
