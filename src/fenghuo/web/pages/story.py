"""One story: how grave, where and how it spread, what people say in it."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from fenghuo.app import AGAIN
from fenghuo.domain.errors import BadInput, Missing
from fenghuo.domain.fact import ENDED, Fact
from fenghuo.domain.guest import Shared
from fenghuo.domain.level import rank
from fenghuo.domain.post import millis
from fenghuo.ports.listen_store import StoredMention
from fenghuo.ports.spread_store import Saying, Spread
from fenghuo.web.asking import Asking, needs
from fenghuo.web.matter import harm_words, often, reached
from fenghuo.web.pages.alerts import own_watch
from fenghuo.web.render import page
from fenghuo.web.spreading import spreads, step_of
from fenghuo.web.titles import titles

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]
Values = dict[str, Any]
SHOWN = 12
"""Texts on a page."""
TOP = 8


class Said(msgspec.Struct, frozen=True):
    """A text of a story: the post that stands for it, how often it was said again."""

    mention: StoredMention
    root: str
    again: int


@router.get("/stories/{watch}/{story}")
def one_story(
    request: Request, asking: Reader, watch: str, story: str, before: str = ""
) -> Response:
    """A story: level, spread, most telling posts, then every text once, newest first."""
    stored = own_watch(asking, watch)
    place = _place(before)
    # Asked for before anything that is shown: what comes in between is news to the page.
    mark = asking.app.change_mark(asking.workspace, watch)
    fact, _ = told_of(asking, watch, story)
    alert = _alert(asking, watch, story)
    told = fact or Fact(0, 0, "story_opened", story=story)
    found = asking.app.spreading.sayings(watch, story, SHOWN + 1, place)
    after = found[SHOWN - 1] if len(found) > SHOWN else None
    return page(
        request, "story.html", asking, brand=stored, story=story, fact=fact, mark=mark,
        alert=alert, ended=bool(alert and alert.fact in ENDED), first_page=place is None,
        title=titles(asking, [(watch, told)]).get((watch, story)),
        said=_said(asking, found[:SHOWN]), after=f"{after.first}.{after.root}" if after else "",
        telling=_telling(asking, watch, told) if place is None else [],
        taken_out=asking.app.spreading.taken_out(asking.workspace, watch, story),
        guests=asking.app.guests.seeing(asking.workspace, Shared("story", f"{watch}/{story}")),
        **_spread(asking, watch, story, alert),
    )  # fmt: skip


@router.get("/stories/{watch}/{story}/again/{mention}")
def again(request: Request, asking: Reader, watch: str, story: str, mention: str) -> Response:
    """Who said a text of a story, as a part of its page."""
    own_watch(asking, watch)
    found = asking.app.spreading.again(asking.workspace, watch, story, mention)
    if not found:
        raise Missing("web.no_story")
    return page(request, "again.html", asking, found=found, most=AGAIN)


def own_story(asking: Asking, watch: str, story: str) -> tuple[Fact | None, list[StoredMention]]:
    """The last word on a story of a watch of one's own, and its first posts; Missing without."""
    fact, names = told_of(asking, watch, story)
    return fact, asking.app.listen.named(asking.workspace, names)


def told_of(asking: Asking, watch: str, story: str) -> tuple[Fact | None, list[str]]:
    """The last word on a story, and the names of its first posts; Missing when it has neither."""
    names = asking.app.warn.mentions_of(watch, story)
    fact = asking.app.warn.story(watch, story)
    if fact is None and not names:
        raise Missing("web.no_story")
    return fact, list(names)


def _alert(asking: Asking, watch: str, story: str) -> Fact | None:
    """The gravest open alert about a story, else the last one that ended."""
    still = asking.app.warn.open_alerts(asking.workspace).get(watch, [])
    own = [fact for fact in still if fact.story == story]
    if own:
        return max(own, key=lambda fact: rank(fact.level))
    return next((f for f in asking.app.warn.alerts(watch) if f.story == story), None)


def _said(asking: Asking, found: Sequence[Saying]) -> list[Said]:
    posts = asking.app.listen.named(asking.workspace, [one.mention for one in found])
    known = {post.id: post for post in posts}
    return [Said(known[f.mention], f.root, f.again) for f in found if f.mention in known]


def _telling(asking: Asking, watch: str, fact: Fact) -> list[Said]:
    """The posts that tell most of a story."""
    posts = asking.app.listen.named(asking.workspace, fact.examples)
    again = asking.app.spreading.repeats(watch, fact.story, [post.id for post in posts])
    return [Said(post, post.id, again.get(post.id, 0)) for post in posts if not post.excluded]


def _spread(asking: Asking, watch: str, story: str, alert: Fact | None) -> Values:
    """When, where and in which languages it is spoken of; without posts nothing is."""
    extent = asking.app.spreading.extent(watch, story)
    known = next((s for s in asking.app.warn.state(watch).stories if s.id == story), None)
    cues = harm_words(often(known.cues, known.mentions), asking.language) if known else ""
    if extent is None:
        return {"extent": None, "cues": cues}
    # Silence since the last post is part of the picture as long as the story is open.
    end = max(millis(asking.now), extent.last) if known else extent.last
    found = asking.app.spreading.spread(watch, story, step_of(extent.first, end))
    history = asking.app.warn.alert(watch, alert.alert) if alert else []
    levels = reached([history], alert.level) if alert else []
    return {
        "extent": extent,
        "cues": cues,
        "drawn": spreads(found, extent, end, levels),
        "copies": sum(some.copies for some in found),
        "langs": _top(found, "lang"),
        "platforms": _top(found, "platform"),
        "markets": _top(found, "country"),
    }


def _top(found: Sequence[Spread], by: str) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for some in found:
        counts[getattr(some, by)] += some.mentions
    return counts.most_common(TOP)


def _place(before: str) -> tuple[int, str] | None:
    """Where the page before ended, as its address says."""
    if not before:
        return None
    at, _, root = before.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 16 and root):
        raise BadInput("web.place_wrong")
    return int(at), root
