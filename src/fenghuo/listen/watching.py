"""What a watch may say, beside its queries: one place for the form, the file and the archive."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from fenghuo.domain.errors import BadInput
from fenghuo.domain.market import check_markets
from fenghuo.domain.watch import KnownEvent, Watch
from fenghuo.prepare import quiet_until, zone

_LANGUAGE = re.compile("[a-z]{2}")
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def check_watch(watch: Watch) -> None:
    """BadInput with the first thing that is wrong in a watch; its queries are read elsewhere."""
    for _, fault in watch_faults(watch):
        raise fault


def watch_faults(watch: Watch) -> Iterator[tuple[str, BadInput]]:
    """All that is wrong in a watch, its queries apart: (the field as in a watch file, why)."""
    if not watch.brand.strip():
        yield "brand", BadInput("watch.brand_missing")
    for number, market in enumerate(watch.markets):
        try:
            (known,) = check_markets([market])
            if known != market:
                raise BadInput("watch.market_other", code=market, right=known)
        except BadInput as error:
            yield f"markets[{number}]", error
    for number, code in enumerate(watch.languages):
        if not _LANGUAGE.fullmatch(code):
            yield f"languages[{number}]", BadInput("watch.language_wrong", code=code[:40])
    for number, rival in enumerate(watch.competitors):
        if not rival.brand.strip():
            yield f"competitors[{number}].brand", BadInput("watch.competitor_unnamed")
    yield from _times(watch)


def _times(watch: Watch) -> Iterator[tuple[str, BadInput]]:
    try:
        zone(watch.time_zone)
    except BadInput as error:
        yield "time_zone", error
    try:
        quiet_until(watch.quiet_hours, "UTC", _ANY_DAY)
    except BadInput as error:
        wrong = BadInput("watch.quiet_wrong", error.engineer, value=watch.quiet_hours[:40])
        yield "quiet_hours", wrong
    for number, event in enumerate(watch.events):
        field = _wrong_in(event)
        if field:
            wrong = BadInput("watch.event_wrong", event=event.name[:40])
            yield f"events[{number}].{field}", wrong


def _wrong_in(event: KnownEvent) -> str:
    """The field of an event that is wrong, as a watch file calls it; "" where none is."""
    if not event.name.strip():
        return "name"
    if event.start.tzinfo is None:
        return "from"
    return "to" if event.end.tzinfo is None or event.end <= event.start else ""
