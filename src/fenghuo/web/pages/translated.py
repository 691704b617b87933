"""A post in the reader's language, as a part of the page that shows it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from fenghuo.domain.errors import FenghuoError, Missing
from fenghuo.i18n import explain
from fenghuo.web.asking import Asking, needs
from fenghuo.web.render import page

router = APIRouter()


@router.get("/translated/{mention}")
async def translated(
    request: Request, asking: Annotated[Asking, Depends(needs("read"))], mention: str
) -> Response:
    """The words, marked as a machine's; or why there are none."""
    app = asking.app
    found = await asyncio.to_thread(app.listen.mention, asking.workspace, mention)
    if found is None:
        raise Missing("translate.nothing")
    words, problem = "", ""
    try:
        words = (await app.translating.of([found], asking.language)).get(mention, "")
    except FenghuoError as error:
        problem = explain(error, asking.language)
    return page(
        request,
        "translated.html",
        asking,
        words=words,
        problem=problem,
        translator=app.translating.name,
    )
