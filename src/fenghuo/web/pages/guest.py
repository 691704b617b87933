"""The page of a guest's link: one thing, read only, without an account or a script.

The link is the right, and opens this page alone: it makes no session. What was said to us in
private or handed in by hand is counted and never shown, nor is anything that names a member of the
team. A guest sees the translations that members had made, and causes none: strangers cannot run up
a bill.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from fenghuo.domain.errors import Missing, NobodysMove, NotAllowed
from fenghuo.domain.fact import ENDED
from fenghuo.domain.guest import Guest
from fenghuo.domain.handed import kept_inside
from fenghuo.i18n import explain, say
from fenghuo.ports.listen_store import StoredMention
from fenghuo.web.asking import Asking, anybody
from fenghuo.web.pages.alerts import own_watch
from fenghuo.web.pages.entry import address_of
from fenghuo.web.pages.story import own_story
from fenghuo.web.render import page

if TYPE_CHECKING:
    from fenghuo.app import App

router = APIRouter()
Values = dict[str, Any]
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@router.get("/g/{secret}")
def look(request: Request, asking: Annotated[Asking, Depends(anybody)], secret: str) -> Response:
    """The one thing of the link; a chat tool's preview that comes first spends nothing."""
    stranger = Asking(asking.app, asking.language, asking.app.clock.now(""))
    try:
        guest = asking.app.guests.open(secret, address_of(request))
    except (Missing, NobodysMove, NotAllowed) as error:
        return _over(request, stranger, error)
    try:
        return _shown(request, _as_guest(asking.app, guest))
    except Missing:
        # What was shared is gone; to somebody outside that is the end of the link.
        return _over(request, stranger, NobodysMove("guests.link_over"))


def _as_guest(app: "App", guest: Guest) -> Asking:
    """Whoever holds the link, in the language and the time zone of the sharer's choice."""
    now = app.clock.now(guest.workspace)
    return Asking(app, guest.language, now, away=guest.time_zone, guest=guest)


def _shown(request: Request, asking: Asking) -> Response:
    if asking.guest is None or not asking.may("see_shared"):
        raise NotAllowed("access.forbidden")
    shared = asking.guest.shared
    watch, _, name = shared.id.partition("/")
    seen = _alert(asking, watch, name) if shared.kind == "alert" else _story(asking, watch, name)
    return _dressed(page(request, "guest.html", asking, guest=asking.guest, **seen))


def _alert(asking: Asking, watch: str, alert: str) -> Values:
    """An alert without what the team did about it."""
    stored = own_watch(asking, watch)
    history = asking.app.warn.alert(watch, alert)
    now = asking.app.warn.alert_now(watch, alert)
    last = now if now.reasons else next((f for f in reversed(history) if f.reasons), now)
    about, reasons, against = asking.app.in_words(last, asking.language)
    found = asking.app.listen.named(asking.workspace, list(last.examples))
    return {
        "brand": stored.watch.brand,
        "now": now,
        "opened": history[0].at,
        "ended": history[-1].fact in ENDED,
        "about": about,
        "reasons": reasons,
        "against": against,
        "counted": now.mentions,
        **_posts(asking, found),
    }


def _story(asking: Asking, watch: str, story: str) -> Values:
    """A story and its posts."""
    brand = own_watch(asking, watch).watch.brand
    fact, found = own_story(asking, watch, story)
    return {
        "brand": brand,
        "now": None,
        "counted": fact.mentions if fact else len(found),
        **_posts(asking, found),
    }


def _posts(asking: Asking, found: Sequence[StoredMention]) -> Values:
    """What may go out of them, as far as translated before, and how many were private."""
    # What was erased on request has no words left.
    mine = [m for m in found if not m.excluded and m.post.words.strip()]
    public = [m for m in mine if not kept_inside(m.post, m.marks)]
    translated = asking.app.translating.known(public, asking.language)
    return {"posts": public, "private": len(mine) - len(public), "translated": translated}


def _over(request: Request, asking: Asking, error: Missing | NobodysMove | NotAllowed) -> Response:
    """404 when the link is not ours, 410 when it is over, 429 after too many that are not."""
    status = 404 if isinstance(error, Missing) else 410 if isinstance(error, NobodysMove) else 429
    key = "guests.over" if status == 410 else "guests.wrong"
    return _dressed(
        page(
            request,
            "over.html",
            asking,
            status=status,
            heading=say(key, asking.language),
            text=explain(error, asking.language),
            door=False,
        )
    )


def _dressed(response: Response) -> Response:
    """Kept by nobody, found by no search engine, and told to no site that a post links to."""
    response.headers.update(HEADERS)
    return response
