"""The exam of readers fails those who do not do what the port asks, each at its own question."""

import socket
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest
from fakes.feeds import Rss
from fakes.polled import NOW, PolledStand

from fenghuo.domain.errors import OurMove, TimeMove
from fenghuo.exams.reads import QUESTIONS, Failed, sit
from fenghuo.ports.reads import Batch, Health, Reads, Spec


class Faulty:
    """A good reader; each fault is a class that changes one thing."""

    def __init__(self, good: Reads, url: str) -> None:
        self.good = good
        self.url = url

    def spec(self) -> Spec:
        return self.good.spec()

    async def check(self) -> Health:
        return await self.good.check()

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        async for batch in self.good.read(cursor, now):
            yield self.change(batch)

    def change(self, batch: Batch) -> Batch:
        return batch


class SaysNoEnglish(Faulty):
    def spec(self) -> Spec:
        return msgspec.structs.replace(self.good.spec(), title_en=" ")


class GivesNaiveTimes(Faulty):
    def change(self, batch: Batch) -> Batch:
        replace = msgspec.structs.replace
        naive = [replace(post, time=post.time.replace(tzinfo=None)) for post in batch.posts]
        return replace(batch, posts=naive)


class LeavesEscapes(Faulty):
    def change(self, batch: Batch) -> Batch:
        replace = msgspec.structs.replace
        left = [replace(post, text=post.text.replace("<", "&lt;")) for post in batch.posts]
        return replace(batch, posts=left)


class ForgetsItsCursor(Faulty):
    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        async for batch in self.good.read("", now):
            yield batch


class SkipsThePast(Faulty):
    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        async for batch in self.good.read(cursor, now):
            yield msgspec.structs.replace(batch, posts=()) if cursor else batch


class EndsWithoutABatch(Faulty):
    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        async for batch in self.good.read(cursor, now):
            if batch.posts:
                yield batch


class ChecksIll(Faulty):
    async def check(self) -> Health:
        return Health(False)


class SwallowsErrors(Faulty):
    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        try:
            async for batch in self.good.read(cursor, now):
                yield batch
        except OurMove:
            yield Batch((), cursor or "0")


class WaitsForThePast(Faulty):
    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        try:
            async for batch in self.good.read(cursor, now):
                yield batch
        except TimeMove as error:
            raise TimeMove("sources.wait", retry_at=now - timedelta(1), **error.values) from error


class MistakesEveryError(Faulty):
    async def check(self) -> Health:
        raise TimeMove("sources.wait", retry_at=NOW, host="x", minutes=1)


class LeavesTheDoorOpen(Faulty):
    async def check(self) -> Health:
        _, _, port = self.url.rpartition(":")
        LEFT_OPEN.append(socket.create_connection(("127.0.0.1", int(port))))
        return await self.good.check()


LEFT_OPEN: list[socket.socket] = []
FAULTS: dict[type[Faulty], str] = {
    SaysNoEnglish: "it_says_what_it_asks_for_in_both_languages",
    GivesNaiveTimes: "posts_come_well_formed",
    LeavesEscapes: "hostile_words_come_as_they_were_written",
    ForgetsItsCursor: "nothing_is_lost_or_given_twice",
    SkipsThePast: "a_cursor_may_be_used_again",
    EndsWithoutABatch: "a_read_without_posts_still_gives_a_cursor",
    ChecksIll: "a_good_source_checks_well",
    SwallowsErrors: "garbage_is_told_and_loses_nothing",
    WaitsForThePast: "too_many_waits_until_it_is_told",
    MistakesEveryError: "a_refused_key_asks_for_a_new_one",
    LeavesTheDoorOpen: "a_good_source_checks_well",
}


def stand(fault: type[Faulty]) -> PolledStand:
    class World(Rss):
        def reads(self) -> Reads:
            return fault(super().reads(), self.url)

    return PolledStand("faulty", "feeds", World)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found(fault: type[Faulty]) -> None:
    with pytest.raises(Failed):
        sit(stand(fault), FAULTS[fault])
    for one in LEFT_OPEN:
        one.close()


@pytest.mark.parametrize(
    "question",
    ["nobody_there_is_tried_again", "trouble_over_there_is_tried_again", "silence_ends"],
)
def test_an_error_that_is_swallowed_is_found(question: str) -> None:
    assert question in QUESTIONS
    with pytest.raises(Failed):
        sit(stand(SwallowsErrors), question)
