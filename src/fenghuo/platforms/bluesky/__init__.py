"""Bluesky: every public post, read from Jetstream or from the firehose of the network itself.

Both go on until they are left and begin anew where the cursor says. Only new posts are taken:
edits and deletions are passed over, since a log of mentions is never rewritten; what a person
has removed "on request" is erased by people, with a fact. The library's own clients are not
used, because every connection goes through our one way out; its decoders are.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from atproto_core.car import CAR
from atproto_core.cbor import decode_dag_multi
from atproto_core.cid import CID
from atproto_core.exceptions import AtProtocolError

from fenghuo.domain.errors import BadInput, FenghuoError, OurMove
from fenghuo.domain.post import Post
from fenghuo.platforms.bluesky.records import POSTS, Record, post_of
from fenghuo.ports.http import Web
from fenghuo.ports.reads import Batch, Health, Option, Reads, Remark, Spec

HOSTS: Mapping[str, tuple[str, ...]] = {
    "jetstream": tuple(
        f"jetstream{n}.us-{side}.bsky.network" for n in (2, 1) for side in ("east", "west")
    ),
    "firehose": ("bsky.network",),
}
"""The public ones. Jetstream counts by time, so that another instance can go on from our cursor;
a firehose counts by its own numbers, which mean nothing elsewhere."""
AT_ONCE = 200
FLUSH_S = 1.0
"""A batch is handed on when it is full or so old, so that the cursor moves in silence too."""
OVERLAP = timedelta(seconds=5)
"""Jetstream is read again from so far back: the clocks of its instances differ a little. Posts
that come twice are known by their ids."""
KEPT = timedelta(hours=24)
"""Jetstream keeps about 36 hours and begins later without a word when asked for older ones."""
REMEMBERED = 5_000
"""Ids by which a repeat within one reading is known; five seconds hold a few hundred."""

SPEC = Spec(
    "bluesky",
    "Bluesky",
    "Bluesky",
    (
        Option(
            "way",
            "choice",
            "读取方式",
            "Way of reading",
            default="jetstream",
            choices=("jetstream", "firehose"),
            help_zh="jetstream 只送帖子，流量小，一般选它。firehose 送来全网的每一次改动，"
            "流量大得多；自建的 Bluesky 服务器（PDS）只有这一种。",
            help_en="jetstream sends posts only and is what most people want. firehose sends every "
            "change on the network, many times as much; a Bluesky server of one's own (PDS) has "
            "only this one.",
        ),
        Option(
            "host",
            "text",
            "服务器",
            "Server",
            help_zh="留空则用 Bluesky 的公共服务器。自建的写成 pds.example.com 或 ws://主机:端口。",
            help_en="Leave empty for Bluesky's public ones. One of your own is written as "
            "pds.example.com or ws://host:port.",
        ),
    ),
    streams=True,
)


def open_reader(options: Mapping[str, str], web: Web) -> Reads:
    """A reader of these options; BadInput when they cannot work."""
    way = options.get("way", "") or "jetstream"
    if way not in HOSTS:
        raise BadInput("sources.option_wrong", option="way", value=way)
    host = options.get("host", "").strip()
    return Bluesky(way, (_address(host),) if host else tuple(map(_address, HOSTS[way])), web)


def _address(host: str) -> str:
    """ws://host:port or wss://host:port of what a person typed."""
    typed = host if "://" in host else f"wss://{host}"
    with suppress(ValueError):
        parts = urlsplit(typed)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        known = scheme in {"ws", "wss"} and parts.hostname and (parts.port is None or parts.port)
        if known and not (parts.path.strip("/") or parts.query or parts.username):
            return f"{scheme}://{parts.netloc}"
    raise BadInput("sources.option_wrong", option="host", value=host)


class Bluesky:
    """Implements Reads over one of two streams."""

    def __init__(self, way: str, addresses: tuple[str, ...], web: Web) -> None:
        """`addresses` are tried in turn, the next one after a failure."""
        self._made = _Jetstream if way == "jetstream" else _Firehose
        self._addresses = addresses
        self._web = web
        self._turn = 0

    def spec(self) -> Spec:
        """See SPEC."""
        return SPEC

    async def check(self) -> Health:
        """A stream asks for no key and tells no quota: it can be opened or it cannot."""
        address = self._address
        async with self._web.frames(address + self._made.path):
            return Health(True, _host(address))

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        """Posts as they are written; the cursor names the stream to which it belongs."""
        stream = self._made(self._address, cursor, now)
        try:
            async with (
                self._web.frames(stream.url) as frames,
                aclosing(_paced(frames, stream)) as pace,
            ):
                async for _ in pace:
                    yield stream.flush()
                    if stream.over:
                        return
        except FenghuoError:
            self._turn += 1
            raise

    @property
    def _address(self) -> str:
        return self._addresses[self._turn % len(self._addresses)]


