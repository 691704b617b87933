"""What the doctor asks of the database and of others: clock, links, sources, channels."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic, sleep
from urllib.parse import urlsplit

from fenghuo.app.doctor_finding import Finding, Value
from fenghuo.app.product import SEAL, App
from fenghuo.app.pulse import PARTS
from fenghuo.domain.duty import WakeTest
from fenghuo.domain.errors import FenghuoError
from fenghuo.domain.people import Workspace
from fenghuo.domain.post import aware, millis
from fenghuo.domain.source import Source
from fenghuo.i18n import catalogue
from fenghuo.listen import SourceView
from fenghuo.ports.http import Answer, Http
from fenghuo.security.egress import Egress

LOOK_S, UNSTEADY_S = 0.25, 0.1
ASKED = 3
"""Sources that are asked for the time, one after the other, until one answers."""
SKEWED_S, WRONG_S = 30, 300
"""Posts of so many seconds in our future count at their receipt; signatures fail beyond WRONG."""


def check_clock(app: App, tables: bool) -> Iterator[Finding]:
    """The clock goes evenly, has not gone back, and agrees with somebody else's."""
    began, since = app.clock.now(""), monotonic()
    sleep(LOOK_S)
    gone = (app.clock.now("") - began).total_seconds()
    if abs(gone - (monotonic() - since)) > UNSTEADY_S:
        yield Finding("clock", "warning", "doctor.clock_jumps")
    views = _views(app) if tables else []
    last = max((view.health.last_read for _, view in views), default=0)
    behind = (last - millis(app.clock.now(""))) // 1000
    if behind > SKEWED_S:
        yield Finding("clock", "broken", "doctor.clock_back", {"seconds": behind})
    # A key that is gone is never made anew here.
    readable = [v.source for _, v in views if v.source.active and not _locked(app, v.source)]
    yield _compared(app, readable)


def check_parts(app: App) -> Iterator[Finding]:
    """Whether reading, counting and telling people work at this moment."""
    life = app.pulse.life(patient=False)
    if len(life.still) == len(PARTS) and not any(life.still.values()):
        yield Finding("parts", "warning", "doctor.parts_never")
        return
    for part, at in sorted(life.still.items()):
        minutes = (millis(app.clock.now("")) - at) // 60_000
        key = "doctor.part_still" if at else "doctor.part_never"
        yield Finding("parts", "warning", key, {"part": part, "minutes": minutes})
    for name in sorted(life.failing):
        yield Finding("parts", "broken", "doctor.part_failing", {"name": name})
    if not life.still and not life.failing:
        yield Finding("parts", "ok", "doctor.parts")


def check_links(app: App) -> Iterator[Finding]:
    """Whether a link in a message opens, as far as this machine can tell."""
    url = app.config.public_url.rstrip("/")
    if not url:
        yield Finding("links", "warning", "doctor.links_unset")
        return
    parts = urlsplit(url)
    values: Mapping[str, Value] = {"host": parts.hostname or "?"}
    config = app.config
    way = Egress(lambda: app.clock.now(""), allow_private=config.private, proxy=config.proxy)
    try:
        answer = _get(way, url + "/healthz")
    except FenghuoError as error:
        if error.key == "sources.address_forbidden":
            yield Finding("links", "warning", "doctor.links_private", values)
        else:
            yield Finding.of("links", "warning", error, "doctor.links_silent", **values)
        return
    if answer.body.strip() not in {b'{"fenghuo":"well"}', b'{"fenghuo":"still"}'}:
        values = {**values, "status": answer.status}
        yield Finding("links", "broken", "doctor.links_other", values)
    elif parts.scheme == "http":
        yield Finding("links", "warning", "doctor.links_plain", values)
    else:
        yield Finding("links", "ok", "doctor.links", values)


def check_sources(app: App) -> Iterator[Finding]:
    """Each source that fails, cannot be opened or is quiet; one line when none does."""
    views = _views(app)
    active = [(place, view) for place, view in views if view.source.active]
    found = [f for place, view in active for f in _source(app, place, view)]
    yield from found
    if not active:
        yield Finding("sources", "warning", "doctor.sources_none")
    elif not found:
        yield Finding("sources", "ok", "doctor.sources", {"count": len(active)})


def check_channels(app: App) -> Iterator[Finding]:
    """Whether somebody would be woken: channels, their seals, and gaps in the duty list."""
    places = [place for place in _places(app) if place.kind == "real"]
    for place in places:
        yield from _channels(app, place)
    if not places:
        yield Finding("channels", "ok", "doctor.channels_no_workspace")


