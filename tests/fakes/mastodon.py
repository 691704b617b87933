"""The mock of Mastodon's server that other projects test with, in a thread of this process.

Not a real Mastodon, and not written by us: timelines, search, streams and faults are its own.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from threading import Thread
from time import sleep
from typing import Any

import httpx
import uvicorn
from fakes.site import closed_port
from mastodon_mock.app import create_app
from mastodon_mock.config import DatabaseConfig, MastodonMockConfig, StreamingConfig
from mastodon_mock.testing.seed import DEFAULT_TEST_SEED

from fenghuo.exams.reads import Trouble
from fenghuo.platforms.mastodon import open_reader
from fenghuo.ports.http import Web
from fenghuo.ports.reads import Reads
from fenghuo.security.egress import Egress, Manners

TOKEN = "alice_token"
TAG = "veyra"
PATIENT = Manners(connect=8, silence=8, stream_silence=8, whole=9)
"""A busy machine lets a whole server of somebody else's answer late."""
HASTY = Manners(connect=2, silence=1, stream_silence=1, whole=3)
"""For a server that will not answer."""
EFFECTS: dict[Trouble, dict[str, object]] = {
    "unauthorised": {"type": "status", "status": 401},
    "too_many": {"type": "ratelimit"},
    "breaks": {"type": "status", "status": 500},
    "garbage": {"type": "malformed"},
    "hangs": {"type": "timeout"},
}


def clock() -> datetime:
    """The mock runs on the real clock, and so must all who talk to it."""
    return datetime.now(UTC)  # noqa: TID251


class Mock:
    """Where it is, and what its people do."""

    def __init__(self, server: uvicorn.Server) -> None:
        self.server = server

    @property
    def url(self) -> str:
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def post(self, text: str, token: str = TOKEN, **more: str) -> dict[str, Any]:
        """The status as the server tells it."""
        return self.ask("/api/v1/statuses", token, {"status": text, **more})

    def ask(self, path: str, token: str = TOKEN, data: Any = None) -> dict[str, Any]:
        """POST as one of its people."""
        headers = {"authorization": f"Bearer {token}"}
        answer = httpx.post(self.url + path, data=data, headers=headers, timeout=10)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


@contextmanager
def mock() -> Iterator[Mock]:
    """A new mock with a few people and no posts, until the end of the block."""
    config = MastodonMockConfig(
        database=DatabaseConfig(path=":memory:"),
        seed=DEFAULT_TEST_SEED,
        streaming=StreamingConfig(heartbeat_seconds=0.2),
    )
    settings = uvicorn.Config(create_app(config), "127.0.0.1", 0, log_level="critical")
    server = uvicorn.Server(settings)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    try:
        yield Mock(server)
    finally:
        # Those who hang by its own fault are not waited for.
        server.should_exit = server.force_exit = True
        thread.join()


class Instance:
    """A World (see the exam) over the mock."""

    def __init__(self, options: dict[str, str], on: Mock, patient: Web, hasty: Web) -> None:
        self._options = options
        self._mock = on
        self._patient = patient
        self._hasty = hasty
        self._trouble: Trouble | None = None

    @property
    def now(self) -> datetime:
        return clock()

    @property
    def connections(self) -> int:
        return len(self._mock.server.server_state.connections)

    def reads(self) -> Reads:
        absent = self._trouble == "absent"
        url = f"http://127.0.0.1:{closed_port()}" if absent else self._mock.url
        web = self._hasty if self._trouble == "hangs" else self._patient
        return open_reader({"server": url, **self._options}, web)

    async def add(self, text: str) -> str:
        status = await asyncio.to_thread(self._mock.post, f"{text} #{TAG}")
        return str(status["uri"])

    async def behave(self, trouble: Trouble | None) -> None:
        self._trouble = trouble
        await asyncio.to_thread(httpx.delete, f"{self._mock.url}/api/v1/_mock/faults")
        if trouble in EFFECTS:
            rule = {"match": {"methods": ["GET"]}, "effect": EFFECTS[trouble]}
            url = f"{self._mock.url}/api/v1/_mock/faults"
            await asyncio.to_thread(httpx.post, url, json=rule)


class InstanceStand:
    """A Stand over an Instance."""

    module = "mastodon"

    def __init__(
        self, way: str, overlaps: bool = False, cannot: Sequence[str] = (), **options: str
    ) -> None:
        self.name = f"mastodon {way}"
        self.overlaps = overlaps
        self.cannot = cannot
        self._options = options

    @asynccontextmanager
    async def world(self) -> AsyncIterator[Instance]:
        patient, hasty = (Egress(clock, allow_private=True, manners=m) for m in (PATIENT, HASTY))
        with mock() as on:
            yield Instance(self._options, on, patient, hasty)
        await patient.aclose()
        await hasty.aclose()


STANDS = [
    InstanceStand("hashtag", cannot=["a_refused_key_asks_for_a_new_one"], hashtags=TAG),
    InstanceStand("stream", hashtags=TAG, token=TOKEN),
    # The mock's search knows no min_id and finds everything again.
    InstanceStand("search", overlaps=True, words=TAG, token=TOKEN),
]
