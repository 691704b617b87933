"""Watches: begin one, change it, enter what is expected, stop listening and go on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.errors import FenghuoError
from fenghuo.domain.watch import Watch
from fenghuo.i18n import explain
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.pages.watch_form import ZONES, filled, read_watch
from fenghuo.web.render import page

router = APIRouter()
Keeper = Annotated[Asking, Depends(needs("watch"))]


@router.get("/watch")
def new(request: Request, asking: Keeper) -> Response:
    """The form for one more watch."""
    return first(request, asking)


@router.post("/watch", dependencies=[Depends(sent_from_our_page)])
def begin(
    request: Request,
    asking: Keeper,
    brand: Annotated[str, Form()],
    query: Annotated[str, Form()],
    markets: Annotated[str, Form()] = "",
) -> Response:
    """Begin a watch; a query that cannot be read comes back with its place and its cure."""
    form = {"brand": brand, "query": query, "markets": markets}
    try:
        watch = read_watch({name: [value] for name, value in form.items()}, Watch("", ""))
        made = asking.app.listen.watch(asking.workspace, watch)
    except FenghuoError as error:
        return first(request, asking, explain(error, asking.language), form)
    return RedirectResponse(f"/?watch={made.id}", 303)


@router.get("/watch/{watch}")
def edit(request: Request, asking: Keeper, watch: str) -> Response:
    """The form of a watch."""
    stored = asking.app.listen.one_watch(asking.workspace, watch)
    return _form(request, asking, watch, stored.active, filled(stored.watch))


@router.post("/watch/{watch}", dependencies=[Depends(sent_from_our_page)])
async def save(request: Request, asking: Keeper, watch: str) -> Response:
    """Change a watch; what cannot be read comes back with its cure and nothing lost."""
    sent = await request.form()
    form = {name: [str(value) for value in sent.getlist(name)] for name in sent}
    stored = asking.app.listen.one_watch(asking.workspace, watch)
    try:
        asking.app.listen.watch(asking.workspace, read_watch(form, stored.watch), watch)
    except FenghuoError as error:
        problem = explain(error, asking.language)
        return _form(request, asking, watch, stored.active, form, problem)
    return RedirectResponse(f"/?watch={watch}", 303)


@router.post("/watch/{watch}/pause", dependencies=[Depends(sent_from_our_page)])
def pause(asking: Keeper, watch: str) -> Response:
    """Stop listening for a brand, or go on; what was heard stays."""
    stored = asking.app.listen.one_watch(asking.workspace, watch)
    asking.app.listen.pause(asking.workspace, watch, active=not stored.active)
    return RedirectResponse(f"/watch/{watch}", 303)


def first(
    request: Request, asking: Asking, problem: str = "", form: dict[str, str] | None = None
) -> Response:
    """The two doors: watch my brand, or watch a crisis unfold."""
    empty = {"brand": "", "query": "", "markets": ""}
    return page(
        request,
        "first.html",
        asking,
        status=422 if problem else 200,
        problem=problem,
        form=form or empty,
    )


def _form(
    request: Request,
    asking: Asking,
    watch: str,
    active: bool,
    form: dict[str, list[str]],
    problem: str = "",
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
        zones=ZONES,
    )
