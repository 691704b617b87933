"""Guests: a link opens one thing, for a while."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from fenghuo.domain.errors import BadInput, Missing, NobodysMove, NotAllowed
from fenghuo.domain.guest import Guest, NewGuest, Shared
from fenghuo.security.guests import Guests
from fenghuo.storage import Database

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
ALERT = Shared("alert", "w1/a1")
WEBER = NewGuest(ALERT, "Dr. Weber", "weber@law.example", "en", "Europe/Berlin", 72)


class Hands:
    """A clock that tests move; the demo lives in the year 2030."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 1, tzinfo=UTC)

    def now(self, workspace: str) -> datetime:
        return self.at.replace(year=2030) if workspace == "demo" else self.at

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def guests(database: Database, clock: Hands) -> Guests:
    return Guests(database, clock)


def kept(guests: Guests, workspace: str = "ours") -> Guest:
    return guests.guests(workspace)[0]


def told(database: Database, workspace: str = "ours") -> list[str]:
    """The facts of a workspace's settings, as they are kept."""
    from sqlalchemy import create_engine, select

    from fenghuo.storage.engine import read_url
    from fenghuo.storage.schema import facts

    engine = create_engine(read_url(database.url))
    with engine.connect() as connection:
        mine = select(facts.c.body).where(facts.c.stream == f"workspace:{workspace}")
        found = [body.decode() for body in connection.scalars(mine.order_by(facts.c.seq))]
    engine.dispose()
    return found


def test_a_link_opens_the_one_thing_it_was_made_for(guests: Guests) -> None:
    made, secret = guests.invite("ours", WEBER, "chen")
    opened = guests.open(secret, HERE)
    assert (opened.id, opened.shared, opened.workspace) == (made.id, ALERT, "ours")
    assert (opened.language, opened.time_zone) == ("en", "Europe/Berlin")


def test_only_the_digest_of_a_link_is_kept(guests: Guests) -> None:
    _, secret = guests.invite("ours", WEBER, "chen")
    assert secret not in repr(kept(guests))


def test_a_link_is_over_when_its_time_has_passed(guests: Guests, clock: Hands) -> None:
    _, secret = guests.invite("ours", WEBER, "chen")
    clock.later(hours=71, minutes=59)
    assert guests.open(secret, HERE)
    clock.later(minutes=1)
    with pytest.raises(NobodysMove, match=r"guests\.link_over"):
        guests.open(secret, HERE)


def test_a_link_in_a_demo_lasts_in_real_time(guests: Guests, clock: Hands) -> None:
    _, secret = guests.invite("demo", WEBER, "chen")
    clock.later(hours=71)
    assert guests.open(secret, HERE)


def test_a_link_that_was_taken_back_is_over_at_once(guests: Guests) -> None:
    made, secret = guests.invite("ours", WEBER, "chen")
    guests.open(secret, HERE)
    guests.revoke("ours", made.id, "chen")
    with pytest.raises(NobodysMove, match=r"guests\.link_over"):
        guests.open(secret, HERE)
    assert guests.seeing("ours", ALERT) == []


def test_nobody_takes_back_a_link_of_another_workspace(guests: Guests) -> None:
    made, secret = guests.invite("ours", WEBER, "chen")
    for name in (made.id, "no-such-guest"):
        with pytest.raises(Missing, match=r"guests\.no_guest"):
            guests.revoke("theirs", name, "zhao")
    assert guests.open(secret, HERE)


@pytest.mark.parametrize("hours", [0, -1, 30 * 24 + 1, 10**12])
def test_a_link_works_for_an_hour_to_thirty_days(guests: Guests, hours: int) -> None:
    with pytest.raises(BadInput, match=r"guests\.how_long_wrong"):
        guests.invite("ours", replace(WEBER, hours=hours), "chen")
    assert guests.guests("ours") == []


def test_a_link_needs_a_name(guests: Guests) -> None:
    with pytest.raises(BadInput, match=r"guests\.name_missing"):
        guests.invite("ours", replace(WEBER, name="  "), "chen")


def test_making_opening_first_and_taking_back_are_facts_without_a_name_or_a_secret(
    guests: Guests, database: Database, clock: Hands
) -> None:
    made, secret = guests.invite("ours", WEBER, "chen")
    for _ in range(3):
        guests.open(secret, HERE)
        clock.later(minutes=2)
    guests.revoke("ours", made.id, "li")
    guests.revoke("ours", made.id, "li")
    found = told(database)
    assert [text.split('"')[3] for text in found] == [
        "guest_invited",
        "guest_opened",
        "guest_revoked",
    ]
    assert all(made.id in text for text in found)
    for private in (secret, made.token, "Weber", "weber@law.example"):
        assert not [text for text in found if private in text]


def test_when_a_link_was_last_opened_is_noted_once_a_minute(guests: Guests, clock: Hands) -> None:
    _, secret = guests.invite("ours", WEBER, "chen")
    guests.open(secret, HERE)
    first = kept(guests).seen
    clock.later(seconds=59)
    guests.open(secret, HERE)
    assert kept(guests).seen == first
    clock.later(seconds=1)
    guests.open(secret, HERE)
    assert kept(guests).seen == first + 60_000
    assert kept(guests).opened == first


def test_links_that_are_not_ours_make_an_address_wait(guests: Guests, clock: Hands) -> None:
    _, secret = guests.invite("ours", WEBER, "chen")
    for number in range(8):
        with pytest.raises(Missing, match=r"guests\.link_unknown"):
            guests.open(f"guess {number}", HERE)
    for link in ("one more guess", secret):
        with pytest.raises(NotAllowed, match=r"access\.wait"):
            guests.open(link, HERE)
    assert guests.open(secret, ELSEWHERE)
    clock.later(minutes=16)
    assert guests.open(secret, HERE)


def test_a_link_that_is_over_is_no_guess(guests: Guests) -> None:
    made, secret = guests.invite("ours", WEBER, "chen")
    guests.revoke("ours", made.id, "chen")
    for _ in range(20):
        with pytest.raises(NobodysMove):
            guests.open(secret, HERE)
