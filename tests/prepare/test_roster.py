"""Who is on duty, the chain of calls, and holes in the list."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.duty import Duty, Person, Weekly
from fenghuo.domain.errors import BadInput
from fenghuo.prepare import chain, check, holes, on_duty, ordered_channels, quiet_until
from fenghuo.prepare.roster import stretches

MONDAY = datetime(2031, 3, 3, tzinfo=UTC)
WORKDAYS = (0, 1, 2, 3, 4)
ALWAYS = Weekly(tuple(range(7)), "00:00", "00:00", "UTC")


def person(name: str, *channels: str) -> Person:
    return Person(name, name.title(), channels or (f"{name}-phone",))


def duty(name: str, weekly: Weekly | None = ALWAYS, order: int = 1, role: str = "pr") -> Duty:
    return Duty(f"{name}{order}", "w", person(name), role, order, weekly=weekly)


def names(people: list[Person]) -> list[str]:
    return [p.member for p in people]


def test_the_lowest_order_is_called_first_and_nobody_twice() -> None:
    duties = [duty("bea", order=2), duty("li"), duty("li", order=3)]
    assert names(on_duty(duties, MONDAY)) == ["li", "bea"]
    assert names(chain(duties, MONDAY, "yellow")) == ["li", "bea"]


def test_weekly_hours_are_read_on_the_wall_clock_of_their_zone() -> None:
    day = duty("li", Weekly(WORKDAYS, "09:00", "18:00", "Asia/Shanghai"))
    assert names(on_duty([day], MONDAY.replace(hour=1))) == ["li"]
    assert not on_duty([day], MONDAY.replace(hour=10))


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    night = duty("li", Weekly((4,), "22:00", "06:00", "UTC"))
    friday, saturday = (MONDAY + timedelta(days=d) for d in (4, 5))
    assert names(on_duty([night], friday.replace(hour=23))) == ["li"]
    assert names(on_duty([night], saturday.replace(hour=5))) == ["li"]
    assert not on_duty([night], friday.replace(hour=5))
    assert not on_duty([night], saturday.replace(hour=6))


def test_a_night_keeps_its_clock_times_when_summer_time_begins_in_it() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    saturday = datetime(2031, 3, 29, 12, tzinfo=berlin).astimezone(UTC)
    night = duty("bea", Weekly((5,), "22:00", "06:00", "Europe/Berlin"))
    ((start, end),) = stretches(night, saturday, saturday + timedelta(days=1))
    assert end - start == timedelta(hours=7)
    assert end.astimezone(berlin).hour == 6


def test_a_single_stretch_ends_when_it_ends() -> None:
    day = timedelta(days=1)
    once = Duty("d", "w", person("li"), start=MONDAY, end=MONDAY + day)
    assert on_duty([once], MONDAY)
    assert not on_duty([once], MONDAY + day)


def test_from_orange_on_a_lead_off_duty_stands_behind_those_on_duty() -> None:
    lead = duty("bea", Weekly(WORKDAYS, "09:00", "17:00", "UTC"), role="lead")
    duties = [lead, duty("li")]
    assert names(chain(duties, MONDAY, "yellow")) == ["li"]
    assert names(chain(duties, MONDAY, "orange")) == ["li", "bea"]


def test_with_nobody_on_duty_the_chain_is_empty_so_that_owners_are_called() -> None:
    lead = duty("bea", Weekly(WORKDAYS, "09:00", "17:00", "UTC"), role="lead")
    assert chain([lead], MONDAY, "red") == []


def test_from_orange_on_a_channel_that_rings_through_comes_first() -> None:
    one = person("li", "mail", "gone", "phone")
    known = {"mail", "phone"}
    assert ordered_channels(one, "yellow", {"phone"}, known).channels == ("mail", "phone")
    assert ordered_channels(one, "red", {"phone"}, known).channels == ("phone", "mail")


def test_holes_say_when_nobody_covers_and_when_nobody_can_be_woken() -> None:
    day = duty("li", Weekly(tuple(range(7)), "08:00", "20:00", "UTC"))
    found = holes([day], {"li-phone"}, MONDAY, days=2)
    assert [(h.start.hour, h.end.hour, h.kind) for h in found] == [
        (0, 8, "nobody"), (20, 8, "nobody"), (20, 0, "nobody"),
    ]  # fmt: skip
    silent = holes([day], set(), MONDAY, days=1)
    assert [h.kind for h in silent] == ["nobody", "silent", "nobody"]


def test_a_list_without_a_gap_has_no_hole() -> None:
    half = [
        duty("li", Weekly(tuple(range(7)), "08:00", "20:00", "Asia/Shanghai")),
        duty("bea", Weekly(tuple(range(7)), "20:00", "08:00", "Asia/Shanghai")),
    ]
    assert holes(half, {"li-phone", "bea-phone"}, MONDAY) == []


@given(
    st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=4),
    st.integers(0, 7 * 24 * 60 - 1),
)
def test_a_moment_is_in_a_hole_exactly_when_nobody_is_on_duty(
    hours: list[tuple[int, int]], minute: int
) -> None:
    duties = [
        duty(f"p{i}", Weekly((0, 2, 5, 6), f"{a:02}:00", f"{b:02}:00", "Europe/Berlin"))
        for i, (a, b) in enumerate(hours)
    ]
    ringing = {f"p{i}-phone" for i in range(len(hours))}
    at = MONDAY + timedelta(minutes=minute)
    inside = any(h.start <= at < h.end for h in holes(duties, ringing, MONDAY))
    assert inside == (not on_duty(duties, at))


def test_quiet_hours_end_in_the_morning_of_the_sleeper() -> None:
    night = MONDAY.replace(hour=15)
    assert quiet_until("22:00-08:00", "Asia/Shanghai", night) == MONDAY + timedelta(days=1)
    assert quiet_until("22:00-08:00", "Asia/Shanghai", MONDAY) == MONDAY
    assert quiet_until("", "UTC", night) == night


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        (Duty("d", "w", person("li")), "telling.duty_hours_missing"),
        (Duty("d", "w", person("li"), start=MONDAY, end=MONDAY), "telling.duty_order"),
        (duty("li", Weekly((), "00:00", "00:00", "UTC")), "telling.duty_days"),
        (duty("li", Weekly((0,), "9am", "00:00", "UTC")), "telling.hours_wrong"),
        (duty("li", Weekly((0,), "09:00", "10:00", "Mars/Base")), "telling.zone_unknown"),
        (duty("li", Weekly((0,), "09:00", "10:00", "Europe")), "telling.zone_unknown"),
        (
            Duty("d", "w", Person("li", "Li", quiet_hours="22-8"), weekly=ALWAYS),
            "telling.hours_wrong",
        ),
    ],
)
def test_a_duty_that_can_never_be_on_is_refused(wrong: Duty, key: str) -> None:
    with pytest.raises(BadInput) as error:
        check(wrong)
    assert error.value.key == key