def _source(app: App, place: Workspace, view: SourceView) -> Iterator[Finding]:
    source, health = view.source, view.health
    values: Mapping[str, Value] = {"title": source.title, "workspace": place.name}
    if _locked(app, source):
        yield Finding("sources", "broken", "doctor.seal_gone", values)
        return
    try:
        app.reads(source)
    except FenghuoError as error:
        yield Finding.of("sources", "broken", error, "doctor.source_unusable", **values)
        return
    if health.error in catalogue("en"):
        waits = health.move in ("user", "nobody")
        yield Finding(
            "sources", "broken" if waits else "warning", "doctor.source_fails",
            values, health.error, health.values,
        )  # fmt: skip
    elif view.quiet:
        since = f"{aware(health.last_post):%Y-%m-%d %H:%M} UTC"
        yield Finding("sources", "warning", "doctor.source_quiet", {**values, "since": since})


def _channels(app: App, place: Workspace) -> Iterator[Finding]:
    named = {"workspace": place.name}
    with app.store.reading() as tx:
        channels = tx.prepare.channels(place.id)
    if not channels:
        yield Finding("channels", "warning", "doctor.channels_none", named)
        return
    sealed = [channel for channel in channels if channel.sealed]
    if sealed and not (app.config.var / SEAL).exists():
        titles = ", ".join(channel.title for channel in sealed)
        yield Finding("channels", "broken", "doctor.seal_gone", {"title": titles, **named})
        return
    for channel in channels:
        values = {"title": channel.title, **named}
        if not channel.sealed:
            # An archive carries none.
            yield Finding("channels", "warning", "doctor.channel_unaddressed", values)
            continue
        try:
            app.seals.open(channel.sealed)
        except FenghuoError as error:
            yield Finding.of("channels", "broken", error, "doctor.channel_unusable", **values)
    if not any(channel.rings_through for channel in channels):
        yield Finding("channels", "warning", "doctor.channels_silent", named)
    yield from _sleepers(app, place, {c.id for c in channels if c.rings_through})
    holes = app.prepare.holes(place.id)
    if holes:
        since = f"{holes[0].start:%Y-%m-%d %H:%M} UTC"
        gaps: Mapping[str, Value] = {**named, "count": len(holes), "since": since}
        yield Finding("channels", "warning", f"doctor.duty_{holes[0].kind}", gaps)
    else:
        yield Finding("channels", "ok", "doctor.channels", {**named, "count": len(channels)})


def _sleepers(app: App, place: Workspace, ringing: set[str]) -> Iterator[Finding]:
    """People on the duty list whom a message would not wake, as far as is known."""
    duties = app.prepare.duties(place.id)
    named = {"workspace": place.name}
    silent = {d.person.name for d in duties if ringing and not ringing & set(d.person.channels)}
    if silent:
        names = ", ".join(sorted(silent))
        yield Finding("channels", "warning", "doctor.duty_no_ring", {**named, "names": names})
    last: dict[str, WakeTest] = {}
    for test in sorted(app.prepare.wakes(place.id), key=lambda test: test.asked_at):
        last[test.member] = test
    failed = {test.name for test in last.values() if test.state == "failed"}
    if failed:
        names = ", ".join(sorted(failed))
        yield Finding("channels", "warning", "doctor.wake_failed", {**named, "names": names})


def _compared(app: App, sources: list[Source]) -> Finding:
    """Our clock beside that of a server which a source reads anyway."""
    asked = 0
    for source in sources:
        urls = [v for v in source.options.values() if v.startswith(("http://", "https://"))]
        if not urls or asked == ASKED:
            continue
        asked += 1
        try:
            answer = _get(app.readers.way(source), urls[0])
            theirs = parsedate_to_datetime(answer.headers["date"])
        except (FenghuoError, KeyError, ValueError):
            continue
        skew = round((app.clock.now("") - _utc(theirs)).total_seconds())
        values: Mapping[str, Value] = {"seconds": abs(skew), "host": answer.host}
        if abs(skew) > WRONG_S:
            return Finding("clock", "broken", "doctor.clock_wrong", values)
        if abs(skew) > SKEWED_S:
            return Finding("clock", "warning", "doctor.clock_skewed", values)
        return Finding("clock", "ok", "doctor.clock", values)
    return Finding("clock", "ok", "doctor.clock_alone" if not asked else "doctor.clock_unanswered")


def _get(way: Http, url: str) -> Answer:
    return asyncio.run(way.get(url))


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _locked(app: App, source: Source) -> bool:
    """Whether a source has secrets, and the key that sealed them is not there."""
    return app.readers.bare(source)[0] != source and not (app.config.var / SEAL).exists()


def _places(app: App) -> list[Workspace]:
    with app.store.reading() as tx:
        return tx.access.workspaces()


def _views(app: App) -> list[tuple[Workspace, SourceView]]:
    return [(place, view) for place in _places(app) for view in app.sources.overview(place.id)]
