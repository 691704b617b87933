"""Sources: who listens where, how each is doing, and the forms to set one up."""

import asyncio
from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from msgspec.structs import replace

from fenghuo.domain.errors import BadInput, FenghuoError, Missing
from fenghuo.domain.source import Source
from fenghuo.i18n import explain
from fenghuo.ports.reads import Option, Spec
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import page

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]
Keeper = Annotated[Asking, Depends(needs("sources"))]
CHECK_S = 15.0
"""How long a person waits for "try it now"."""


class Shown(msgspec.Struct, frozen=True):
    """What the form says besides: a problem, that it can be read, a secret that was made once.

    `typed` is what was sent and refused.
    """

    problem: str = ""
    well: str = ""
    made: tuple[str, str] = ("", "")
    typed: Mapping[str, str] = {}


@router.get("/sources")
def sources(request: Request, asking: Reader) -> Response:
    """The sources of the workspace, and what could be added."""
    return page(
        request,
        "sources.html",
        asking,
        sources=asking.app.sources.overview(asking.workspace),
        brought=asking.app.sources.brought(asking.workspace),
        specs={spec.platform: spec for spec in asking.app.readers.specs()},
        recipes=asking.app.recipes(),
    )


@router.get("/sources/new/{platform}")
def new(request: Request, asking: Keeper, platform: str) -> Response:
    """The form of a platform, drawn from what it asks for."""
    spec = _spec(asking, platform)
    empty = Source("", asking.workspace, platform, "", {o.name: o.default for o in spec.options})
    return _form(request, asking, empty)


@router.get("/sources/{source}")
def edit(request: Request, asking: Keeper, source: str) -> Response:
    """The form of a source; secrets are not shown again."""
    return _form(request, asking, asking.app.sources.one(asking.workspace, source))


@router.post("/sources/save", dependencies=[Depends(sent_from_our_page)])
async def save(request: Request, asking: Keeper) -> Response:
    """Add or change a source; what cannot work comes back with its reason and nothing lost."""
    form = {name: str(value).strip() for name, value in (await request.form()).items()}
    return await asyncio.to_thread(_save, request, asking, form)


@router.post("/sources/pause", dependencies=[Depends(sent_from_our_page)])
def pause(
    asking: Keeper, source: Annotated[str, Form()], active: Annotated[str, Form()] = ""
) -> Response:
    """Switch a source off, or on again with `active`: two who press at once want the same."""
    asking.app.sources.pause(asking.workspace, source, active=bool(active), who=asking.who)
    return RedirectResponse("/sources", 303)


@router.post("/sources/drop", dependencies=[Depends(sent_from_our_page)])
def drop(asking: Keeper, source: Annotated[str, Form()]) -> Response:
    """Remove a source; what it brought stays."""
    asking.app.sources.remove(asking.workspace, source, asking.who)
    return RedirectResponse("/sources", 303)


@router.post("/sources/check", dependencies=[Depends(sent_from_our_page)])
async def check(request: Request, asking: Keeper, source: Annotated[str, Form()]) -> Response:
    """Try a source now and say how it went."""
    found = await asyncio.to_thread(asking.app.sources.one, asking.workspace, source)
    problem, well = "", ""
    try:
        async with asyncio.timeout(CHECK_S):
            health = await asking.app.reads(found).check()
        well = health.detail or found.title
    except FenghuoError as error:
        problem = explain(error, asking.language)
    except TimeoutError:
        problem = explain(BadInput("sources.check_slow", seconds=int(CHECK_S)), asking.language)
    return await asyncio.to_thread(_form, request, asking, found, Shown(problem, well))


def _save(request: Request, asking: Asking, form: dict[str, str]) -> Response:
    spec = _spec(asking, form.get("platform", ""))
    name = form.get("source", "")
    typed = Source(
        name or uuid4().hex,
        asking.workspace,
        spec.platform,
        form.get("title", "") or spec.title_en,
        {option.name: form.get(option.name, "") for option in spec.options},
    )

    def onto(before: Source) -> Source:
        return replace(typed, options=_kept(asking, before, spec, typed), active=before.active)

    try:
        if name:
            secret = asking.app.change_source(asking.workspace, name, onto, asking.who)
        else:
            secret = asking.app.save_source(typed, asking.who)
    except Missing:
        raise
    except FenghuoError as error:
        blank = onto(asking.app.sources.one(asking.workspace, name)) if name else typed
        blank = replace(blank, id=name, title=form.get("title", ""))
        return _form(request, asking, blank, Shown(explain(error, asking.language), typed=form))
    if secret:
        # It is shown once, with where to send to.
        base = asking.app.config.public_url or str(request.base_url).rstrip("/")
        kept = asking.app.sources.one(asking.workspace, typed.id)
        return _form(request, asking, kept, Shown(made=(f"{base}/hooks/{kept.id}", secret)))
    return RedirectResponse("/sources", 303)


def _kept(asking: Asking, before: Source, spec: Spec, typed: Source) -> dict[str, str]:
    """A secret left empty stays as it is; a single "-" takes it away."""
    held = asking.app.source_options(before)
    options = dict(typed.options)
    for option in spec.options:
        if option.kind == "secret" and not options[option.name]:
            options[option.name] = held.get(option.name, "")
        elif option.kind == "secret" and options[option.name] == "-":
            options[option.name] = ""
    return options


def _spec(asking: Asking, platform: str) -> Spec:
    for spec in asking.app.readers.specs():
        if spec.platform == platform:
            return spec
    raise Missing("sources.no_platform", platform=platform)


def _form(
    request: Request,
    asking: Asking,
    source: Source,
    shown: "Shown | None" = None,
) -> Response:
    shown = shown or Shown()
    spec = _spec(asking, source.platform)
    return page(
        request,
        "source.html",
        asking,
        status=422 if shown.problem else 200,
        spec=spec,
        source=source,
        fields=[_Field(o, asking, source, shown.typed) for o in spec.options],
        problem=shown.problem,
        well=shown.well,
        made=shown.made,
        hook=f"/hooks/{source.id}" if spec.platform == "webhook" and source.id else "",
    )


class _Field:
    """An option as the form shows it."""

    def __init__(
        self, option: Option, asking: Asking, source: Source, typed: Mapping[str, str]
    ) -> None:
        """`typed` is what was just sent and refused: a secret in it has to be typed again."""
        chinese = asking.language == "zh-CN"
        self.option = option
        self.label = option.label_zh if chinese else option.label_en
        self.help = option.help_zh if chinese else option.help_en
        held = source.options.get(option.name, option.default)
        self.kept = option.kind == "secret" and bool(held) and bool(source.id)
        self.lost = option.kind == "secret" and bool(typed.get(option.name))
        self.value = "" if option.kind == "secret" else held
