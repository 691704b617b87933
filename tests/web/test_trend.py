"""Which way it goes, said only as far as the counts show it."""

import pytest

from fenghuo.web.trend import HOUR_MS, MINUTE_MS, trend

NOW = 1_800_000_000_000


def minutes(*hours: int) -> dict[int, int]:
    """So many posts in each hour, the last one just ended."""
    found = {}
    for back, posts in enumerate(reversed(hours)):
        found[NOW // MINUTE_MS * MINUTE_MS - back * HOUR_MS - 30 * MINUTE_MS] = posts
    return found


@pytest.mark.parametrize(
    ("hours", "usual", "way"),
    [
        ((5, 60), (0, 6), "rising"),
        ((5, 60), None, "rising"),
        ((60, 5), (0, 3), "fading"),
        ((60, 5), None, "falling"),
        ((200, 40, 42), (0, 6), "fading"),
        ((40, 42), (0, 6), "high"),
        ((40, 42), None, ""),
        ((300, 200, 6), (0, 6), "usual"),
        ((0, 0), (0, 6), "usual"),
        ((0, 1), None, ""),
        ((), None, ""),
    ],
)
def test_the_way_it_goes(
    hours: tuple[int, ...], usual: tuple[float, float] | None, way: str
) -> None:
    assert trend(minutes(*hours), NOW, usual).way == way


def test_the_hour_and_the_one_before_are_counted_apart() -> None:
    found = trend(minutes(1, 20, 7), NOW)
    assert (found.hour, found.before) == (7, 20)
