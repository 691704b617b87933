"""Personal data: how long words are kept, and their removal on request, with a receipt."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.app import LONGEST_MONTHS, SAMPLE_DAYS, Receipt, Wish
from fenghuo.domain.errors import BadInput, FenghuoError, TimeMove
from fenghuo.i18n import explain
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import page

router = APIRouter()
LOOK_S, PATIENCE = 0.1, 20
"""How often, and how many times, a word on a post waits for the engine to have placed it."""
Reader = Annotated[Asking, Depends(needs("read"))]
Guardian = Annotated[Asking, Depends(needs("privacy"))]
Judge = Annotated[Asking, Depends(needs("judge"))]
Text = Annotated[str, Form()]


def typed(platform: Text = "", author: Text = "", link: Text = "") -> Wish:
    """Whose words go, as somebody fills it into the form."""
    return Wish(platform.strip(), author.strip(), link.strip())


Typed = Annotated[Wish, Depends(typed)]


@router.get("/settings/privacy")
def privacy(request: Request, asking: Reader, link: str = "") -> Response:
    """What is kept and how long; who may remove words can look up what would go."""
    return _page(request, asking, wish=Wish(link=link))


@router.post("/settings/privacy/keep", dependencies=[Depends(sent_from_our_page)])
def keep(request: Request, asking: Guardian, months: Text) -> Response:
    """Keep words for so many months, or for ever."""
    try:
        if not (months.isascii() and months.isdigit() and len(months) < 4):
            raise BadInput("privacy.months_wrong", longest=LONGEST_MONTHS)
        asking.app.forgetting.keep(asking.workspace, int(months), asking.who)
    except BadInput as error:
        return _page(request, asking, problem=explain(error, asking.language))
    return RedirectResponse("/settings/privacy", 303)


@router.post("/settings/privacy/look", dependencies=[Depends(sent_from_our_page)])
def look(request: Request, asking: Guardian, wish: Typed) -> Response:
    """How many posts would go, and some of them; nothing is removed yet."""
    try:
        found = asking.app.erasing.look(asking.workspace, wish)
    except BadInput as error:
        return _page(request, asking, wish=wish, problem=explain(error, asking.language))
    return _page(request, asking, wish=wish, found=found)


@router.post("/settings/privacy/remove", dependencies=[Depends(sent_from_our_page)])
def remove(request: Request, asking: Guardian, wish: Typed) -> Response:
    """Remove them for good; the receipt is a recorded change."""
    try:
        receipt = asking.app.erasing.remove(asking.workspace, wish, asking.who)
    except FenghuoError as error:
        return _page(request, asking, wish=wish, problem=explain(error, asking.language))
    return _page(request, asking, receipt=receipt)


@router.post("/mentions/{mention}/about", dependencies=[Depends(sent_from_our_page)])
async def about(asking: Judge, mention: str, then: Text = "", back: Text = "") -> Response:
    """A person's word that a post is not about us, or (`back`) that it is after all."""
    for turn in range(PATIENCE):
        try:
            await asyncio.to_thread(
                asking.app.exclusion.exclude,
                asking.workspace, mention, asking.who, back=bool(back),
            )  # fmt: skip
            break
        except TimeMove:
            # The engine places a post a moment after it was read.
            if turn == PATIENCE - 1:
                raise
            await asyncio.sleep(LOOK_S)
    own = then.startswith("/") and not then.startswith(("//", "/\\"))
    return RedirectResponse(then if own else "/mentions", 303)


def _page(
    request: Request,
    asking: Asking,
    *,
    wish: Wish = Wish(),  # noqa: B008 - frozen
    found: object = None,
    receipt: Receipt | None = None,
    problem: str = "",
) -> Response:
    return page(
        request, "privacy.html", asking, status=422 if problem else 200, wish=wish, found=found,
        receipt=receipt, problem=problem, months=asking.app.forgetting.months(asking.workspace),
        longest=LONGEST_MONTHS, days=SAMPLE_DAYS,
        platforms=sorted({spec.platform for spec in asking.app.readers.specs()} | {"by-hand"}),
        removals=asking.app.changes(asking.workspace, ("removal_done",), limit=20),
        names=asking.app.access.names(asking.workspace),
    )  # fmt: skip
