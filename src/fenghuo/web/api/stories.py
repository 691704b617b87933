"""`GET /api/v1/stories`."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from fenghuo.web.api.bearer import MOST, REFUSED, Reading, latest_first
from fenghuo.web.api.forms import Stories, story_form

router = APIRouter(prefix="/api/v1", responses=REFUSED, tags=["read"])


@router.get("/stories")
def stories(
    asking: Reading,
    watch: Annotated[str, Query(description="Of this watch only.")] = "",
    since: Annotated[datetime | None, Query(description="Changed at or after; with zone.")] = None,
    after: Annotated[str, Query(description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Stories:
    """The last word on each story, the latest change first."""
    rows = [
        (stored.id, fact)
        for stored in asking.watches(watch)
        for fact in asking.app.warn.stories(stored.id, MOST)
    ]
    shown, after_this = latest_first(rows, since, after, limit)
    return Stories(stories=[story_form(*row) for row in shown], next=after_this)
