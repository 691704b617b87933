"""Situation: are we all right, what differs, what do I do?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from msgspec.structs import replace

from fenghuo.domain.errors import Missing
from fenghuo.domain.fact import Fact
from fenghuo.domain.level import Level, rank
from fenghuo.domain.post import millis
from fenghuo.i18n import say
from fenghuo.ports.listen_store import MentionSearch, StoredWatch, Volume
from fenghuo.web.asking import WORKSPACE, Asking, needs, sent_from_our_page
from fenghuo.web.drawn import range_dot
from fenghuo.web.hearing import ears
from fenghuo.web.matter import foremost, harm_words, matter, often, reached
from fenghuo.web.pages.watches import first
from fenghuo.web.render import page
from fenghuo.web.titles import readable, titles
from fenghuo.web.trend import HOUR_MS, LOOKED_BACK_MS, MINUTE_MS, trend
from fenghuo.web.volume import Frame, chart

if TYPE_CHECKING:
    from fenghuo.listen import SourceView
    from fenghuo.warn import State

router = APIRouter()
Values = dict[str, Any]
Histories = Mapping[str, Sequence[Fact]]
"""All that happened to each open alert, oldest first."""
SPANS = {"12h": (12 * HOUR_MS, 600_000), "3d": (72 * HOUR_MS, HOUR_MS),
         "4w": (672 * HOUR_MS, 6 * HOUR_MS)}  # fmt: skip
Reader = Annotated[Asking, Depends(needs("read"))]


class Brand(msgspec.Struct, frozen=True):
    """A watch in the strip: its level and its open alerts."""

    stored: StoredWatch
    level: Level
    alerts: tuple[Fact, ...]


class Beside(msgspec.Struct, frozen=True):
    """A brand in the comparison: its posts, and per cent of those read that are negative."""

    stored: StoredWatch
    posts: int
    negative: int | None


class Part(msgspec.Struct, frozen=True):
    """What the curve shows: a span, all of it or one market (country) or one platform."""

    span: str
    market: str = ""
    platform: str = ""

    @property
    def narrow(self) -> bool:
        """Whether it is less than all."""
        return bool(self.market or self.platform)

    def holds(self, volume: Volume) -> bool:
        """Whether a count is in it."""
        return self.market in ("", volume.country) and self.platform in ("", volume.platform)

    def link(self, watch: str, **other: str) -> str:
        """The address of this part, or of another one; what is chosen already is let go."""
        asked = {"watch": watch, **msgspec.structs.asdict(self)}
        for name, value in other.items():
            asked[name] = "" if asked[name] == value else value
        return "/?" + urlencode({name: value for name, value in asked.items() if value})


@router.get("/")
def situation(
    request: Request,
    asking: Reader,
    watch: str = "",
    span: str = "12h",
    market: str = "",
    platform: str = "",
) -> Response:
    """The situation of one watch, and every brand's level beside it; a curve may be of a part."""
    # Asked for before anything that is shown: what comes in between is news to the page.
    heads = asking.app.warn.heads(asking.workspace)
    brands = brands_of(asking, asking.workspace)
    chosen = next((b for b in brands if b.stored.id == watch), None)
    if watch and chosen is None:
        raise Missing("web.no_watch")
    if not brands:
        return first(request, asking)
    chosen = chosen or max(brands, key=_urgency)
    state = asking.app.warn.state(chosen.stored.id)
    histories = {a.alert: asking.app.warn.alert(chosen.stored.id, a.alert) for a in chosen.alerts}
    sources = asking.app.sources.overview(asking.workspace)
    span = span if span in SPANS else "12h"
    return page(
        request,
        "situation.html",
        asking,
        brands=brands,
        brand=chosen,
        mark=heads.get(chosen.stored.id, 0),
        span=span,
        spans=list(SPANS),
        learning=learning_day(state, asking),
        awaiting=asking.app.listen.awaiting(asking.workspace),
        sources=sources,
        beside=_beside(asking, chosen.stored, SPANS[span]),
        **_told(asking, chosen, state, histories, SPANS[span][0]),
        **_seen(asking, chosen, state, histories, sources, Part(span, market, platform)),
    )


@router.post("/demo", dependencies=[Depends(sent_from_our_page)])
def demo(asking: Annotated[Asking, Depends(needs("watch"))]) -> Response:
    """Watch a crisis unfold, in a workspace of its own."""
    answer = RedirectResponse("/", 303)
    if asking.session:
        place = asking.app.begin_demo(asking.session.person.id)
        answer.set_cookie(WORKSPACE, place.id, samesite="lax", httponly=True)
    return answer


def brands_of(asking: Asking, workspace: str) -> list[Brand]:
    """Every watch of a workspace with its open alerts, the gravest level first."""
    found = asking.app.warn.open_alerts(workspace)
    brands = []
    for stored in asking.app.listen.watches(workspace):
        alerts = sorted(found.get(stored.id, ()), key=lambda a: -rank(a.level))
        brands.append(Brand(stored, alerts[0].level if alerts else "calm", tuple(alerts)))
    return brands


