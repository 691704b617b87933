"""FAKE: other sides that answer one request at a time, for readers that come by and ask.

What they all have alike: real sockets by `site`, and each trouble that the exam asks for. What a
platform says when it is well is its own file.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from fakes.site import Asked, Say, Site, closed_port, site

from fenghuo.exams.reads import Trouble
from fenghuo.ports.http import Web
from fenghuo.ports.reads import Reads
from fenghuo.security.egress import Egress, Manners

NOW = datetime(2031, 3, 5, 2, 0, tzinfo=UTC)
QUICK = Manners(connect=2, silence=1, stream_silence=1, whole=4)
TROUBLES = {
    "unauthorised": Say(401),
    "too_many": Say(429, {"retry-after": "120"}),
    "breaks": Say(500),
    "garbage": Say(200, body=b"\x89PNG\r\n\x1a\n\x00\x00 nothing that anyone could read {<"),
    "hangs": Say(hangs=True),
}


class Polled(ABC):
    """A World (see the exam) over a site. `posts` are id and text, oldest first."""

    now = NOW

    def __init__(self, on: Site, web: Web) -> None:
        self.site = on
        self.web = web
        self.posts: list[tuple[str, str]] = []
        self._trouble: Trouble | None = None
        on.script = self._say

    @property
    def connections(self) -> int:
        return self.site.connections

    @property
    def url(self) -> str:
        """Where it is; where nobody is, when it is absent."""
        absent = self._trouble == "absent"
        return f"http://127.0.0.1:{closed_port()}" if absent else self.site.url

    async def behave(self, trouble: Trouble | None) -> None:
        self._trouble = trouble

    async def add(self, text: str) -> str:
        name = self.name(len(self.posts))
        self.posts.append((name, text))
        return name

    def at(self, number: int) -> datetime:
        """When a post was posted: two within each second."""
        return self.now - timedelta(minutes=2) + timedelta(seconds=number // 2)

    def _say(self, asked: Asked) -> Say:
        return TROUBLES[self._trouble] if self._trouble else self.say(asked)

    @abstractmethod
    def reads(self) -> Reads:
        """As World."""

    @abstractmethod
    def name(self, number: int) -> str:
        """The id of a post."""

    @abstractmethod
    def say(self, asked: Asked) -> Say:
        """What it says when it is well."""


class PolledStand:
    """A Stand over a Polled."""

    overlaps = False
    cannot = ()

    def __init__(self, name: str, module: str, world: type[Polled]) -> None:
        self.name = name
        self.module = module
        self._world = world

    @asynccontextmanager
    async def world(self) -> AsyncIterator[Polled]:
        web = Egress(lambda: NOW, allow_private=True, manners=QUICK)
        with site(lambda asked: Say(404)) as on:
            yield self._world(on, web)
        await web.aclose()
