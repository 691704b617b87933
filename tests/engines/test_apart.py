"""A fault costs the thing that has it, and nothing else."""

import logging
from threading import Event

import pytest

from fenghuo.domain.errors import OurMove
from fenghuo.engines.apart import WORST_S, Apart
from fenghuo.engines.embedded import Step, work


class Turned:
    """A clock that somebody turns."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


class Broken:
    """Fails until mended, and counts how often it was asked."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        if self.error:
            raise self.error
        return 1


FAULTS = pytest.mark.parametrize(
    "error", [OurMove("storage.busy"), ValueError("a bug of ours"), KeyError("x")], ids=repr
)


@FAULTS
def test_what_fails_is_tried_again_ever_later_but_never_later_than_the_worst(
    error: Exception,
) -> None:
    clock, broken = Turned(), Broken(error)
    attempt = Apart(clock)
    pauses: list[float] = []
    last = 0.0
    while len(pauses) < 8:
        before = broken.asked
        assert attempt("a", broken) == 0
        if broken.asked > before:
            pauses.append(clock.at - last)
            last = clock.at
        clock.at += 0.5
    assert pauses == [0, 1, 2, 4, 8, 16, WORST_S, WORST_S]


@FAULTS
def test_the_others_have_their_turn_every_time(error: Exception) -> None:
    attempt, broken, sound = Apart(Turned()), Broken(error), Broken(error)
    sound.error = None
    for _ in range(3):
        attempt("a", broken)
        attempt("b", sound)
    assert (broken.asked, sound.asked) == (1, 3)


def test_what_was_mended_begins_with_a_short_pause_again() -> None:
    clock, broken = Turned(), Broken(OurMove("storage.busy"))
    attempt = Apart(clock)
    for _ in range(10):
        attempt("a", broken)
        clock.at += WORST_S
    broken.error = None
    assert attempt("a", broken) == 1
    broken.error, asked = ValueError(), broken.asked
    attempt("a", broken)
    clock.at += 1
    attempt("a", broken)
    assert broken.asked == asked + 2


def test_a_fault_that_nobody_foresaw_is_in_the_log_with_its_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    Apart(Turned())("watch w1", Broken(ValueError("a bug of ours")))
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert "watch w1" in record.message
    assert record.exc_info


def test_a_step_that_fails_ends_neither_the_loop_nor_the_other_steps() -> None:
    stop, clock = Event(), Turned()
    broken, rounds = Broken(ValueError("a bug of ours")), []

    def count() -> int:
        clock.at += 1
        rounds.append(clock.at)
        if len(rounds) == 40:
            stop.set()
        return 1

    work([Step("broken", broken), Step("count", count)], stop, Apart(clock), clock)
    assert len(rounds) == 40
    assert broken.asked == 6  # after 0, 1, 3, 7, 15 and 31 s


def test_a_step_with_a_pause_is_run_no_more_often() -> None:
    stop, clock = Event(), Turned()
    times: list[float] = []

    def seldom() -> int:
        times.append(clock.at)
        return 1

    def count() -> int:
        clock.at += 1
        if clock.at >= 60:
            stop.set()
        return 1

    work([Step("count", count), Step("seldom", seldom, 20)], stop, Apart(clock), clock)
    assert times == [1, 21, 41]