def learning_day(state: "State", asking: Asking) -> int:
    """The day of the fortnight in which a watch still learns what is usual, 0 afterwards."""
    if not state.began:
        return 1
    days = (millis(asking.now) - state.began) // (24 * HOUR_MS)
    return days + 1 if days < 14 else 0


def _urgency(brand: Brand) -> int:
    return rank(brand.level)


def _told(
    asking: Asking, brand: Brand, state: "State", histories: Histories, length: int
) -> Values:
    """What is open and what is being said, the gravest first, each by what it is about."""
    watch, language = brand.stored.id, asking.language
    since = millis(asking.now) - length
    stories = asking.app.warn.biggest_stories(watch, 8, since)
    # What stands for the story tells more than what somebody said of it last.
    shows = {story.id: story.examples for story in state.stories}
    named = {a.alert: (*shows.get(a.story, ()), *a.examples) for a in brand.alerts}
    wanted = [name for names in named.values() for name in names]
    shown = {m.id: m for m in asking.app.listen.named(asking.workspace, wanted)}
    seen = {story.id: story.cues for story in state.stories}
    matters = []
    for alert in brand.alerts:
        found = matter(alert, histories[alert.alert], language, seen.get(alert.story, {}))
        posts = [shown[name] for name in named[alert.alert] if name in shown]
        title = readable(posts, found.harm, language) if found.of_story else None
        matters.append(replace(found, title=title))
    return {
        "matters": foremost(matters),
        "reached": reached(histories.values(), brand.level),
        "stories": stories,
        "titles": titles(asking, [(watch, story) for story in stories]),
        "cues": {
            story.id: harm_words(often(story.cues, story.mentions), language)
            for story in state.stories
        },
    }


def _beside(asking: Asking, ours: StoredWatch, span: tuple[int, int]) -> list[Beside]:
    """The brand and its competitors, the loudest first; nothing when it names none."""
    rivals = asking.app.listen.rivals(asking.workspace, ours.id)
    if not rivals:
        return []
    length, step = span
    end = (millis(asking.now) // step + 1) * step
    found = []
    for stored in (ours, *rivals):
        search = MentionSearch(asking.workspace, stored.id, since=end - length, until=end)
        counts = asking.app.listen.volume(search, length)
        total = sum(v.mentions for v in counts)
        read = sum(v.mentions for v in counts if v.sentiment)
        negative = sum(v.mentions for v in counts if v.sentiment == "negative")
        share = round(100 * negative / read) if read else None
        found.append(Beside(stored, total, share))
    return sorted(found, key=lambda beside: -beside.posts)


def _seen(
    asking: Asking,
    brand: Brand,
    state: "State",
    histories: Histories,
    sources: Sequence["SourceView"],
    part: Part,
) -> Values:
    """What was heard over the span and in the past hour, and which way it goes."""
    length, step = SPANS[part.span]
    now, watch = millis(asking.now), brand.stored.id
    end = (now // step + 1) * step
    search = MentionSearch(asking.workspace, watch, since=end - length, until=end)
    counts = asking.app.listen.volume(search, step)
    hears = ears(asking, asking.workspace, sources)
    usual = asking.app.usual(state, now - HOUR_MS, now)
    lately = trend(_minutes(asking, watch, now), now, usual)
    frame = Frame(end - length, end, step, asking.zone, state.began or now)
    return {
        **_drawn(
            asking,
            brand.stored,
            [fact for history in histories.values() for fact in history],
            None if part.narrow else state,
            frame,
            [v for v in counts if part.holds(v)],
        ),
        "part": part,
        "ears": hears,
        "trend": lately,
        # Where nothing is heard, fewer posts say nothing.
        "way": lately.way if brand.stored.active and not hears.deaf else "",
        "hour_range": range_dot(lately.hour, usual),
        "platforms": _top(counts, "platform"),
        "markets": _top(counts, "country"),
        "negative": sum(v.mentions for v in counts if v.sentiment == "negative"),
        "total": sum(v.mentions for v in counts),
    }


def _drawn(
    asking: Asking,
    stored: StoredWatch,
    history: Sequence[Fact],
    state: "State | None",
    frame: Frame,
    counts: Sequence[Volume],
) -> Values:
    """The curve, with what is usual as far as a `state` tells: it knows the whole only."""
    band = [asking.app.usual(state, at, at + frame.step) if state else None for at in frame.times]
    drawn = chart(
        frame, counts, band, history, stored.watch.events, lambda key: say(key, asking.language)
    )
    return {"chart": drawn, "chart_json": msgspec.to_builtins(drawn)}


def _minutes(asking: Asking, watch: str, now: int) -> dict[int, int]:
    """Posts of the hours that the trend looks back, by minute."""
    search = MentionSearch(asking.workspace, watch, since=now - LOOKED_BACK_MS, until=now + 1)
    minutes: Counter[int] = Counter()
    for volume in asking.app.listen.volume(search, MINUTE_MS):
        minutes[volume.at] += volume.mentions
    return minutes


def _top(counts: list[Volume], by: str) -> list[tuple[str, int]]:
    found: Counter[str] = Counter()
    for volume in counts:
        found[getattr(volume, by)] += volume.mentions
    return found.most_common(8)
