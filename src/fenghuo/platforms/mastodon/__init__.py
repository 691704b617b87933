"""Mastodon: the hashtags and words of one server, by its timelines or by its streams.

Without a token the public hashtag timelines are asked page by page. With one the streams of the
hashtags are followed, and words are searched for, which servers allow to members only. What came
while a stream was broken is fetched from the timelines. Edits and deletions are passed over: a
log of mentions is never rewritten. Mastodon.py is not used: it opens connections of its own, and
every connection goes through our one way out.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, suppress
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import msgspec

from fenghuo.domain.errors import BadInput, FenghuoError, NotAllowed, OurMove, TimeMove
from fenghuo.platforms.mastodon.places import EVERY, Found, Reading, before, newest, order
from fenghuo.platforms.mastodon.statuses import Status, read_statuses
from fenghuo.ports.http import Answer, Web
from fenghuo.ports.reads import Batch, Health, Option, Reads, Spec

SERVER = "mastodon.social"
MOST_NAMES = 20
"""Hashtags and words of one source: each is a connection or a request a minute of its own."""
PAGE = 40
MOST_PAGES = 10
"""Of one hashtag in one go, so that a flood under one does not silence the others."""
AT_ONCE = 200
WAITING = 1_000
MOST_LINES = 100

SPEC = Spec(
    "mastodon",
    "Mastodon",
    "Mastodon",
    (
        Option(
            "server",
            "text",
            "服务器",
            "Server",
            default=SERVER,
            help_zh="从这台服务器读取；它也看得到别的服务器上的许多帖子。",
            help_en="What is read is what this server sees: its own posts and many of others.",
        ),
        Option(
            "hashtags",
            "list",
            "话题标签",
            "Hashtags",
            help_zh="用逗号或换行分开，例如 veyra, veyrafire。",
            help_en="Separated by commas or lines, such as veyra, veyrafire.",
        ),
        Option(
            "words",
            "list",
            "搜索词",
            "Words",
            help_zh="需要令牌，服务器也须开通全文搜索。",
            help_en="Needs a token, and a server that offers full-text search.",
        ),
        Option(
            "token",
            "secret",
            "访问令牌（可选）",
            "Access token (optional)",
            help_zh="在该服务器的“设置 → 开发”里新建应用，只勾选 read。有了它，帖子几秒内就到。",
            help_en="Make an application under Preferences → Development on that server, with "
            "read only. With it posts come within seconds.",
        ),
    ),
)


def open_reader(options: Mapping[str, str], web: Web) -> Reads:
    """A reader of these options; BadInput when they cannot work."""
    tags = [_tag(name) for name in _listed(options.get("hashtags", ""))]
    words, token = _listed(options.get("words", "")), options.get("token", "").strip()
    if not tags and not words:
        raise BadInput("sources.option_missing", option="hashtags")
    if words and not token:
        raise BadInput("sources.option_missing", option="token")
    for option, names in (("hashtags", tags), ("words", words)):
        if len(names) > MOST_NAMES:
            raise BadInput("sources.option_wrong", option=option, value=names[MOST_NAMES])
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise BadInput("sources.option_wrong", option="token", value="…")
    base = _base(options.get("server", "").strip() or SERVER)
    return Mastodon(base, [f"#{tag}" for tag in tags], words, token, web)


def _listed(text: str) -> list[str]:
    names = (name.strip() for name in re.split(r"[,，\n]", text))
    return list(dict.fromkeys(filter(None, names)))


def _tag(name: str) -> str:
    tag = name.lstrip("#\uff03")
    if not re.fullmatch(r"[\w·・]{1,200}", tag):
        raise BadInput("sources.option_wrong", option="hashtags", value=name)
    return tag


def _base(server: str) -> str:
    """https://host of what a person typed; http only where it is written."""
    with suppress(ValueError):
        parts = urlsplit(server if "://" in server else f"https://{server}")
        right = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        if right and not (parts.path.strip("/") or parts.query or parts.username):
            return f"{parts.scheme}://{parts.netloc}"
    raise BadInput("sources.option_wrong", option="server", value=server)


class _Urls(msgspec.Struct, frozen=True):
    streaming: str | None = ""


