"""Mentions: search in the query language, with filters in the address; stories."""

import csv
import io
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from fenghuo.domain.errors import FenghuoError
from fenghuo.i18n import explain
from fenghuo.ports.listen_store import MentionSearch, StoredMention
from fenghuo.web.asking import Asking, needs
from fenghuo.web.pages.alerts import own_watch
from fenghuo.web.render import page

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]
EXPORTED = 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Wanted:
    """The filters of the address; a link with them shows the same to everybody."""

    def __init__(
        self, q: str = "", watch: str = "", sentiment: str = "", crisis: str = "", before: str = ""
    ) -> None:
        self.q = q
        self.watch = watch
        self.sentiment = sentiment
        self.crisis = crisis
        self.before = before


@router.get("/mentions")
def mentions(
    request: Request, asking: Reader, wanted: Annotated[Wanted, Depends(Wanted)]
) -> Response:
    """What was heard, newest first."""
    search = MentionSearch(
        asking.workspace,
        wanted.watch,
        sentiment=wanted.sentiment,
        crisis_type=wanted.crisis,
        before=_place(wanted.before),
    )
    found, after, problem = _find(asking, search, wanted.q)
    return page(
        request, "mentions.html", asking, **vars(wanted),
        found=found, after=f"{after[0]}.{after[1]}" if after else "", problem=problem,
        watches=asking.app.listen.watches(asking.workspace),
    )  # fmt: skip


@router.get("/mentions.csv")
def as_csv(
    asking: Annotated[Asking, Depends(needs("export"))], q: str = "", watch: str = ""
) -> Response:
    """The same as CSV; a cell that a spreadsheet would run as a formula is made a text."""
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["time", "platform", "id", "kind", "author", "country", "text", "url"])
    for mention in _all(asking, q, watch):
        post = mention.post
        cells = [post.time.isoformat(), post.platform, post.id, post.kind, post.author.name,
                 post.country, post.words, post.url]  # fmt: skip
        rows.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return Response(
        "\ufeff" + table.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="mentions.csv"'},
    )


@router.get("/mentions.jsonl")
def as_jsonl(
    asking: Annotated[Asking, Depends(needs("export"))], q: str = "", watch: str = ""
) -> Response:
    """The same as JSON lines, in the form in which posts are taken in."""
    lines = [msgspec.json.encode(mention.post) for mention in _all(asking, q, watch)]
    return Response(
        b"\n".join(lines),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="mentions.jsonl"'},
    )


@router.get("/stories/{watch}/{story}")
def one_story(request: Request, asking: Reader, watch: str, story: str) -> Response:
    """A story and its posts."""
    stored = own_watch(asking, watch)
    names = asking.app.warn.mentions_of(watch, story)
    found = asking.app.listen.named(asking.workspace, list(names))
    facts = [f for f in asking.app.warn.stories(watch) if f.story == story]
    return page(request, "story.html", asking, brand=stored, story=story, found=found,
                fact=facts[0] if facts else None)  # fmt: skip


def _find(
    asking: Asking, search: MentionSearch, q: str
) -> tuple[list[StoredMention], tuple[int, str] | None, str]:
    try:
        if q.strip():
            return *asking.app.listen.find(search, q), ""
    except FenghuoError as error:
        return [], None, explain(error, asking.language)
    found = asking.app.listen.mentions(search)
    more = len(found) == search.limit
    return found, asking.app.listen.place(found[-1]) if more else None, ""


def _all(asking: Asking, q: str, watch: str) -> list[StoredMention]:
    search = MentionSearch(asking.workspace, watch, limit=500)
    found: list[StoredMention] = []
    while len(found) < EXPORTED:
        page_of_them, after, _ = _find(asking, search, q)
        found.extend(page_of_them)
        if after is None:
            break
        search = msgspec.structs.replace(search, before=after)
    return found


def _place(text: str) -> tuple[int, str] | None:
    at, _, name = text.partition(".")
    return (int(at), name) if at.isdigit() and name else None