class _Heard:
    """What was heard since the last flush; the streams differ in their messages only."""

    path = ""

    def __init__(self, address: str, cursor: str, now: datetime) -> None:
        self.host = _host(address)
        self.url = address + self.path
        self.cursor = cursor
        self.over = False
        self._now = now
        self._posts: list[Post] = []
        self._remarks: list[Remark] = []
        self._broken = 0
        self._seen: dict[str, None] = {}

    def take(self, message: str | bytes) -> None:
        """Read a message. What cannot be read is counted and told, and stops nothing."""
        raise NotImplementedError

    @property
    def full(self) -> bool:
        """Whether it is to be handed on now."""
        return self.over or len(self._posts) >= AT_ONCE

    def flush(self) -> Batch:
        """What there is, and begin anew."""
        if self._broken:
            self._remarks.append(
                Remark("sources.messages_broken", {"host": self.host, "count": self._broken})
            )
        batch = Batch(self._posts, self.cursor, self._now if self.over else None, self._remarks)
        self._posts, self._remarks, self._broken = [], [], 0
        return batch

    def _gap(self) -> None:
        self._remarks.append(Remark("sources.stream_gap", {"host": self.host}))

    def _add(self, did: str, rkey: str, record: "Record") -> None:
        post = post_of(did, rkey, record)
        if post.id in self._seen:
            return
        self._seen[post.id] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._posts.append(post)


class _Jetstream(_Heard):
    """JSON; its cursor is "jetstream <microseconds since 1970>"."""

    path = f"/subscribe?wantedCollections={POSTS}"

    def __init__(self, address: str, cursor: str, now: datetime) -> None:
        super().__init__(address, cursor, now)
        way, _, told = cursor.partition(" ")
        self._from = int(told) if way == "jetstream" else 0
        if self._from:
            self.url += f"&cursor={self._from - OVERLAP // timedelta(microseconds=1)}"
        elif cursor:
            self._gap()

    def take(self, message: str | bytes) -> None:
        """One event: a post, or an account that changes, which moves the cursor."""
        try:
            event = _event.decode(message)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self._broken += 1
            return
        self._begin(event.time_us)
        self.cursor = f"jetstream {event.time_us}"
        commit = event.commit
        if commit and (commit.operation, commit.collection) == ("create", POSTS):
            try:
                self._add(event.did, commit.rkey, _record.decode(commit.record))
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                self._broken += 1

    def _begin(self, time_us: int) -> None:
        """At the first event: does it follow on what we had?"""
        asked, self._from = self._from, 0
        minute, kept = (span // timedelta(microseconds=1) for span in (timedelta(minutes=1), KEPT))
        if asked and time_us - asked > minute and self._now.timestamp() * 1e6 - asked > kept:
            self._gap()


class _Firehose(_Heard):
    """CBOR; its cursor is "firehose <host> <number>"."""

    path = "/xrpc/com.atproto.sync.subscribeRepos"

    def __init__(self, address: str, cursor: str, now: datetime) -> None:
        super().__init__(address, cursor, now)
        way, _, told = cursor.partition(" ")
        host, _, number = told.partition(" ")
        if way == "firehose" and host == self.host:
            self.url += f"?cursor={number}"
        elif cursor:
            self._gap()

    def take(self, message: str | bytes) -> None:
        """One frame: a header and a body."""
        try:
            head, body = decode_dag_multi(message)
            operation, kind = head.get("op"), head.get("t")
            if operation == -1:
                self._refused(str(body.get("error")))
            elif kind == "#commit":
                self._commit(body)
            elif kind == "#info" and body.get("name") == "OutdatedCursor":
                self._gap()
            number = body.get("seq")
        except (ValueError, TypeError, AttributeError, AtProtocolError, RecursionError):
            self._broken += 1
            return
        if isinstance(number, int):
            self.cursor = f"firehose {self.host} {number}"

    def _refused(self, error: str) -> None:
        if error != "FutureCursor":
            # ConsumerTooSlow and its like: nothing is lost, since we go on from our cursor.
            raise OurMove("sources.stream_ended", error, host=self.host)
        # The host counts from the beginning again, and so must we.
        self._gap()
        self.cursor, self.over = "", True

    def _commit(self, body: Any) -> None:
        new = [op for op in body["ops"] if _is_new(op)]
        if not new:
            return
        blocks = CAR.from_bytes(body["blocks"]).blocks
        for op in new:
            block = blocks.get(CID.from_decoded_bytes(op["cid"]))
            try:
                record = msgspec.convert(block, Record)
            except (msgspec.MsgspecError, RecursionError):
                self._broken += 1
                continue
            self._add(body["repo"], op["path"].partition("/")[2], record)


def _is_new(op: Any) -> bool:
    return bool(op["action"] == "create" and op["path"].startswith(f"{POSTS}/"))


async def _paced(messages: AsyncIterator[str | bytes], heard: _Heard) -> AsyncGenerator[None, None]:
    """Hands on message after message; yields when enough was heard, and before an error."""
    clock = asyncio.get_running_loop().time
    due: float | None = None
    coming = asyncio.ensure_future(anext(messages))
    try:
        while True:
            left = None if due is None else due - clock()
            await asyncio.wait({coming}, timeout=left)
            if coming.done():
                heard.take(coming.result())
                coming = asyncio.ensure_future(anext(messages))
                due = due or clock() + FLUSH_S
            if heard.full or (due and clock() >= due):
                yield
                due = None
    except FenghuoError:
        if due:
            yield
        raise
    finally:
        coming.cancel()
        with suppress(asyncio.CancelledError, FenghuoError, StopAsyncIteration):
            await coming


class _Commit(msgspec.Struct):
    operation: str
    collection: str
    rkey: str
    record: msgspec.Raw = msgspec.Raw()


class _Event(msgspec.Struct):
    """A message of Jetstream; identity and account events have no commit."""

    did: str
    time_us: int
    commit: _Commit | None = None


_event = msgspec.json.Decoder(_Event)
_record = msgspec.json.Decoder(Record)


def _host(address: str) -> str:
    return address.partition("://")[2]