class _Configuration(msgspec.Struct, frozen=True):
    urls: _Urls = _Urls()


class _Instance(msgspec.Struct):
    configuration: _Configuration = _Configuration()


_raws = msgspec.json.Decoder(list[msgspec.Raw])
_results = msgspec.json.Decoder(dict[str, list[msgspec.Raw]])
_instance = msgspec.json.Decoder(_Instance)


class Mastodon:
    """Implements Reads over the names (hashtags with "#", words without) of one server.

    The cursor holds the place of each name: the id up to which it was read, with a "+" where
    more was waiting.
    """

    def __init__(
        self, base: str, tags: Sequence[str], words: Sequence[str], token: str, web: Web
    ) -> None:
        """`base` is scheme://host."""
        self._base, self._host = base, base.partition("://")[2]
        self._tags, self._words = tags, words
        self._token = token
        self._web = web
        self._turn = 0
        self._now: datetime | None = None
        self._spent_until: datetime | None = None

    def spec(self) -> Spec:
        """See SPEC; with a token and a hashtag it goes on."""
        return msgspec.structs.replace(SPEC, streams=bool(self._token and self._tags))

    async def check(self) -> Health:
        """One post of the first name, asked for with our token."""
        name = [*self._tags, *self._words][0]
        answer = await self._get(_path(name), {"limit": "1"})
        left = answer.headers.get("x-ratelimit-remaining", "")
        return Health(True, self._host, int(left) if left.isdecimal() else None)

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        """What came since the cursor; with a token then what comes."""
        self._now = now
        if self._spent_until and now >= self._spent_until:
            self._spent_until = None
        reading = Reading(self._host, cursor, now)
        streams = await self._streams() if self.spec().streams else ""
        way = self._follow(streams, reading) if streams else self._ask(reading)
        async with aclosing(way):
            async for batch in way:
                yield batch

    async def _ask(self, reading: Reading) -> AsyncGenerator[Batch, None]:
        """Each name in turn, beginning after the one at which the last read stopped."""
        names = [*self._tags, *self._words]
        for _ in names:
            name = names[self._turn % len(names)]
            self._turn += 1
            async for found in self._since(name, reading.places.get(name, "")):
                yield reading.batch([found])

    async def _follow(self, streams: str, reading: Reading) -> AsyncGenerator[Batch, None]:
        """First listen, then fetch what came while nobody did, then hand on what is heard."""
        heard: asyncio.Queue[Found] = asyncio.Queue(WAITING)
        async with AsyncExitStack() as stack:
            opened = [
                (tag, await stack.enter_async_context(self._stream(streams, tag)))
                for tag in self._tags
            ]
            tasks = [asyncio.create_task(self._hear(*one, heard)) for one in opened]
            stack.push_async_callback(_end, tasks)
            for name in self._tags:
                async for batch in self._all_since(name, reading):
                    yield batch
            if self._words:
                tasks.append(asyncio.create_task(self._search(dict(reading.places), heard)))
            while True:
                yield reading.batch(await _next(heard, tasks))

    async def _hear(self, tag: str, lines: AsyncIterator[str], heard: asyncio.Queue[Found]) -> None:
        """Posts of a stream; `status.update` and `delete` are passed over."""
        async for kind, data in _events(lines, self._host):
            if kind == "update":
                statuses, broken = read_statuses([data.encode()])
                await heard.put(Found(tag, statuses, newest(statuses), broken))

    async def _search(self, places: dict[str, str], heard: asyncio.Queue[Found]) -> None:
        while True:
            for word in self._words:
                async for found in self._since(word, places.get(word, "")):
                    places[word] = found.place
                    await heard.put(found)
            await asyncio.sleep(EVERY.total_seconds())

    async def _all_since(self, name: str, reading: Reading) -> AsyncIterator[Batch]:
        while True:
            async for found in self._since(name, reading.places.get(name, "")):
                yield reading.batch([found])
            if not reading.places[name].endswith("+"):
                return

    async def _since(self, name: str, place: str) -> AsyncIterator[Found]:
        """Page by page, the oldest first; without a place the newest page."""
        reached = place.removesuffix("+")
        after = reached if place.endswith("+") else before(reached)
        for _ in range(MOST_PAGES):
            statuses, broken = await self._page(name, after)
            latest = newest(statuses)
            reached = max(reached, latest, key=order)
            # A server that does not know min_id gives the same page again.
            ended = not place or order(latest) <= order(after)
            mark = "" if ended else "+"
            yield Found(name, statuses, (reached or "0") + mark, broken)
            if ended:
                return
            after = latest

    async def _page(self, name: str, after: str) -> tuple[list[Status], int]:
        params = {"limit": str(PAGE)} | ({"min_id": after} if after else {})
        body = (await self._get(_path(name), params)).body
        try:
            raws = _raws.decode(body) if name.startswith("#") else _results.decode(body)["statuses"]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError) as error:
            raise OurMove("sources.unreadable", repr(error), host=self._host) from error
        return read_statuses(raws)

    async def _streams(self) -> str:
        """Where the streams are, which may be a host of its own; "" where there are none."""
        answer = await self._web.get(f"{self._base}/api/v2/instance", headers=self._headers())
        if answer.status == 404:
            return self._base
        try:
            told = _instance.decode(self._checked(answer).body).configuration.urls.streaming
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise OurMove("sources.unreadable", repr(error), host=self._host) from error
        if told is None:
            return ""
        found = re.sub(r"^ws", "http", told).rstrip("/")
        # Our token goes there: never in the open where the server itself is not.
        return found if found.startswith("https://") else self._base

    def _stream(self, streams: str, tag: str) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        url = f"{streams}/api/v1/streaming/hashtag?tag={quote(tag[1:], '')}"
        return self._web.lines(url, headers=self._headers())

    async def _get(self, path: str, params: Mapping[str, str]) -> Answer:
        if self._spent_until and self._now:
            minutes = max(1, round((self._spent_until - self._now).total_seconds() / 60))
            raise TimeMove(
                "sources.wait", retry_at=self._spent_until, host=self._host, minutes=minutes
            )
        url = self._base + path
        answer = self._checked(await self._web.get(url, headers=self._headers(), params=params))
        if answer.headers.get("x-ratelimit-remaining") == "0":
            self._spent_until = _moment(answer.headers.get("x-ratelimit-reset", ""))
        return answer

    def _checked(self, answer: Answer) -> Answer:
        if not self._token and answer.status in {401, 403, 422}:
            # The server shows its timelines to members only.
            raise NotAllowed("sources.access_refused", str(answer.status), host=self._host)
        return answer.accepted()

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._token}"} if self._token else {}


