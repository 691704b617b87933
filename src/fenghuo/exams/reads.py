"""The exam of every reader: what one that listens to a platform must do when all is well or not.

A stranger's reader sits it too: bring a `Stand`, which sets up the other side on this machine (a
real server where one can be run, else a fake that says so) and opens the reader over it, and let
it `sit` each of `QUESTIONS`. A failed question raises Failed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from fenghuo.domain.errors import BadInput, FenghuoError, OurMove, Reconnect, TimeMove
from fenghuo.domain.post import Post
from fenghuo.i18n import LANGUAGES, explain, say
from fenghuo.listen import check
from fenghuo.ports.reads import Batch, Health, Reads, Remark

Trouble = Literal["absent", "unauthorised", "too_many", "breaks", "garbage", "hangs"]
"""What can be wrong over there: nobody listens on the port; 401, the key is no longer taken; 429
with Retry-After; 500; an answer or message that means nothing; the connection is taken and
nothing is said."""

PATIENCE_S = 10.0
"""How long a post or an error may take to come; everything here is on one machine."""
QUIET_S = 0.3
"""How long a stream is listened to before it is believed to have nothing more."""
PLAIN = "充电宝 caught fire on my desk 🔥 number {n}"
HOSTILE = 'a < b & "c" > d <b>not bold</b> &amp; 起火 <script>alert(1)</script> 👨‍👩‍👧‍👦 end'


class Failed(AssertionError):
    """The reader does not do what the port asks."""


class World(Protocol):
    """The other side while it stands. It lives in the loop of the exam or in threads of its own.

    Posts that were added stay there, whatever the trouble, as on any platform.
    """

    @property
    def now(self) -> datetime:
        """The time it is over there, aware; posts that are added now carry about this time."""
        ...

    @property
    def connections(self) -> int:
        """How many connections of the reader are open right now, as the other side sees it."""
        ...

    def reads(self) -> Reads:
        """A reader over this other side as it behaves now, new as after a restart of ours."""
        ...

    async def add(self, text: str) -> str:
        """Somebody posts this text over there; the id with which the reader must give it."""
        ...

    async def behave(self, trouble: Trouble | None) -> None:
        """From the next connection on it has this trouble, or none."""
        ...


class Stand(Protocol):
    """What the examinee brings."""

    @property
    def name(self) -> str:
        """Of this stand, for the list of results: "mastodon hashtag"."""
        ...

    @property
    def module(self) -> str:
        """The file of the reader: "mastodon" of fenghuo.platforms; a stranger's own name."""
        ...

    @property
    def overlaps(self) -> bool:
        """True where the platform's own cursor is so coarse that some posts must come twice."""
        ...

    @property
    def cannot(self) -> Sequence[str]:
        """Names of QUESTIONS that this platform cannot be asked, such as one that has no key."""
        ...

    def world(self) -> AbstractAsyncContextManager[World]:
        """A new other side with nothing posted yet; all that was opened is closed at its end."""
        ...


class _Heard(msgspec.Struct):
    """What a reading brought."""

    posts: list[Post] = []
    remarks: list[Remark] = []
    cursor: str = ""
    batches: int = 0

    @property
    def ids(self) -> list[str]:
        return [post.id for post in self.posts]

    def take(self, batch: Batch) -> None:
        self.posts.extend(batch.posts)
        self.remarks.extend(batch.remarks)
        self.cursor = batch.cursor
        self.batches += 1


async def it_says_what_it_asks_for_in_both_languages(stand: Stand) -> None:
    """Every label stands there in Chinese and English; a choice offers its default."""
    async with stand.world() as world:
        spec = world.reads().spec()
    texts = [(spec.title_zh, spec.title_en), *((o.label_zh, o.label_en) for o in spec.options)]
    for zh, en in texts:
        _check(bool(zh.strip() and en.strip()), f"a label is missing: {zh!r}, {en!r}")
    names = [option.name for option in spec.options]
    _check(len(set(names)) == len(names), "two options have one name")
    for option in spec.options:
        _check(bool(option.help_zh) == bool(option.help_en), f"{option.name}: a help is missing")
        if option.kind == "choice":
            _check(option.default in option.choices, f"{option.name}: default is no choice")


async def posts_come_well_formed(stand: Stand) -> None:
    """With the platform's name, an id, an aware time and their words; fit for intake."""
    async with stand.world() as world:
        reads = world.reads()
        wanted: dict[str, str] = {}
        heard = await _hear(world, reads, "", _adding(world, 3, wanted))
        for post in heard.posts:
            _check(post.platform == reads.spec().platform, f"platform is {post.platform!r}")
            _check(wanted[post.id] in post.words, f"{wanted[post.id]!r} is not in {post.words!r}")
            _check_fit(post, world.now)


