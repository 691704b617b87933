"""Live: tells an open page that a fact has come; the page then asks for its newest self."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from fenghuo.domain.errors import Missing
from fenghuo.web.asking import SESSION, Asking, needs

router = APIRouter()
LOOK_S = 0.5
"""How often the database is asked. Longer: a fact is seen later. Shorter: idle pages cost more."""
LOOKS = 60
"""So many looks in a row go by what the person was found to be allowed. More: a page left open
outlives the right to it. Before anything is told the right is asked for anew in any case."""
STOP_S = 2.0
"""How long a stopping server waits for a stream's last look before it cuts the stream off. Shorter
than what the server allows for everything (`fenghuo part web`)."""


@router.get("/events")
async def events(
    request: Request,
    asking: Annotated[Asking, Depends(needs("read"))],
    watch: str = "",
    seen: str = "",
) -> EventSourceResponse:
    """Server-sent events `fact` with the watch's change mark as id; `seen` is the page's own.

    `out` when the right to see it has ended; the page then finds out why.
    """
    # Asked for in a thread, as everything of the stream: no other page waits for it.
    if not await asyncio.to_thread(_is_ours, asking, watch):
        raise Missing("web.no_watch")
    known = request.headers.get("last-event-id", seen)
    secret = request.cookies.get(SESSION, "")
    stopping = anyio.Event()
    return EventSourceResponse(
        _changes(asking, secret, watch, known, stopping),
        sep="\n",
        ping=15,
        shutdown_event=stopping,
        shutdown_grace_period=STOP_S,
    )


async def _changes(
    asking: Asking, secret: str, watch: str, known: str, stopping: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    """Until the right to see it ends, or the server: a stream that is cut off reads as a fault."""
    for look in count():
        # In a thread: while the database is slow, other pages go on.
        mark = await asyncio.to_thread(asking.app.change_mark, asking.workspace, watch)
        news = mark != known
        if (news or look % LOOKS == 0) and not await asyncio.to_thread(
            _may_see, asking, secret, watch
        ):
            yield ServerSentEvent(data="", event="out", sep="\n")
            return
        if news:
            yield ServerSentEvent(data=mark, event="fact", id=mark, sep="\n")
        known = mark
        with anyio.move_on_after(LOOK_S):
            await stopping.wait()
            return


def _may_see(asking: Asking, secret: str, watch: str) -> bool:
    """Whether the session still holds, still reads this workspace, and the watch is in it."""
    # An open page is not a person at work: it does not keep its session alive.
    session = asking.app.access.session(secret, used=False)
    member = session.member(asking.workspace) if session else None
    if member is None or not member.may("read"):
        return False
    return _is_ours(asking, watch)


def _is_ours(asking: Asking, watch: str) -> bool:
    try:
        asking.app.listen.one_watch(asking.workspace, watch)
    except Missing:
        return False
    return True
