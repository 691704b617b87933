"""Watches: begin one, change it, enter what is expected, stop listening and go on."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.errors import FenghuoError
from fenghuo.domain.source import Source
from fenghuo.domain.watch import Watch
from fenghuo.i18n import explain, say
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.markets import market_name
from fenghuo.web.misread import Misread, misread
from fenghuo.web.pages.watch_form import filled, queries_of, read_watch
from fenghuo.web.render import page

if TYPE_CHECKING:
    from fenghuo.app import Sampled
    from fenghuo.listen import Start

router = APIRouter()
EMPTY = {"brand": "", "query": "", "markets": "", "competitors": "", "proxy": ""}
RIGHT = Misread()
Keeper = Annotated[Asking, Depends(needs("watch"))]


@router.get("/watch")
def new(request: Request, asking: Keeper) -> Response:
    """The form for one more watch."""
    return first(request, asking)


@router.post("/watch", dependencies=[Depends(sent_from_our_page)])
async def begin(request: Request, asking: Keeper) -> Response:
    """Begin a watch and read at once; what cannot be read comes back with its cure."""
    return await asyncio.to_thread(_begin, request, asking, await _sent(request))


@router.post("/watch/preview", dependencies=[Depends(sent_from_our_page)])
async def preview(request: Request, asking: Keeper) -> Response:
    """What the query hits of what each source sent lately: a part of the first page."""
    form = await _sent(request)
    problem = RIGHT
    found: list[Sampled] = []
    newsless: list[str] = []
    chosen: list[tuple[Start, Source]] = []
    try:
        watch = read_watch(form, Watch("", "", time_zone=asking.zone))
        chosen = await asyncio.to_thread(_offered, asking, watch, form)
        newsless = [market_name(code, asking.language) for code in asking.app.without_news(watch)]
        sources = [source for _, source in chosen]
        found = await asking.app.preview(asking.workspace, watch.query, sources)
    except FenghuoError as error:
        problem = await asyncio.to_thread(_wrong, asking, error, form)
    rows = [
        (start, sampled, explain(sampled.error, asking.language) if sampled.error else "")
        for (start, _), sampled in zip(chosen, found, strict=False)
    ]
    return page(
        request, "preview.html", asking, rows=rows, problem=problem, chosen=_chosen(form),
        newsless=newsless,
    )  # fmt: skip


@router.get("/watch/{watch}")
def edit(request: Request, asking: Keeper, watch: str) -> Response:
    """The form of a watch."""
    stored = asking.app.listen.one_watch(asking.workspace, watch)
    return _form(request, asking, watch, stored.active, filled(stored.watch))


@router.post("/watch/{watch}", dependencies=[Depends(sent_from_our_page)])
async def save(request: Request, asking: Keeper, watch: str) -> Response:
    """Change a watch; what cannot be read comes back with its cure and nothing lost."""
    return await asyncio.to_thread(_save, request, asking, watch, await _sent(request))


@router.post("/watch/{watch}/preview", dependencies=[Depends(sent_from_our_page)])
async def preview_change(request: Request, asking: Keeper, watch: str) -> Response:
    """What a changed query would hit of what was heard and sent lately."""
    sent = await _sent(request)
    return await asyncio.to_thread(_preview_change, request, asking, watch, sent)


@router.post("/watch/{watch}/pause", dependencies=[Depends(sent_from_our_page)])
def pause(asking: Keeper, watch: str, active: Annotated[str, Form()] = "") -> Response:
    """Stop listening for a brand, or go on with `active`; what was heard stays."""
    asking.app.listen.pause(asking.workspace, watch, active=bool(active), who=asking.who)
    return RedirectResponse(f"/watch/{watch}", 303)


async def _sent(request: Request) -> dict[str, list[str]]:
    sent = await request.form()
    return {name: [str(value) for value in sent.getlist(name)] for name in sent}


def _begin(request: Request, asking: Asking, form: dict[str, list[str]]) -> Response:
    try:
        watch = read_watch(form, Watch("", "", time_zone=asking.zone))
        offered = _offered(asking, watch, form) if asking.may("sources") else []
        # A form that was not previewed shows no sources: reading begins from all of them.
        chosen = [s for start, s in offered if start.name in form.get("start", [start.name])]
        made = asking.app.begin_watch(asking.workspace, watch, chosen, asking.who)
    except FenghuoError as error:
        one = {name: ", ".join(filter(None, form.get(name, []))) for name in EMPTY}
        problem = _wrong(asking, error, form)
        return first(request, asking, problem, one, _chosen(form))
    return RedirectResponse(f"/?watch={made.id}", 303)


def _chosen(form: Mapping[str, list[str]]) -> list[str] | None:
    """The sources that were ticked; None before they were shown."""
    return [name for name in form["start"] if name] if "start" in form else None


def _preview_change(
    request: Request, asking: Asking, watch: str, form: dict[str, list[str]]
) -> Response:
    asking.app.listen.one_watch(asking.workspace, watch)
    problem, rows = RIGHT, []
    try:
        found = asking.app.sources.would_hit(asking.workspace, form.get("query", [""])[0])
        rows = [(title or say("watch.heard", asking.language), of) for title, of in found]
    except FenghuoError as error:
        problem = _wrong(asking, error, form)
    return page(request, "would_hit.html", asking, rows=rows, problem=problem)


def _save(request: Request, asking: Asking, watch: str, form: dict[str, list[str]]) -> Response:
    stored = asking.app.listen.one_watch(asking.workspace, watch)
    try:
        changed = read_watch(form, stored.watch)
        asking.app.listen.watch(asking.workspace, changed, watch, who=asking.who)
    except FenghuoError as error:
        problem = _wrong(asking, error, form)
        typed = filled(stored.watch) | form
        return _form(request, asking, watch, stored.active, typed, problem)
    return RedirectResponse(f"/?watch={watch}", 303)


def _wrong(asking: Asking, error: FenghuoError, form: Mapping[str, list[str]]) -> Misread:
    lists = asking.app.lists.terms(asking.workspace)
    return misread(error, asking.language, queries_of(form), lists)


def _offered(
    asking: Asking, watch: Watch, form: dict[str, list[str]]
) -> "list[tuple[Start, Source]]":
    return asking.app.starts(
        asking.workspace, watch, asking.language, form.get("proxy", [""])[0].strip()
    )


def first(
    request: Request,
    asking: Asking,
    problem: Misread = RIGHT,
    form: Mapping[str, str] | None = None,
    chosen: list[str] | None = None,
) -> Response:
    """The two doors: watch my brand, or watch a crisis unfold."""
    return page(
        request,
        "first.html",
        asking,
        status=422 if problem else 200,
        problem=problem,
        form=form or EMPTY,
        chosen=chosen,
    )


def _form(
    request: Request,
    asking: Asking,
    watch: str,
    active: bool,
    form: dict[str, list[str]],
    problem: Misread = RIGHT,
) -> Response:
    return page(
        request,
        "watch.html",
        asking,
        status=422 if problem else 200,
        watch=watch,
        active=active,
        form=form,
        problem=problem,
        lists=asking.app.lists.used_by(asking.workspace, watch),
    )