async def hostile_words_come_as_they_were_written(stand: Stand) -> None:
    """Markup that a person typed is text, and stays so, whatever the platform escapes."""
    async with stand.world() as world:

        async def add() -> set[str]:
            return {await world.add(HOSTILE)}

        heard = await _hear(world, world.reads(), "", add)
        _check(HOSTILE in heard.posts[0].words, f"came as {heard.posts[0].words!r}")


async def nothing_is_lost_or_given_twice(stand: Stand) -> None:
    """What is posted while we are away comes when we are back, and nothing comes again."""
    async with stand.world() as world:
        first = await _hear(world, world.reads(), "", _adding(world, 3))
        away = {await world.add(PLAIN.format(n=n)) for n in range(10, 14)}
        second = await _hear(world, world.reads(), first.cursor, _nothing_more(away))
        third = await _hear(world, world.reads(), second.cursor, _adding(world, 2, start=20))
        given = [*first.ids, *second.ids, *third.ids]
        if not stand.overlaps:
            _check(len(set(given)) == len(given), f"given twice: {given}")


async def a_cursor_may_be_used_again(stand: Stand) -> None:
    """A batch that did not become safe is read again from the same cursor, and nothing is lost."""
    async with stand.world() as world:
        first = await _hear(world, world.reads(), "", _adding(world, 1))
        away = {await world.add(PLAIN.format(n=n)) for n in range(10, 13)}
        for _ in range(2):
            await _hear(world, world.reads(), first.cursor, _nothing_more(away))


async def a_read_without_posts_still_gives_a_cursor(stand: Stand) -> None:
    """So that the second read of a quiet source begins where the first one ended."""
    async with stand.world() as world:
        if world.reads().spec().streams:
            return
        heard = await _hear(world, world.reads(), "", _nothing_more(set()))
        _check(bool(heard.batches and heard.cursor), "an empty read gave no cursor")
        await _hear(world, world.reads(), heard.cursor, _adding(world, 2))


async def a_good_source_checks_well(stand: Stand) -> None:
    """`check` answers ok and leaves no connection open."""
    async with stand.world() as world:
        health = await world.reads().check()
        _check(isinstance(health, Health) and health.ok, f"check said {health}")
        await _closed(world)


async def nobody_there_is_tried_again(stand: Stand) -> None:
    """An unreachable host is ours to try again."""
    await _errs(stand, "absent", OurMove)


async def a_refused_key_asks_for_a_new_one(stand: Stand) -> None:
    """401 is for a person to mend."""
    await _errs(stand, "unauthorised", Reconnect)


async def too_many_waits_until_it_is_told(stand: Stand) -> None:
    """429 is a matter of time, and the error says until when."""
    await _errs(stand, "too_many", TimeMove)


async def trouble_over_there_is_tried_again(stand: Stand) -> None:
    """500 is ours to try again."""
    await _errs(stand, "breaks", OurMove)


async def silence_ends(stand: Stand) -> None:
    """A host that takes the connection and says nothing is ours to try again."""
    await _errs(stand, "hangs", OurMove)


async def garbage_is_told_and_loses_nothing(stand: Stand) -> None:
    """What cannot be read is an error or a remark; what was posted meanwhile comes later."""
    async with stand.world() as world:
        first = await _hear(world, world.reads(), "", _adding(world, 1))
        await world.behave("garbage")
        away = {await world.add(PLAIN.format(n=7))}
        told = _Heard(cursor=first.cursor)
        with suppress(FenghuoError):
            await _until(_listen(world, world.reads(), told), lambda: bool(told.remarks))
            _check(bool(told.remarks), "garbage was passed over in silence")
        for remark in told.remarks:
            _check(all(say(remark.key, lang, **remark.values) for lang in LANGUAGES), remark.key)
        await world.behave(None)
        await _hear(world, world.reads(), told.cursor, _nothing_more(away - set(told.ids)))


async def leaving_closes_every_connection(stand: Stand) -> None:
    """A reading that is cancelled, in the middle of a wait or between two batches, is over."""
    async with stand.world() as world:
        await _hear(world, world.reads(), "", _adding(world, 1))
        await _closed(world)
        await world.behave("hangs")
        task = asyncio.create_task(_listen(world, world.reads(), _Heard()))
        await _wait_for(lambda: world.connections > 0)
        task.cancel()
        with suppress(asyncio.CancelledError, FenghuoError):
            await task
        await _closed(world)


