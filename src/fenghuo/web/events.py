"""Live: tells an open page that a fact has come; the page then asks for its newest self."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from fenghuo.web.asking import Asking, needs

router = APIRouter()
LOOK_S = 0.5
"""How often the database is asked. Longer: a fact is seen later. Shorter: idle pages cost more."""


@router.get("/events")
async def events(
    request: Request,
    asking: Annotated[Asking, Depends(needs("read"))],
    watch: str = "",
    seen: str = "",
) -> EventSourceResponse:
    """Server-sent events `fact` with the watch's change mark as id; `seen` is the page's own."""
    known = request.headers.get("last-event-id", seen)
    return EventSourceResponse(_changes(asking, watch, known), sep="\n", ping=15)


async def _changes(asking: Asking, watch: str, known: str) -> AsyncIterator[ServerSentEvent]:
    own = {stored.id for stored in asking.app.listen.watches(asking.workspace)}
    if watch not in own:
        return
    while True:
        mark = await asyncio.to_thread(asking.app.change_mark, asking.workspace, watch)
        if mark != known:
            yield ServerSentEvent(data=mark, event="fact", id=mark, sep="\n")
        known = mark
        await asyncio.sleep(LOOK_S)
