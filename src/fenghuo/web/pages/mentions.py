"""Mentions: search in the query language, with filters in the address."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from fenghuo.domain.errors import BadInput, FenghuoError, Missing
from fenghuo.domain.post import Post
from fenghuo.ports.listen_store import MentionSearch, StoredMention
from fenghuo.web.asking import Asking, needs
from fenghuo.web.filters import Wanted
from fenghuo.web.misread import Misread, misread
from fenghuo.web.pages.mention_filters import narrowing
from fenghuo.web.pages.story import told_of
from fenghuo.web.render import page

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]
Exporter = Annotated[Asking, Depends(needs("export"))]
EXPORTED_AT_ONCE = 500
"""Mentions of an export in memory at a time. Fewer: more queries for the same file."""
SHOWN = 50
COLUMNS = ("time", "platform", "id", "kind", "author", "country", "text", "url", "extra")
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""A spreadsheet runs a cell that begins so; Chinese and Japanese ones the wide forms too."""

Found = list[StoredMention]
Place = tuple[int, str]


Filtered = Annotated[Wanted, Depends(Wanted)]


@router.get("/mentions")
def mentions(request: Request, asking: Reader, wanted: Filtered) -> Response:
    """What was heard, newest first."""
    _must_be_ours(asking, wanted)
    found, after, problem = _page_or_problem(asking, wanted)
    watches = asking.app.listen.watches(asking.workspace)
    rivals = asking.app.listen.rivals(asking.workspace)
    return page(
        request, "mentions.html", asking, wanted=wanted, filters=wanted.filters(),
        found=found, after=f"{after[0]}.{after[1]}" if after else "", problem=problem,
        # How far it has looked where it found less than a page.
        looked_to=after[0] if after and len(found) < SHOWN else 0,
        watches=watches, rivals=rivals, offers=narrowing(asking, wanted, [*watches, *rivals]),
    )  # fmt: skip


@router.get("/mentions.csv")
def as_csv(asking: Exporter, wanted: Filtered) -> Response:
    """All of it as CSV; a cell that a spreadsheet would run as a formula is made a text."""
    return _file("mentions.csv", "text/csv; charset=utf-8", _csv(_all(asking, wanted)))


@router.get("/mentions.jsonl")
def as_jsonl(asking: Exporter, wanted: Filtered) -> Response:
    """All of it as JSON lines, in the form in which posts are taken in."""
    return _file("mentions.jsonl", "application/x-ndjson", _lines(asking, _all(asking, wanted)))


def _must_be_ours(asking: Asking, wanted: Wanted) -> None:
    """Missing when a watch is neither ours nor a competitor's, or has no such story."""
    heard = asking.app.listen
    if wanted.watch and wanted.watch not in {
        w.id for w in (*heard.watches(asking.workspace), *heard.rivals(asking.workspace))
    }:
        raise Missing("web.no_watch")
    if wanted.story:
        told_of(asking, wanted.watch, wanted.story)


def _page_or_problem(asking: Asking, wanted: Wanted) -> tuple[Found, Place | None, Misread]:
    try:
        search = _search(asking, wanted, SHOWN)
        return *_find(asking, search, wanted.q), Misread()
    except FenghuoError as error:
        lists = asking.app.lists.terms(asking.workspace)
        return [], None, misread(error, asking.language, [wanted.q], lists)


def _search(asking: Asking, wanted: Wanted, limit: int) -> MentionSearch:
    """The search of these filters; BadInput for one that cannot be, or that nothing ever was."""
    search = wanted.search(asking.workspace, limit, asking.zone)
    if wanted.platform and not asking.app.listen.knows_platform(asking.workspace, wanted.platform):
        raise BadInput("mentions.platform_unknown", value=wanted.platform)
    return search


def _find(asking: Asking, search: MentionSearch, q: str) -> tuple[Found, Place | None]:
    return asking.app.listen.find(search, q) if q.strip() else asking.app.listen.page(search)


def _all(asking: Asking, wanted: Wanted) -> Iterator[Found]:
    """Everything that the filters find, a page at a time; BadInput at once for a bad query."""
    _must_be_ours(asking, wanted)
    search = _search(asking, wanted, EXPORTED_AT_ONCE)
    # Before the answer has begun: afterwards nothing could be said any more.
    found, after = _find(asking, search, wanted.q)
    return _rest(asking, search, wanted.q, found, after)


def _rest(
    asking: Asking, search: MentionSearch, q: str, found: Found, after: Place | None
) -> Iterator[Found]:
    yield found
    while after is not None:
        search = msgspec.structs.replace(search, before=after)
        found, after = _find(asking, search, q)
        yield found


def _csv(pages: Iterable[Found]) -> Iterator[bytes]:
    yield "\ufeff".encode() + _rows([COLUMNS])
    for found in pages:
        yield _rows(_cells(mention.post) for mention in found)


def _rows(cells: Iterable[Iterable[str]]) -> bytes:
    table = io.StringIO()
    csv.writer(table).writerows(cells)
    return table.getvalue().encode()


def rows_of_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows of a table; a cell that a spreadsheet would run as a formula is made a text."""
    return _rows([f"'{cell}" if _runs(cell) else cell for cell in row] for row in rows)


def _cells(post: Post) -> list[str]:
    cells = [post.time.isoformat(), post.platform, post.id, post.kind, post.author.name,
             post.country, post.words, post.url,
             msgspec.json.encode(post.extra).decode() if post.extra else ""]  # fmt: skip
    return [f"'{cell}" if _runs(cell) else cell for cell in cells]


def _runs(cell: str) -> bool:
    """Spaces and line breaks before the sign are skipped by some programs."""
    return cell.lstrip().startswith(FORMULA) or cell.startswith(("\t", "\r", "\n"))


def _lines(asking: Asking, pages: Iterable[Found]) -> Iterator[bytes]:
    for found in pages:
        yield b"".join(asking.app.listen.line(mention) + b"\n" for mention in found)


def _file(name: str, kind: str, parts: Iterator[bytes]) -> Response:
    """A download of unknown length: broken off, it is seen by the browser to be broken off."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, media_type=kind, headers=headers)