async def _next(heard: asyncio.Queue[Found], tasks: Sequence[asyncio.Task[None]]) -> list[Found]:
    """What was heard since; the error of a task that ended, once all before it is handed on."""
    getting = asyncio.create_task(heard.get())
    try:
        await asyncio.wait({getting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in [] if getting.done() else tasks:
            if task.done():
                task.result()
        found = [await getting]
    finally:
        getting.cancel()
    while not heard.empty() and len(found) < AT_ONCE:
        found.append(heard.get_nowait())
    return found


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError, FenghuoError):
            await task


async def _events(lines: AsyncIterator[str], host: str) -> AsyncIterator[tuple[str, str]]:
    """Server-sent events as (name, data); a line that begins with ":" is a sign of life."""
    name, data = "", list[str]()
    async for line in lines:
        field, _, value = line.partition(":")
        if not line:
            if data:
                yield name, "\n".join(data)
            name, data = "", []
        elif field == "event":
            name = value.strip()
        elif field == "data":
            data.append(value.removeprefix(" "))
        if len(data) > MOST_LINES:
            raise OurMove("sources.unreadable", "an event without end", host=host)


def _path(name: str) -> str:
    if name.startswith("#"):
        return f"/api/v1/timelines/tag/{quote(name[1:], '')}"
    return f"/api/v2/search?type=statuses&q={quote(name, '')}"


def _moment(told: str) -> datetime | None:
    """An ISO time or seconds since 1970; None when it is neither."""
    with suppress(ValueError, OverflowError):
        at = datetime.fromtimestamp(int(told), UTC) if told.isdigit() else None
        at = at or datetime.fromisoformat(told)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None
