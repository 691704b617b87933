"""Times as people and programs write them in tables."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.listen.dates import order_of, read_time

WANTED = datetime(2026, 3, 4, 14, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        "2026-03-04T14:05:06Z",
        "2026-03-04T22:05:06+08:00",
        "2026-03-04 14:05:06",
        "2026-03-04 14:05:06 UTC",
        "2026/03/04 14:05:06",
        "2026/3/4 14:05:06",
        "2026.3.4 14:05:06",
        "20260304T140506",
        "2026年3月4日 14:05:06",
        "2026年03月04日14:05:06",
        "04.03.2026 14:05:06",
        "4.3.26 14:05:06",
        "3/4/2026 2:05:06 PM",
        "3/4/26 14:05:06",
        "Mar 4, 2026 2:05:06 PM",
        "March 4th, 2026 at 14:05:06",
        "4 Mar 2026 14:05:06",
        "04-Mar-2026 14:05:06",
        "Wed, 04 Mar 2026 14:05:06 GMT",
        "Wed Mar 04 22:05:06 +0800 2026",
        "Mar 4, 2026 6:05:06 AM PST",
        "3/4/2026 15:05:06 CET",
        "1772633106",
        "1772633106000",
    ],
)
def test_a_time_is_read(told: str) -> None:
    assert read_time(told, UTC, "mdy") == WANTED


@pytest.mark.parametrize("told", ["2026-03-04", "3/4/2026", "4.3.2026", "Mar 4, 2026", "2026/3/4"])
def test_a_day_alone_begins_at_midnight_of_its_zone(told: str) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert read_time(told, shanghai, "mdy") == datetime(2026, 3, 3, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    ["", "soon", "12", "2026-13-01", "31/31/2026", "2026-02-30", "99999999999999", "3/4/2026 25:00",
     "3/4/2026 10:00 XYZ", "Mar 4, 2026 10:00 CST", "3/4/2026x"],
)  # fmt: skip
def test_what_is_no_time_or_could_be_two_is_not_read(told: str) -> None:
    assert read_time(told, UTC, "") is None


def test_the_order_decides_only_where_both_could_be_months() -> None:
    assert read_time("3/4/2026", UTC, "dmy") == datetime(2026, 4, 3, tzinfo=UTC)
    assert read_time("3/25/2026", UTC, "dmy") == datetime(2026, 3, 25, tzinfo=UTC)
    assert read_time("25/3/2026", UTC, "mdy") == datetime(2026, 3, 25, tzinfo=UTC)
    assert read_time("4.3.2026", UTC, "mdy") == datetime(2026, 3, 4, tzinfo=UTC)


def test_one_row_tells_the_order_of_all() -> None:
    assert order_of(["3/4/2026", "25/4/2026"]) == ("dmy", "")
    assert order_of(["3/4/2026", "4/25/2026 10:00"]) == ("mdy", "")
    assert order_of(["3/3/2026", "2026-01-02", "1.2.2026"]) == ("", "")
    assert order_of(["3/4/2026", "5/6/2026"]) == ("mdy", "3/4/2026")


@given(st.text(alphabet="0123456789/-.: TZapmMar年月日+", max_size=30))
def test_whatever_is_written_gives_an_aware_time_or_none(told: str) -> None:
    found = read_time(told, UTC, "")
    assert found is None or found.tzinfo is not None
