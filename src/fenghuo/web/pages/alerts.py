"""Alerts: why did you wake me, is it true, what do I press?"""

from collections.abc import Sequence
from time import sleep
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from msgspec.structs import replace

from fenghuo.domain.duty import Call
from fenghuo.domain.fact import ENDED, Fact
from fenghuo.domain.guest import Shared
from fenghuo.domain.log import Judged
from fenghuo.i18n import say
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.matter import Matter, matter
from fenghuo.web.render import local_time, page
from fenghuo.web.titles import readable

router = APIRouter()
LOOK_S, PATIENCE = 0.1, 20
"""How often, and how many times, is looked whether the engine has taken a deed in."""
Reader = Annotated[Asking, Depends(needs("read"))]
Row = tuple[StoredWatch, Fact]


@router.get("/alerts")
def alerts(request: Request, asking: Reader) -> Response:
    """The alerts of the workspace: every open one first, then those that ended lately."""
    found = asking.app.warn.open_alerts(asking.workspace)
    told = [
        (stored, fact)
        for stored in asking.app.listen.watches(asking.workspace)
        for fact in _of_watch(asking, stored.id, found.get(stored.id, ()))
    ]
    rows = _named(asking, told)
    rows.sort(key=_gravest)
    return page(request, "alerts.html", asking, rows=rows, ended=ENDED)


@router.get("/alerts/{watch}/{alert}")
def one_alert(request: Request, asking: Reader, watch: str, alert: str) -> Response:
    """One alert: reasons, what speaks against it, example posts, what happened to it."""
    stored = own_watch(asking, watch)
    history = asking.app.warn.alert(watch, alert)
    now = asking.app.warn.alert_now(watch, alert)
    last = now if now.reasons else next((f for f in reversed(history) if f.reasons), now)
    examples = asking.app.listen.named(asking.workspace, list(last.examples))
    calls = asking.app.telling.calls(watch, alert)
    about = matter(now, history, asking.language, _seen(asking, watch).get(now.story, {}))
    if about.of_story:
        about = replace(about, title=readable(examples, about.harm, asking.language))
    return page(
        request, "alert.html", asking, brand=stored, history=history, now=now, last=last,
        about=about, troubles=_troubles(asking) if about.of_sources else {},
        examples=examples, open=history[-1].fact not in ENDED, calls=calls,
        names=_names(asking, calls), taken=_taken(history),
        titles={c.id: c.title for c in asking.app.prepare.channels(asking.workspace)},
        guests=asking.app.guests.seeing(asking.workspace, Shared("alert", f"{watch}/{alert}")),
    )  # fmt: skip


@router.post("/alerts/{watch}/{alert}", dependencies=[Depends(sent_from_our_page)])
def judge(
    asking: Annotated[Asking, Depends(needs("judge"))],
    watch: str,
    alert: str,
    verdict: Annotated[Literal["acknowledged", "dismissed", "escalated"], Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """A person's word on an alert."""
    own_watch(asking, watch)
    known = len(asking.app.warn.alert(watch, alert))
    judged = Judged(alert, verdict, asking.who, reason.strip())
    asking.app.telling.judge(asking.workspace, watch, judged)
    _await_fact(asking, watch, alert, known)
    return RedirectResponse(f"/alerts/{watch}/{alert}", 303)


def _await_fact(asking: Asking, watch: str, alert: str, known: int) -> None:
    """Give the engine a moment, so that the page that follows shows the deed."""
    for _ in range(PATIENCE):
        if len(asking.app.warn.alert(watch, alert)) > known:
            return
        sleep(LOOK_S)


def _gravest(row: tuple[StoredWatch, Matter]) -> tuple[int, ...]:
    """What is open first, the gravest before others; what is over by when it ended."""
    fact = row[1].fact
    return (1, -fact.at) if fact.fact in ENDED else (0, *row[1].place)


def _named(asking: Asking, rows: Sequence[Row]) -> list[tuple[StoredWatch, Matter]]:
    """Each alert by what it is about; of those that are over only what was said last is read."""
    wanted = [name for _, fact in rows for name in fact.examples]
    shown = {m.id: m for m in asking.app.listen.named(asking.workspace, wanted)}
    seen = {stored.id: _seen(asking, stored.id) for stored, f in rows if f.fact not in ENDED}
    named = []
    for stored, fact in rows:
        over = fact.fact in ENDED
        history = [] if over else asking.app.warn.alert(stored.id, fact.alert)
        cues = seen.get(stored.id, {}).get(fact.story, {})
        about = matter(fact, history, asking.language, cues)
        posts = [shown[name] for name in fact.examples if name in shown]
        title = readable(posts, about.harm, asking.language) if about.of_story else None
        named.append((stored, replace(about, title=title)))
    return named


def _seen(asking: Asking, watch: str) -> dict[str, dict[str, int]]:
    """By open story, in how many posts each grave cue is."""
    return {story.id: story.cues for story in asking.app.warn.state(watch).stories}


def _troubles(asking: Asking) -> dict[str, str]:
    """What is the matter with each source, by its name; those that do well are left out."""
    found = {}
    for view in asking.app.sources.overview(asking.workspace):
        health = view.health
        if health.error:
            found[view.source.title] = say(health.error, asking.language, **health.values)
        elif not health.last_post:
            found[view.source.title] = say("web.source_never", asking.language)
        elif view.quiet:
            at = local_time(health.last_post, asking.zone, asking.now)
            found[view.source.title] = say("web.source_since", asking.language, at=at)
    return found


def _of_watch(asking: Asking, watch: str, still: Sequence[Fact]) -> list[Fact]:
    """Its open alerts, however old, and the last that ended."""
    return [*still, *(f for f in asking.app.warn.alerts(watch) if f.fact in ENDED)]


def _taken(history: Sequence[Fact]) -> Fact | None:
    """The acknowledgement that holds: nothing that asks anew came after it."""
    taken = None
    for fact in history:
        if fact.fact == "alert_acknowledged":
            taken = fact
        elif fact.fact in {"alert_raised", "alert_escalated"}:
            taken = None
    return taken


def _names(asking: Asking, calls: Sequence[Call]) -> dict[str, str]:
    """Names of people by id, those who have left included."""
    return {c.member: c.name for c in calls} | asking.app.access.names(asking.workspace)


def own_watch(asking: Asking, watch: str) -> StoredWatch:
    """A watch of the asking person's workspace; another workspace's does not exist for them."""
    return asking.app.listen.one_watch(asking.workspace, watch)
