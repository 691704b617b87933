"""`GET /api/v1/mentions`: the search of the pages, for programs."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query

from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import aware
from fenghuo.ports.listen_store import MentionSearch, StoredMention
from fenghuo.web.api.bearer import REFUSED, Reading
from fenghuo.web.api.forms import MentionForm, Mentions, understanding_form

router = APIRouter(prefix="/api/v1", responses=REFUSED, tags=["read"])


@router.get("/mentions")
def mentions(
    asking: Reading,
    watch: Annotated[str, Query(description="Of this watch or competitor only.")] = "",
    q: Annotated[str, Query(max_length=10_000, description="In the query language.")] = "",
    after: Annotated[str, Query(description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Mentions:
    """What was heard, newest first. A page may hold fewer than `limit`: go on until `next` is null.

    Tickets, returns and calls are shown only to a token made by a member who may read them.
    """
    asking.heard(watch)
    search = MentionSearch(asking.workspace, watch, before=_place(after), limit=limit)
    found, place = _find(asking, search, q)
    if len(found) > limit:
        found = found[:limit]
        place = asking.app.listen.place(found[-1])
    shown = [m for m in found if asking.sees_private or not m.post.private]
    return Mentions(
        mentions=[_form(mention) for mention in shown],
        next=f"{place[0]}.{place[1]}" if place else None,
    )


def _find(
    asking: Reading, search: MentionSearch, q: str
) -> tuple[list[StoredMention], tuple[int, str] | None]:
    if q.strip():
        return asking.app.listen.find(search, q)
    found = asking.app.listen.mentions(search)
    return found, asking.app.listen.place(found[-1]) if len(found) == search.limit else None


def _form(mention: StoredMention) -> MentionForm:
    found = mention.understanding
    return MentionForm(
        id=mention.id, watch=mention.watch, received=aware(mention.received),
        story=mention.story, copy_of=mention.copy_of, marks=list(mention.marks),
        post=msgspec.to_builtins(mention.post),
        understanding=understanding_form(found) if found else None,
    )  # fmt: skip


def _place(after: str) -> tuple[int, str] | None:
    if not after:
        return None
    at, _, name = after.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 16 and name):
        raise BadInput("api.after_wrong")
    return int(at), name
