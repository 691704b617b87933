"""The readers: a cursor moves only after its batch is safe, errors wait as they ask."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from fenghuo.domain.errors import FenghuoError, OurMove, TimeMove
from fenghuo.domain.post import Post
from fenghuo.engines import readers
from fenghuo.engines.readers import Duties, read_all
from fenghuo.ports.reads import Batch, Health, Reads, Spec

NOW = datetime(2026, 6, 1, tzinfo=UTC)


class Numbers:
    """Gives one post at a time, ten in all; raises what it is told to."""

    def __init__(self, errors: list[FenghuoError] | None = None) -> None:
        self.errors = errors or []

    def spec(self) -> Spec:
        return Spec("numbers", "数", "Numbers", ())

    async def check(self) -> Health:
        return Health(True)

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        for n in range(int(cursor or 0), 10):
            if self.errors and n == 3:
                raise self.errors.pop()
            post = Post(platform="numbers", id=str(n), time=now, text=f"number {n}")
            yield Batch([post], str(n + 1), now)


class Keeper:
    """Stands for the product: keeps posts and cursor together, fails when told to."""

    def __init__(self, reads: Reads) -> None:
        self.reads = reads
        self.cursor = ""
        self.got: list[str] = []
        self.failures: list[str] = []
        self.beats: list[int] = []
        self.refuse = 0

    def accept(self, name: str, batch: Batch) -> None:
        if self.refuse:
            self.refuse -= 1
            raise OurMove("storage.busy")
        self.got.extend(post.id for post in batch.posts)
        self.cursor = batch.cursor

    def duties(self) -> Duties:
        return Duties(
            lambda: {"one": self.reads},
            lambda name: self.cursor,
            self.accept,
            lambda name, error: self.failures.append(error.key),
            lambda: NOW,
            lambda: self.beats.append(len(self.got)),
        )


def run_until(keeper: Keeper, done: Callable[[], bool]) -> None:
    async def play() -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(read_all(keeper.duties(), stop))
        for _ in range(2000):
            await asyncio.sleep(0.01)
            if done() or task.done():
                break
        stop.set()
        await task

    asyncio.run(play())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "FIRST_RETRY", timedelta(seconds=0.02))
    monkeypatch.setattr(readers, "REFRESH_S", 0.05)


def test_every_post_comes_once_and_in_order() -> None:
    keeper = Keeper(Numbers())
    run_until(keeper, lambda: len(keeper.got) == 10)
    assert keeper.got == [str(n) for n in range(10)]
    assert keeper.beats


def test_a_batch_that_was_not_safe_is_read_again() -> None:
    keeper = Keeper(Numbers())
    keeper.refuse = 1
    run_until(keeper, lambda: len(keeper.got) == 10)
    assert keeper.got == [str(n) for n in range(10)]
    assert keeper.failures == ["storage.busy"]


def test_after_an_error_reading_goes_on_where_it_was_safe() -> None:
    keeper = Keeper(Numbers([OurMove("sources.unreachable")]))
    run_until(keeper, lambda: len(keeper.got) == 10)
    assert keeper.got == [str(n) for n in range(10)]
    assert keeper.failures == ["sources.unreachable"]


def test_a_source_that_says_wait_is_left_alone_until_then() -> None:
    wait = TimeMove("sources.wait", retry_at=NOW + timedelta(hours=1))
    keeper = Keeper(Numbers([wait]))
    run_until(keeper, lambda: bool(keeper.failures))
    assert keeper.got == ["0", "1", "2"]
    assert keeper.failures == ["sources.wait"]


class Stumbling(Numbers):
    """Has a bug that shows once."""

    stumbled = False

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        async for batch in super().read(cursor, now):
            if batch.cursor == "4" and not self.stumbled:
                self.stumbled = True
                raise ValueError("a bug of ours")
            yield batch


def test_a_reader_with_a_bug_is_begun_anew_where_it_was_safe_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(readers, "FAULT_RETRY", timedelta(seconds=0.02))
    keeper = Keeper(Stumbling())
    run_until(keeper, lambda: len(keeper.got) == 10)
    assert keeper.got == [str(n) for n in range(10)]
    assert keeper.failures == ["sources.broken_inside"]
    assert "a bug of ours" in caplog.text
