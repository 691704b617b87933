"""Small drawings and clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.i18n import LANGUAGES, catalogue
from fenghuo.web.cities import city, clocks
from fenghuo.web.drawn import WIDTH, icon, initials, range_dot, spark
from fenghuo.web.places import PLACES

COUNTS = st.floats(0, 1e6)


@given(COUNTS, COUNTS, COUNTS)
def test_a_dot_is_inside_its_grey_bar_exactly_when_it_is_usual(
    seen: float, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    drawn = range_dot(seen, (low, high))
    assert drawn.known
    assert drawn.inside == (low <= seen <= high)
    assert 0 <= drawn.low < drawn.high <= WIDTH
    assert 0 <= drawn.dot <= WIDTH


def test_nothing_is_drawn_beside_a_count_whose_usual_range_is_unknown() -> None:
    assert not range_dot(7, None).known


@given(st.lists(COUNTS, min_size=1, max_size=60))
def test_a_spark_line_stays_in_its_box(values: list[float]) -> None:
    drawn = spark(values, [(0, 5)])
    points = [tuple(map(float, p.split(","))) for p in drawn.line.split()]
    assert len(points) == len(values)
    assert all(0 <= x <= 110 and 0 <= y <= 28 for x, y in points)
    assert points[-1] == (drawn.end_x, drawn.end_y)


def test_a_spark_line_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a value"):
        spark([])


@pytest.mark.parametrize(
    ("name", "shown"),
    [("陈朗", "陈"), ("Jonas Weber", "JW"), ("jonas", "J"), ("", "?"), ("Ana de la Cruz", "AC")],
)
def test_a_person_is_shown_by_initials_or_family_name(name: str, shown: str) -> None:
    assert initials(name) == shown


def test_every_place_has_its_icon_and_its_word_in_both_languages() -> None:
    for place in PLACES:
        assert "<path" in icon(place.icon)
        assert all(f"web.{place.name}" in catalogue(language) for language in LANGUAGES)


def test_a_zone_is_named_by_its_city() -> None:
    assert city("Asia/Shanghai", "zh-CN") == "上海"
    assert city("Europe/Berlin", "en") == "Berlin"
    assert city("America/Argentina/Ushuaia", "en") == "Ushuaia"


NIGHT = datetime(2026, 11, 25, 18, 44, tzinfo=UTC)


def test_the_second_clock_is_where_most_others_are_and_says_when_the_day_differs() -> None:
    others = ["Europe/Berlin", "Asia/Shanghai", "Europe/Berlin", "America/New_York"]
    here, there = clocks(NIGHT, "Asia/Shanghai", others, "en")
    assert (here.time, here.city) == ("02:44", "Shanghai")
    assert (there.time, there.city, there.day) == ("19:44", "Berlin", 2)
    same_day = clocks(NIGHT + timedelta(hours=8), "Asia/Shanghai", others, "en")[1]
    assert same_day.day is None


def test_people_of_one_clock_see_one_clock() -> None:
    assert len(clocks(NIGHT, "Asia/Shanghai", ["Asia/Hong_Kong", "Asia/Singapore"], "en")) == 1
