"""Every detector: by discovery it can be put to sleep and woken without forgetting."""

import importlib
import pkgutil
from typing import Any

import msgspec
import numpy as np
import pytest
from warn.rows import DAY, HOUR, MINUTE, T0, meaning

from fenghuo.warn import detect
from fenghuo.warn.detect.grave import Grave
from fenghuo.warn.detect.surge import Surge
from fenghuo.warn.detect.tone import Tone

SCENARIOS: dict[str, tuple[Any, Any]] = {
    "surge": (lambda: Surge("volume"), lambda rng: int(rng.integers(1, 4))),
    "tone": (Tone, lambda rng: bool(rng.random() < 0.4)),
    "grave": (Grave, lambda rng: meaning(cues=("fire",) if rng.random() < 0.3 else ())),
}


def test_every_detector_file_has_a_scenario() -> None:
    assert {module.name for module in pkgutil.iter_modules(detect.__path__)} == set(SCENARIOS)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_a_restored_detector_answers_as_the_one_that_never_slept(name: str) -> None:
    make, value = SCENARIOS[name]
    rng = np.random.default_rng(7)
    awake, slept = make(), make()
    state = type(awake.snapshot())
    for n in range(400):
        at, v = T0 + n * 7 * MINUTE, value(rng)
        if hasattr(awake, "settle"):
            awake.settle(at - 2 * MINUTE)
            slept.settle(at - 2 * MINUTE)
        assert awake.update(at, v) == slept.update(at, v)
        if n % 37 == 0:
            bytes_of_it = msgspec.msgpack.encode(slept.snapshot())
            slept = make()
            slept.restore(msgspec.msgpack.decode(bytes_of_it, type=state))


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_every_detector_file_says_what_it_is_for(name: str) -> None:
    assert importlib.import_module(f"fenghuo.warn.detect.{name}").__doc__


def fed(a_day: int, days: int) -> tuple[Surge, int]:
    surge = Surge("volume")
    surge.settle(T0)
    for day in range(days):
        for n in range(a_day):
            at = T0 + day * DAY + n * DAY // a_day
            surge.settle(at)
            surge.update(at, 1)
    now = T0 + days * DAY
    surge.settle(now)
    return surge, now


def test_a_brand_with_one_post_a_day_alerts_at_the_tenth_post_of_an_hour() -> None:
    surge, now = fed(1, 20)
    found = [surge.update(now + n * 5 * MINUTE, 1) for n in range(10)]
    assert found[:9] == [None] * 9
    assert found[9] is not None
    assert found[9].seen == 10


def test_a_busy_brand_is_not_alarmed_by_half_as_many_again() -> None:
    surge, now = fed(24 * 20, 20)
    found = [surge.update(now + n * 2 * MINUTE, 1) for n in range(30)]
    assert not any(found)


def test_surge_says_nothing_before_it_knows_a_day() -> None:
    surge = Surge("volume")
    surge.settle(T0)
    assert not any(surge.update(T0 + n * MINUTE, 1) for n in range(100))


def test_a_busy_day_of_every_week_is_learned() -> None:
    surge = Surge("volume")
    surge.settle(T0)
    for hour in range(28 * 24):
        for _ in range(10 if hour % 168 < 24 else 1):
            surge.update(T0 + hour * HOUR, 1)
        surge.settle(T0 + (hour + 1) * HOUR)
    start = T0 + 28 * DAY
    busy = surge.usual(start + 5 * HOUR, start + 6 * HOUR)
    calm = surge.usual(start + 29 * HOUR, start + 30 * HOUR)
    assert busy is not None
    assert calm is not None
    assert busy[1] > 3 * calm[1]


def test_tone_notices_when_most_posts_turn_negative() -> None:
    tone = Tone()
    rng = np.random.default_rng(3)
    at = T0
    for _ in range(300):
        at += 10 * MINUTE
        assert tone.update(at, bool(rng.random() < 0.15)) is None
    found = [tone.update(at + n * MINUTE, True) for n in range(30)]
    first = next(f for f in found if f)
    assert first.kind == "tone"
    assert first.high < first.seen <= 1.0


def test_a_faint_cue_wakes_nobody() -> None:
    faint = msgspec.structs.replace(meaning(cues=("fire",)), cues=(("fire", 0.3),))
    assert Grave().update(T0, faint) is None
