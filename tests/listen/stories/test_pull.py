"""What besides its words draws a post into a story: heat, harm, danger."""

import msgspec
import numpy as np
import pytest
from listen.stories.told import HOUR, MINUTE, T0, Teller

from fenghuo.listen import Stories, Story
from fenghuo.listen.stories.pull import FAST_MS, doublings, halved, halved_once

LANGUAGES = ("de", "en", "es", "ja", "zh")
DAY = 24 * HOUR


def in_language(lang: str) -> dict[str, float]:
    """One fire, told in so different words that two languages are like each other by 0.4."""
    return {"the fire": 0.74, lang: 0.79}


def everyday(teller: Teller, days: int = 14, a_day: int = 24) -> set[str]:
    """Everyday talk at a steady pace."""
    gap = DAY // a_day
    return {teller.tell(T0 + n * gap, {"the brand": 1.0}) for n in range(days * a_day)}


def test_a_crisis_told_in_five_languages_in_an_hour_is_one_story() -> None:
    teller = Teller()
    told = {
        teller.tell(T0 + n * MINUTE, in_language(LANGUAGES[n // 12]), kind="product")
        for n in range(60)
    }
    assert told == {"s1"}


def test_the_same_words_weeks_apart_are_not_one_story() -> None:
    teller = Teller()
    told = {
        teller.tell(T0 + n * 7 * DAY, in_language(LANGUAGES[n % 5]), kind="product")
        for n in range(5)
    }
    assert len(told) > 3


def test_two_events_at_the_same_time_are_two_stories() -> None:
    teller = Teller()
    fire, leak = set(), set()
    for n in range(60):
        fire.add(teller.tell(T0 + n * MINUTE, {"the brand": 0.5, "fire": 0.9}, kind="product"))
        leak.add(teller.tell(T0 + n * MINUTE, {"the brand": 0.5, "leak": 0.9}, kind="breach"))
    assert (fire, leak) == ({"s1"}, {"s2"})


def test_everyday_talk_however_much_does_not_pull_and_a_fire_does_not_join_it() -> None:
    teller = Teller()
    assert everyday(teller, a_day=240) == {"s1"}
    fire = {
        teller.tell(T0 + 14 * DAY + n * MINUTE, {"the brand": 0.6, "fire": 0.9}, kind="product")
        for n in range(30)
    }
    assert fire == {"s2"}


def test_a_post_that_tells_of_harm_stays_out_of_talk_that_tells_of_none() -> None:
    like = {"the brand": 0.7, "my lamp": 0.8}
    harmless, harmful = Teller(), Teller()
    everyday(harmless)
    everyday(harmful)
    at = T0 + 14 * DAY
    assert harmless.tell(at, like) == "s1"
    assert harmful.tell(at, like, kind="product") == "s2"


def test_a_question_in_the_middle_of_a_crisis_may_join_it_though_it_tells_of_no_harm() -> None:
    teller = Teller()
    for n in range(30):
        teller.tell(T0 + n * MINUTE, {"fire": 1.0}, kind="product")
    assert teller.tell(T0 + 30 * MINUTE, {"fire": 0.6, "where to send it": 0.9}) == "s1"


def test_a_danger_that_a_story_tells_of_draws_posts_that_tell_of_it_too() -> None:
    unlike = {"fire": 0.3, "other words": 1.0}
    told = []
    for cues in ((), ("fire",)):
        teller = Teller()
        for n in range(30):
            teller.tell(T0 + n * MINUTE, {"fire": 1.0}, kind="product", cues=("fire",))
        told.append(teller.tell(T0 + 60 * MINUTE, unlike, kind="product", cues=cues))
    assert told == ["s2", "s1"]


def test_a_post_from_an_archive_is_not_drawn_into_what_is_hot_now() -> None:
    like = {"fire": 0.44, "other words": 0.97}
    told = []
    for ago in (0, 300 * DAY):
        teller = Teller()
        for n in range(60):
            teller.tell(T0 + n * MINUTE, {"fire": 1.0}, kind="product")
        told.append(teller.tell(T0 + 60 * MINUTE - ago, like, kind="product"))
    assert told == ["s1", "s2"]


def test_stories_go_on_from_their_bytes_as_if_they_had_never_rested() -> None:
    awake, woken = Teller(), Teller()
    for n in range(120):
        things = {f"thing {n % 3}": 0.7, "the brand": 0.6}
        kind = "product" if n % 4 else "none"
        for teller in (awake, woken):
            teller.tell(T0 + n * 11 * MINUTE, things, kind=kind, cues=("fire",) if n % 5 else ())
            if n == 60:
                teller.stories.open[0].mentions -= 1  # a person took a post out
        packed = msgspec.msgpack.encode(woken.stories.open)
        woken.stories = Stories(
            msgspec.msgpack.decode(packed, type=list[Story]), woken.stories.next_id
        )
    assert msgspec.msgpack.encode(awake.stories.open) == packed


@pytest.mark.parametrize(
    ("age", "left"), [(0, 1.0), (1, 0.5), (3, 0.125), (-2, 0.25), (1.5, 0.375)]
)
def test_what_is_left_halves_and_is_the_same_before_and_after(age: float, left: float) -> None:
    assert halved(np.array([age * FAST_MS]), FAST_MS)[0] == left
    assert halved_once(age * FAST_MS, FAST_MS) == left


def test_what_is_older_than_anything_is_nothing_and_no_error() -> None:
    assert 0 < halved(np.array([2.0**60]), FAST_MS)[0] < 1e-300
    assert halved_once(2.0**60, FAST_MS) < 1e-300


@pytest.mark.parametrize(("value", "times"), [(0.0, 0.0), (1.0, 1.0), (2.0, 1.5), (7.0, 3.0)])
def test_doublings_are_counted_in_straight_lines(value: float, times: float) -> None:
    assert doublings(np.array([value]))[0] == times
