"""`GET /api/v1/mentions`: the search of the pages, for programs."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query

from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import aware
from fenghuo.ports.listen_store import MentionSearch, StoredMention
from fenghuo.web.api.bearer import REFUSED, Reading
from fenghuo.web.api.forms import MentionForm, Mentions, understanding_form
from fenghuo.web.filters import Wanted

router = APIRouter(prefix="/api/v1", responses=REFUSED, tags=["read"])


Text = Annotated[str, Query(max_length=1_000)]


@dataclass(frozen=True)
class Labels:
    """What a mention must be besides; each is off when empty."""

    platform: Text = ""
    kind: Annotated[str, Query(max_length=1_000, description="post, review, ticket …")] = ""
    country: Annotated[str, Query(max_length=1_000, description="Market: two small letters.")] = ""
    language: Annotated[str, Query(max_length=1_000, description="As understood: de, zh.")] = ""
    sentiment: Annotated[str, Query(max_length=1_000, description="The likeliest one.")] = ""
    crisis: Annotated[str, Query(max_length=1_000, description="The likeliest type.")] = ""
    grave: Annotated[bool, Query(description="Only with a sign of grave harm.")] = False
    since: Annotated[str, Query(max_length=1_000, description="Day or minute; UTC if bare.")] = ""
    until: Annotated[str, Query(max_length=1_000, description="Included.")] = ""

    def search(self, workspace: str, watch: str, limit: int) -> MentionSearch:
        """The search of these; BadInput names the one that cannot be."""
        told = {**vars(self), "grave": "1" if self.grave else ""}
        return Wanted(watch=watch, **told).search(workspace, limit, "UTC")


@router.get("/mentions")
def mentions(
    asking: Reading,
    labels: Annotated[Labels, Depends()],
    watch: Annotated[str, Query(description="Of this watch or competitor only.")] = "",
    q: Annotated[str, Query(max_length=10_000, description="In the query language.")] = "",
    after: Annotated[str, Query(description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Mentions:
    """What was heard, newest first. A page may hold fewer than `limit`: go on until `next` is null.

    Tickets, returns and calls are shown only to a token made by a member who may read them.
    """
    asking.heard(watch)
    search = labels.search(asking.workspace, watch, limit)
    search = msgspec.structs.replace(search, before=_place(after))
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
    return asking.app.listen.page(search)


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