Question = Callable[[Stand], Awaitable[None]]
QUESTIONS: Mapping[str, Question] = {
    question.__name__: question
    for question in (
        it_says_what_it_asks_for_in_both_languages,
        posts_come_well_formed,
        hostile_words_come_as_they_were_written,
        nothing_is_lost_or_given_twice,
        a_cursor_may_be_used_again,
        a_read_without_posts_still_gives_a_cursor,
        a_good_source_checks_well,
        nobody_there_is_tried_again,
        a_refused_key_asks_for_a_new_one,
        too_many_waits_until_it_is_told,
        trouble_over_there_is_tried_again,
        silence_ends,
        garbage_is_told_and_loses_nothing,
        leaving_closes_every_connection,
    )
}


def sit(stand: Stand, question: str) -> None:
    """Ask one question, in a loop of its own; raises Failed."""

    async def whole() -> None:
        try:
            async with asyncio.timeout(6 * PATIENCE_S):
                await QUESTIONS[question](stand)
        finally:
            # Sockets that are closing may close before the loop does.
            await asyncio.sleep(0.02)

    asyncio.run(whole())


def _adding(
    world: World, count: int, wanted: dict[str, str] | None = None, start: int = 0
) -> Callable[[], Awaitable[set[str]]]:
    async def add() -> set[str]:
        texts = {}
        for n in range(start, start + count):
            text = PLAIN.format(n=n)
            texts[await world.add(text)] = text
        if wanted is not None:
            wanted.update(texts)
        return set(texts)

    return add


def _nothing_more(ids: set[str]) -> Callable[[], Awaitable[set[str]]]:
    async def add() -> set[str]:
        return ids

    return add


async def _hear(
    world: World, reads: Reads, cursor: str, add: Callable[[], Awaitable[set[str]]]
) -> _Heard:
    """Read from `cursor` until what `add` posts has come; Failed when it does not.

    A stream that begins with no cursor begins now, so its posts are added once it listens; a
    poller finds them there.
    """
    heard = _Heard(cursor=cursor)
    if not reads.spec().streams:
        wanted = await add()
        await _listen(world, reads, heard)
    else:
        task = asyncio.create_task(_listen(world, reads, heard))
        await _wait_for(lambda: world.connections > 0 or task.done())
        await asyncio.sleep(QUIET_S)
        wanted = await add()
        await _until(task, lambda: wanted <= set(heard.ids))
    _check(wanted <= set(heard.ids), f"lost: {wanted - set(heard.ids)} of {wanted}")
    _check(len(set(heard.ids)) == len(heard.ids), f"twice in one reading: {heard.ids}")
    await _closed(world)
    return heard


async def _listen(world: World, reads: Reads, heard: _Heard) -> None:
    batches: AsyncIterator[Batch] = reads.read(heard.cursor, world.now)
    async with aclosing(batches):  # type: ignore[type-var]
        async for batch in batches:
            heard.take(batch)


async def _until(listening: Awaitable[None], enough: Callable[[], bool]) -> None:
    """Listen until there is enough, then leave; an error of the reader comes through."""
    task = asyncio.ensure_future(listening)
    await _wait_for(lambda: enough() or task.done())
    if not task.done():
        await asyncio.sleep(QUIET_S)
        task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _errs(stand: Stand, trouble: Trouble, wanted: type[FenghuoError]) -> None:
    """Both `read` and `check` must raise the wanted error, said in both languages."""
    async with stand.world() as world:
        await world.behave(trouble)
        found = [
            await _error(trouble, _listen(world, world.reads(), _Heard())),
            await _error(trouble, world.reads().check()),
        ]
        for error in found:
            _check(isinstance(error, wanted), f"{trouble}: {wanted.__name__} wanted, not {error!r}")
            _check(all(explain(error, lang) for lang in LANGUAGES), f"{error.key} says nothing")
            if isinstance(error, TimeMove):
                _check(error.retry_at > world.now, f"to come again at {error.retry_at}")
        await _closed(world)


async def _error(trouble: Trouble, call: Awaitable[object]) -> FenghuoError:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await call
    except FenghuoError as error:
        return error
    raise Failed(f"{trouble}, and the reader says all is well")


async def _closed(world: World) -> None:
    await _wait_for(lambda: world.connections == 0, 2.0)
    _check(world.connections == 0, f"{world.connections} connections are left open")


async def _wait_for(holds: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Until it holds or the time is over; the caller sees which."""
    for _ in range(round(seconds / 0.01)):
        if holds():
            return
        await asyncio.sleep(0.01)


def _check_fit(post: Post, now: datetime) -> None:
    try:
        check(post, now)
    except BadInput as error:
        raise Failed(f"intake refuses {post}: {error}") from error


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(what)
