"""FAKE: a Jetstream and a firehose of this machine, told what is posted by the test.

Real websockets that speak the real forms: Jetstream's JSON, and frames of DAG-CBOR with a CAR of
blocks. Blocks of the tree of a repository are left out, and nothing is signed.
"""

import asyncio
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import libipld
from fakes.polled import NOW
from fakes.site import closed_port
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from fenghuo.exams.reads import Trouble
from fenghuo.platforms.bluesky import open_reader
from fenghuo.ports.http import Web
from fenghuo.ports.reads import Reads
from fenghuo.security.egress import Egress, Manners

WRITER = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
POSTS = "app.bsky.feed.post"
PATIENT = Manners(connect=2, silence=2, stream_silence=6, whole=5)
"""A batch is older than the silence of a poller when it comes."""
REFUSALS = {
    "unauthorised": (401, Headers()),
    "too_many": (429, Headers({"retry-after": "120"})),
    "breaks": (500, Headers()),
}


def record(text: str, at: datetime, **more: object) -> dict[str, Any]:
    return {"$type": POSTS, "text": text, "createdAt": at.isoformat(), "langs": ["en"], **more}


def event(
    rkey: str,
    found: Mapping[str, Any],
    time_us: int,
    operation: str = "create",
    did: str = WRITER,
) -> str:
    commit = {"rev": "3l", "operation": operation, "collection": POSTS, "rkey": rkey}
    told = {**commit, "cid": "bafy", "record": found} if operation != "delete" else commit
    return json.dumps({"did": did, "time_us": time_us, "kind": "commit", "commit": told})


def frame(kind: str, body: Mapping[str, object]) -> bytes:
    head: dict[str, object] = {"op": 1, "t": kind} if kind else {"op": -1}
    return libipld.encode_dag_cbor(head) + libipld.encode_dag_cbor(dict(body))


def commit(
    rkey: str, found: Mapping[str, Any], seq: int, action: str = "create", kind: str = POSTS
) -> bytes:
    block = libipld.encode_dag_cbor(dict(found))
    name = b"\x01\x71\x12\x20" + hashlib.sha256(block).digest()
    # A link in CBOR is tag 42 over a zero and the name of the block.
    head = b"\xa2eroots\x81\xd8\x2a\x58\x25\x00" + name + b"gversion\x01"
    car = bytes([len(head)]) + head + _length(len(name) + len(block)) + name + block
    ops = [{"action": action, "path": f"{kind}/{rkey}", "cid": name}]
    body = {"repo": WRITER, "seq": seq, "time": NOW.isoformat(), "ops": ops, "blocks": car}
    return frame("#commit", body)


def _length(number: int) -> bytes:
    return bytes([number & 127 | 128]) + _length(number >> 7) if number > 127 else bytes([number])


class Told(ABC):
    """A World (see the exam): every listener hears what was said since its cursor, then all."""

    now = NOW

    def __init__(self, web: Web) -> None:
        self.web = web
        self.said: list[tuple[int, str | bytes]] = []
        self.asked: list[str] = []
        self.port = 0
        self.closing = asyncio.Event()
        self._trouble: Trouble | None = None
        self._more = asyncio.Condition()
        self._held: list[ServerConnection] = []

    @property
    def connections(self) -> int:
        return sum(not held.transport.is_closing() for held in self._held)

    @property
    def url(self) -> str:
        absent = self._trouble == "absent"
        return f"ws://127.0.0.1:{closed_port() if absent else self.port}"

    async def behave(self, trouble: Trouble | None) -> None:
        self._trouble = trouble

    async def add(self, text: str) -> str:
        rkey = f"3l{len(self.said):011d}"
        at = self.now + timedelta(milliseconds=10 * len(self.said))
        await self.say(*self.post(rkey, record(text, at), at))
        return f"at://{WRITER}/{POSTS}/{rkey}"

    async def say(self, place: int, message: str | bytes) -> None:
        """Say this to everyone who listens, now and later; `place` is what a cursor names."""
        async with self._more:
            self.said.append((place, message))
            self._more.notify_all()

    async def close(self) -> None:
        """Let everyone go who waits for more."""
        self.closing.set()
        async with self._more:
            self._more.notify_all()

    async def door(self, connection: ServerConnection, request: Request) -> Response | None:
        self._held.append(connection)
        self.asked.append(request.path)
        if self._trouble == "hangs":
            await self.closing.wait()
        if self._trouble in REFUSALS:
            status, headers = REFUSALS[self._trouble]
            return Response(status, "", Headers({**headers, "content-length": "0"}), b"")
        return None

    async def talk(self, connection: ServerConnection) -> None:
        path = connection.request.path if connection.request else ""
        query = parse_qs(urlsplit(path).query)
        place = self.place(int(query["cursor"][0])) if "cursor" in query else len(self.said)
        try:
            if self._trouble == "garbage":
                await connection.send("\u0000{<nothing that anyone could read")
                await connection.send(b"\x89PNG\xff\x00")
                await connection.wait_closed()
            while True:
                async with self._more:
                    while len(self.said) == place and not self.closing.is_set():
                        await self._more.wait()
                if self.closing.is_set():
                    return
                await connection.send(self.said[place][1])
                place += 1
        except ConnectionClosed:
            return

    @abstractmethod
    def reads(self) -> Reads:
        """As World."""

    @abstractmethod
    def place(self, cursor: int) -> int:
        """From which message on a cursor is answered."""

    @abstractmethod
    def post(self, rkey: str, found: dict[str, Any], at: datetime) -> tuple[int, str | bytes]:
        """The message of a new post, and its place."""


class Jetstream(Told):
    """Its cursor is a time, and what is of that time comes again."""

    def reads(self) -> Reads:
        return open_reader({"way": "jetstream", "host": self.url}, self.web)

    def place(self, cursor: int) -> int:
        return sum(place < cursor for place, _ in self.said)

    def post(self, rkey: str, found: dict[str, Any], at: datetime) -> tuple[int, str | bytes]:
        time_us = round(at.timestamp() * 1e6)
        return time_us, event(rkey, found, time_us)


class Firehose(Told):
    """Its cursor is the number of the last message."""

    def reads(self) -> Reads:
        return open_reader({"way": "firehose", "host": self.url}, self.web)

    def place(self, cursor: int) -> int:
        return sum(place <= cursor for place, _ in self.said)

    def post(self, rkey: str, found: dict[str, Any], at: datetime) -> tuple[int, str | bytes]:
        seq = len(self.said) + 1
        return seq, commit(rkey, found, seq)


class ToldStand:
    """A Stand over a Told."""

    module = "bluesky"
    cannot = ()

    def __init__(self, name: str, world: type[Told], overlaps: bool) -> None:
        self.name = name
        self.overlaps = overlaps
        self._world = world

    @asynccontextmanager
    async def world(self) -> AsyncIterator[Told]:
        web = Egress(lambda: NOW, allow_private=True, manners=PATIENT)
        made = self._world(web)
        async with serve(
            made.talk, "127.0.0.1", 0, process_request=made.door, close_timeout=0.2
        ) as server:
            made.port = server.sockets[0].getsockname()[1]
            try:
                yield made
            finally:
                await made.close()
                await web.aclose()


STANDS = [
    # An instance of Jetstream may stand in for another whose clock differs: see OVERLAP.
    ToldStand("bluesky jetstream", Jetstream, overlaps=True),
    ToldStand("bluesky firehose", Firehose, overlaps=False),
]
