"""Situation: are we all right, what differs, what do I do?"""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.errors import Missing
from fenghuo.domain.fact import Fact
from fenghuo.domain.level import Level, rank
from fenghuo.domain.post import millis
from fenghuo.i18n import say
from fenghuo.ports.listen_store import MentionSearch, StoredWatch, Volume
from fenghuo.web.asking import WORKSPACE, Asking, needs, sent_from_our_page
from fenghuo.web.drawn import range_dot
from fenghuo.web.hearing import ears
from fenghuo.web.pages.watches import first
from fenghuo.web.render import page
from fenghuo.web.volume import Frame, chart

if TYPE_CHECKING:
    from fenghuo.warn import State

router = APIRouter()
HOUR_MS = 3_600_000
SPANS = {"12h": (12 * HOUR_MS, 600_000), "3d": (72 * HOUR_MS, HOUR_MS),
         "4w": (672 * HOUR_MS, 6 * HOUR_MS)}  # fmt: skip
ENDED = frozenset({"alert_closed", "alert_dismissed"})
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


@router.get("/")
def situation(request: Request, asking: Reader, watch: str = "", span: str = "12h") -> Response:
    """The situation of one watch, and every brand's level beside it."""
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
    sources = asking.app.sources.overview(asking.workspace)
    span = span if span in SPANS else "12h"
    return page(
        request,
        "situation.html",
        asking,
        brands=brands,
        brand=chosen,
        mark=heads.get(chosen.stored.id, 0),
        alert=max(chosen.alerts, key=lambda a: rank(a.level), default=None),
        state=state,
        span=span,
        spans=list(SPANS),
        learning=learning_day(state, asking),
        awaiting=asking.app.listen.awaiting(asking.workspace),
        stories=_stories(asking, chosen.stored, SPANS[span][0]),
        sources=sources,
        ears=ears(asking, asking.workspace, sources),
        beside=_beside(asking, chosen.stored, SPANS[span]),
        **_volumes(asking, chosen, state, span),
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


def _stories(asking: Asking, stored: StoredWatch, length: int) -> list[tuple[Fact, str, str]]:
    """The biggest stories of the span, each with the words of an example and their language."""
    since = millis(asking.now) - length
    facts = asking.app.warn.biggest_stories(stored.id, 8, since)
    wanted = [fact.examples[0] for fact in facts if fact.examples]
    known = {m.id: m for m in asking.app.listen.named(asking.workspace, wanted)}
    rows = []
    for fact in facts:
        example = known.get(fact.examples[0]) if fact.examples else None
        lang = example.understanding.lang if example and example.understanding else ""
        rows.append((fact, example.post.words if example else "", lang))
    return rows


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


def _volumes(asking: Asking, brand: Brand, state: "State", span: str) -> dict[str, Any]:
    length, step = SPANS[span]
    now = millis(asking.now)
    end = (now // step + 1) * step
    frame = Frame(end - length, end, step, asking.zone)
    stored = brand.stored
    search = MentionSearch(asking.workspace, stored.id, since=frame.start, until=end)
    counts = asking.app.listen.volume(search, step)
    lately = [v for v in counts if v.at >= now - HOUR_MS]
    usual = asking.app.usual(state, now - HOUR_MS, now)
    band = [asking.app.usual(state, at, at + step) for at in frame.times]
    history = [f for a in brand.alerts for f in asking.app.warn.alert(stored.id, a.alert)]
    events = stored.watch.events
    drawn = chart(frame, counts, band, history, events, lambda key: say(key, asking.language))
    return {
        "began": {f.alert: f.at for f in reversed(history)},
        "chart": drawn,
        "chart_json": msgspec.to_builtins(drawn),
        "hour": sum(v.mentions for v in lately),
        "hour_range": range_dot(sum(v.mentions for v in lately), usual),
        "platforms": _top(counts, "platform"),
        "markets": _top(counts, "country"),
        "negative": sum(v.mentions for v in counts if v.sentiment == "negative"),
        "total": sum(v.mentions for v in counts),
    }


def _top(counts: list[Volume], by: str) -> list[tuple[str, int]]:
    found: Counter[str] = Counter()
    for volume in counts:
        found[getattr(volume, by)] += volume.mentions
    return found.most_common(8)
