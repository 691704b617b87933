"""Named lists: made by hand or of a file, changed, removed; who uses which."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from fenghuo.app import MOST_ENTRIES, NAME_LONGEST, cautions_of
from fenghuo.app.list_files import LARGEST, entries_of
from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.i18n import explain, say
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import joined, page

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]
Keeper = Annotated[Asking, Depends(needs("watch"))]
HOME = "/settings/lists"
NAMED = 20
"""Entries that are named with what is worth knowing of them."""


class Sent:
    """The form as it was sent: a name, lines, a file."""

    def __init__(self, form: FormData) -> None:
        self.name = str(form.get("name", ""))
        self.entries = str(form.get("entries", ""))
        file = form.get("file")
        self._file = file if isinstance(file, UploadFile) and file.filename else None

    def lines(self) -> list[str]:
        """What was typed, then what the file holds; BadInput says what is wrong with the file."""
        typed = self.entries.splitlines()
        if self._file is None:
            return typed
        content = self._file.file.read(LARGEST + 1)
        return [*typed, *entries_of(str(self._file.filename), content)]


@router.get("/settings/lists")
def lists(request: Request, asking: Reader) -> Response:
    """The lists of the workspace."""
    return _all(request, asking, Sent(FormData()))


@router.post("/settings/lists", dependencies=[Depends(sent_from_our_page)])
async def make(request: Request, asking: Keeper) -> Response:
    """A new list; what is refused comes back as it was typed."""
    return await asyncio.to_thread(_make, request, asking, Sent(await request.form()))


@router.get("/settings/lists/{name}")
def one(request: Request, asking: Reader, name: str) -> Response:
    """A list, who uses it, and what is worth knowing about its entries."""
    return _one(request, asking, name)


@router.post("/settings/lists/{name}", dependencies=[Depends(sent_from_our_page)])
async def change(request: Request, asking: Keeper, name: str) -> Response:
    """Other entries; what is refused comes back as it was typed."""
    return await asyncio.to_thread(_change, request, asking, name, Sent(await request.form()))


@router.post("/settings/lists/{name}/remove", dependencies=[Depends(sent_from_our_page)])
def remove(request: Request, asking: Keeper, name: str) -> Response:
    """Remove a list that no watch uses."""
    try:
        asking.app.lists.remove(asking.workspace, name, asking.who)
    except BadInput as error:
        return _one(request, asking, name, error=error)
    return RedirectResponse(HOME, 303)


def _make(request: Request, asking: Asking, sent: Sent) -> Response:
    try:
        asking.app.lists.make(asking.workspace, sent.name, sent.lines(), asking.who)
    except FenghuoError as error:
        return _all(request, asking, sent, explain(error, asking.language))
    return RedirectResponse(HOME, 303)


def _change(request: Request, asking: Asking, name: str, sent: Sent) -> Response:
    try:
        asking.app.lists.change(asking.workspace, name, sent.lines(), asking.who)
    except FenghuoError as error:
        return _one(request, asking, name, sent, error)
    return RedirectResponse(HOME, 303)


def _all(request: Request, asking: Asking, sent: Sent, problem: str = "") -> Response:
    return page(
        request, "lists.html", asking, status=422 if problem else 200, problem=problem, sent=sent,
        lists=asking.app.lists.overview(asking.workspace), limit=MOST_ENTRIES, longest=NAME_LONGEST,
    )  # fmt: skip


def _one(
    request: Request,
    asking: Asking,
    name: str,
    sent: Sent | None = None,
    error: FenghuoError | None = None,
) -> Response:
    use = asking.app.lists.one(asking.workspace, name)
    return page(
        request, "list.html", asking, status=422 if error else 200, use=use, limit=MOST_ENTRIES,
        problem=explain(error, asking.language) if error else "",
        entries=sent.entries if sent else "\n".join(use.named.entries),
        cautions=[
            say(key, asking.language, names=joined(entries[:NAMED], asking.language))
            for key, entries in cautions_of(use.named).items()
        ],
    )  # fmt: skip
