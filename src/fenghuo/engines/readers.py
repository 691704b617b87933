"""Runs the configured sources: waits, retries, and moves a cursor only after its batch is safe.

For each source, in this order:
1. read the next batch from the stored cursor;
2. hand the batch over; posts and cursor commit together;
3. note how it went; wait until the source says to come again, or as long as its error asks.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from fenghuo.domain.errors import FenghuoError, OurMove, TimeMove, UserMove
from fenghuo.ports.reads import Batch, Reads

log = logging.getLogger("fenghuo.readers")

POLL = timedelta(seconds=60)
"""Pause of a poller that names none. Shorter is impolite to small servers."""
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)
USER_RETRY = timedelta(minutes=5)
"""A wrong credential is tried again so seldom, since only a person can mend it."""
FAULT_RETRY = timedelta(minutes=1)
REFRESH_S = 5.0


class Duties(msgspec.Struct, frozen=True):
    """What the readers ask of the product; each is called in a thread of its own."""

    sources: Callable[[], Mapping[str, Reads]]
    cursor: Callable[[str], str]
    accept: Callable[[str, Batch], None]
    failed: Callable[[str, FenghuoError], None]
    now: Callable[[], datetime]
    alive: Callable[[], object]


async def read_all(duties: Duties, stop: asyncio.Event) -> None:
    """Follow every source until `stop`; sources that come, go or change are noticed."""
    running: dict[str, tuple[Reads, asyncio.Task[None]]] = {}
    while not stop.is_set():
        await asyncio.to_thread(duties.alive)
        wanted = await asyncio.to_thread(duties.sources)
        for name in [n for n, (reads, _) in running.items() if wanted.get(n) is not reads]:
            await _end(running.pop(name)[1])
        for name, reads in wanted.items():
            if name not in running:
                running[name] = (reads, asyncio.create_task(_follow(duties, name, reads, stop)))
        for name in [n for n, (_, task) in running.items() if task.done() and not stop.is_set()]:
            reads, task = running[name]
            again = _begin_anew(duties, name, reads, task.exception(), stop)
            running[name] = (reads, asyncio.create_task(again))
        await _rest(stop, REFRESH_S)
    for _, task in running.values():
        await _end(task)


async def _follow(duties: Duties, name: str, reads: Reads, stop: asyncio.Event) -> None:
    retry = FIRST_RETRY
    while not stop.is_set():
        try:
            next_at = await _read_once(duties, name, reads)
            retry = FIRST_RETRY
        except TimeMove as error:
            await asyncio.to_thread(duties.failed, name, error)
            next_at = error.retry_at
        except UserMove as error:
            await asyncio.to_thread(duties.failed, name, error)
            next_at = duties.now() + USER_RETRY
        except FenghuoError as error:
            await asyncio.to_thread(duties.failed, name, error)
            next_at = duties.now() + retry
            retry = min(LONGEST_RETRY, 2 * retry)
        await _rest(stop, (next_at - duties.now()).total_seconds())


async def _begin_anew(
    duties: Duties, name: str, reads: Reads, fault: BaseException | None, stop: asyncio.Event
) -> None:
    """After a fault that nobody foresaw, which costs this reader and no other."""
    log.error("reader of %s failed; again in %s", name, FAULT_RETRY, exc_info=fault)
    error = OurMove("sources.broken_inside", repr(fault))
    await asyncio.to_thread(duties.failed, name, error)
    await _rest(stop, FAULT_RETRY.total_seconds())
    await _follow(duties, name, reads, stop)


async def _read_once(duties: Duties, name: str, reads: Reads) -> datetime:
    cursor = await asyncio.to_thread(duties.cursor, name)
    next_at = duties.now() + POLL
    async for batch in reads.read(cursor, duties.now()):
        await asyncio.to_thread(duties.accept, name, batch)
        next_at = batch.next_at or duties.now() + POLL
    return next_at


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), max(0.05, seconds))
    except TimeoutError:
        return


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return
