"""Import: a file of posts or a table of another program, looked at first and then taken in."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from fenghuo.app.imports import FIELDS, JOINED, Choice, Imports, Seen
from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.domain.post import KINDS
from fenghuo.i18n import explain
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import page

router = APIRouter()
Keeper = Annotated[Asking, Depends(needs("sources"))]
MAIN = ("time", "text", "title", "rating", "author", "id", "url", "country")
"""Fields that every table is asked for; the others stand folded below."""


class Sent:
    """The form as it was sent. What was chosen for another file or mapping does not count."""

    def __init__(self, form: FormData) -> None:
        file = form.get("file")
        self.file = file if isinstance(file, UploadFile) and file.filename else None
        self.of = f"{self.file.filename}:{self.file.size}" if self.file else ""
        by = str(form.get("by", ""))
        same = form.get("of") == self.of and form.get("shown", "") == by
        columns: dict[str, list[str]] = {
            f: [str(v) for v in form.getlist(f"column.{f}") if v] for f in FIELDS
        }
        self.choice = Choice(
            by=by,
            columns=columns if same else None,
            watch=str(form.get("watch", "")),
            save_as=str(form.get("save_as", "")).strip(),
            **{name: str(form.get(name, "")) for name in ("kind", "platform", "time_zone",
               "date_order") if same},
        )  # fmt: skip

    def content(self) -> tuple[str, bytes]:
        """Name and bytes of the file; BadInput when none was chosen."""
        if self.file is None:
            raise BadInput("imports.no_file")
        return str(self.file.filename), self.file.file.read()


@router.get("/import")
def form(request: Request, asking: Keeper) -> Response:
    """The form."""
    return _form(request, asking, Sent(FormData()))


@router.post("/import/look", dependencies=[Depends(sent_from_our_page)])
async def look(request: Request, asking: Keeper) -> Response:
    """The first rows as they would be taken in; nothing is kept."""
    sent = Sent(await request.form())
    return await asyncio.to_thread(_look, request, asking, sent)


@router.post("/import", dependencies=[Depends(sent_from_our_page)])
async def take(request: Request, asking: Keeper) -> Response:
    """Take the file in and say what became of each row that gave trouble."""
    sent = Sent(await request.form())
    return await asyncio.to_thread(_take, request, asking, sent)


@router.post("/import/forget", dependencies=[Depends(sent_from_our_page)])
async def forget(request: Request, asking: Keeper) -> Response:
    """Forget a saved mapping; what was read by it stays."""
    name = str((await request.form()).get("name", ""))
    await asyncio.to_thread(Imports(asking.app).forget, asking.workspace, name, asking.who)
    return RedirectResponse("/import", 303)


def _look(request: Request, asking: Asking, sent: Sent) -> Response:
    try:
        seen = Imports(asking.app).look(asking.workspace, *sent.content(), sent.choice)
    except FenghuoError as error:
        return _form(request, asking, sent, explain(error, asking.language))
    return _form(request, asking, sent, seen=seen)


def _take(request: Request, asking: Asking, sent: Sent) -> Response:
    try:
        name, content = sent.content()
        done = Imports(asking.app).take(asking.workspace, name, content, sent.choice, asking.who)
    except FenghuoError as error:
        return _form(request, asking, sent, explain(error, asking.language), _seen(asking, sent))
    return page(request, "import_done.html", asking, done=done, file=name, watch=sent.choice.watch)


def _seen(asking: Asking, sent: Sent) -> Seen | None:
    """A file that was not taken, with its columns as they were chosen; None when it is unread."""
    if sent.file is None:
        return None
    sent.file.file.seek(0)
    try:
        return Imports(asking.app).look(asking.workspace, *sent.content(), sent.choice)
    except FenghuoError:
        # Why it cannot be read is said already.
        return None


def _form(
    request: Request, asking: Asking, sent: Sent, problem: str = "", seen: Seen | None = None
) -> Response:
    live = "hx-request" in request.headers
    imports = Imports(asking.app)
    return page(
        request,
        "import_seen.html" if live else "import.html",
        asking,
        status=422 if problem and not live else 200,
        sent=sent,
        seen=seen,
        problem=problem,
        live=live,
        mappings=imports.mappings(asking.workspace),
        saved=imports.saved(asking.workspace),
        watches=[w for w in asking.app.listen.watches(asking.workspace) if w.active],
        fields=MAIN,
        more=[f for f in FIELDS if f not in MAIN],
        joined=JOINED,
        kinds=KINDS,
    )
