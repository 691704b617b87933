"""No other side: a webhook is sent to, not read, so most of the exam is not for it.

What is sent to it is tested where it is taken in, in tests/web/test_hooks.py.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from fakes.polled import NOW

from fenghuo.exams.reads import QUESTIONS, Trouble
from fenghuo.platforms.webhook import Webhook
from fenghuo.ports.reads import Reads

ASKED = {
    "it_says_what_it_asks_for_in_both_languages",
    "a_good_source_checks_well",
}


class Sent:
    """A World (see the exam) in which nothing can be posted."""

    connections = 0

    @property
    def now(self) -> datetime:
        return NOW

    def reads(self) -> Reads:
        return Webhook()

    async def add(self, text: str) -> str:
        raise NotImplementedError

    async def behave(self, trouble: Trouble | None) -> None:
        raise NotImplementedError


class SentStand:
    """A Stand over a Sent."""

    name = "webhook"
    module = "webhook"
    overlaps = False
    cannot = sorted(set(QUESTIONS) - ASKED)

    @asynccontextmanager
    async def world(self) -> AsyncIterator[Sent]:
        yield Sent()


STANDS = [SentStand()]
