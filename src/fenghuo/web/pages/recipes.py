"""Recipes: a feed found by its blanks (brand, market, app, forum) instead of by its address."""

import asyncio
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.errors import FenghuoError, Missing
from fenghuo.domain.source import Source
from fenghuo.i18n import explain
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import page

if TYPE_CHECKING:
    from fenghuo.listen import Recipe

router = APIRouter()
Keeper = Annotated[Asking, Depends(needs("sources"))]


@router.get("/sources/recipe/{name}")
def form(request: Request, asking: Keeper, name: str) -> Response:
    """What the recipe asks for."""
    return _form(request, asking, name, {})


@router.post("/sources/recipe/{name}", dependencies=[Depends(sent_from_our_page)])
async def save(request: Request, asking: Keeper, name: str) -> Response:
    """A source by the recipe; what does not fit comes back with its reason."""
    sent = {key: str(value).strip() for key, value in (await request.form()).items()}
    return await asyncio.to_thread(_save, request, asking, name, sent)


def _save(request: Request, asking: Asking, name: str, sent: dict[str, str]) -> Response:
    recipe = _recipe(asking, name)
    filled = ", ".join(sent[slot] for slot in recipe.slots if sent.get(slot))
    title = f"{titled(recipe, asking)}: {filled}"
    try:
        options = {**asking.app.fill_recipe(recipe, sent), "proxy": sent.get("proxy", "")}
        asking.app.save_source(
            Source(uuid4().hex, asking.workspace, recipe.platform, title[:80], options),
            asking.who,
        )
    except FenghuoError as error:
        return _form(request, asking, name, sent, explain(error, asking.language))
    return RedirectResponse("/sources", 303)


def titled(recipe: "Recipe", asking: Asking) -> str:
    """The recipe's name in the reader's language."""
    return recipe.name_zh if asking.language == "zh-CN" else recipe.name_en


def _recipe(asking: Asking, name: str) -> "Recipe":
    found = asking.app.recipes().get(name)
    if found is None:
        raise Missing("sources.no_platform", platform=name)
    return found


def _form(
    request: Request, asking: Asking, name: str, sent: dict[str, str], problem: str = ""
) -> Response:
    recipe = _recipe(asking, name)
    return page(
        request,
        "recipe.html",
        asking,
        status=422 if problem else 200,
        name=name,
        recipe=recipe,
        title=titled(recipe, asking),
        note=recipe.note_zh if asking.language == "zh-CN" else recipe.note_en,
        sent=sent,
        problem=problem,
    )
