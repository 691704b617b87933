"""The duty page: the list, its gaps and warnings, wake tests."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import MethodType
from typing import Any

import pytest
from starlette.testclient import TestClient
from web.house import House

from fenghuo.domain.duty import ChannelAddress, Duty, NewChannel
from fenghuo.domain.errors import FenghuoError, OurMove
from fenghuo.domain.people import Role
from fenghuo.ports.channel import Letter, Message, Receipt

PAGE = "/settings/duty"
WEEK = [str(day) for day in range(7)]


class Post:
    """The switchboard's counter, with nobody behind it."""

    def __init__(self, house: House) -> None:
        self.sent: list[Message] = []
        self.dead = False
        house.app.switchboard.deliver = self.deliver  # type: ignore[method-assign]

    def deliver(self, letters: Sequence[Letter]) -> list[Receipt | FenghuoError]:
        self.sent += [letter.message for letter in letters]
        return [OurMove("telling.unreachable") if self.dead else Receipt() for _ in letters]


def member(house: House, session: str) -> str:
    found = house.app.access.session(session)
    assert found is not None
    return found.person.id


def channel(house: House, title: str = "Phone", *, rings: bool = True) -> ChannelAddress:
    new = NewChannel(f"ntfys://push.x.example/{title}", title, rings_through=rings)
    return house.app.prepare.add_channel(house.workspace, new, "chen")


def browser(house: House, session: str = "", language: str = "en") -> TestClient:
    return house.client(session or house.owner, fenghuo_language=language)


def put(house: House, session: str = "", status: int = 303, **fields: object) -> str:
    form: dict[str, object] = {
        "csrf": house.csrf(session or house.owner),
        "member": member(house, house.owner),
        "order": "1",
        "days": WEEK,
        "hours_from": "00:00",
        "hours_to": "00:00",
        **fields,
    }
    answer = browser(house, session).post(f"{PAGE}/save", data=form)
    assert answer.status_code == status
    return answer.text


def duties(house: House) -> list[Duty]:
    return house.app.prepare.duties(house.workspace)


def shown(house: House, language: str = "en") -> str:
    return re.sub(r"\s+", " ", browser(house, language=language).get(PAGE).text)


def test_a_duty_is_put_on_the_list_as_it_was_filled_in(house: House) -> None:
    phone, mail = channel(house), channel(house, "Mail", rings=False)
    put(
        house, role="lead", order="2", days=["0", "4"], hours_from="22:00", hours_to="06:00",
        channels=[phone.id, mail.id, ""], language="en", time_zone="Europe/Berlin",
        quiet_from="23:00", quiet_to="07:00", wait="8",
    )  # fmt: skip
    (duty,) = duties(house)
    person = duty.person
    assert (duty.role, duty.order) == ("lead", 2)
    assert duty.weekly is not None
    assert (duty.weekly.days, duty.weekly.time_zone) == ((0, 4), "Europe/Berlin")
    assert person.channels == (phone.id, mail.id)
    assert (person.language, person.quiet_hours, person.wait_minutes) == ("en", "23:00-07:00", 8)
    text = shown(house)
    for words in ("Mon, Fri", "22:00–next day 06:00", "Berlin", "23:00–07:00", "8 min", "rings"):
        assert words in text, words


def test_language_and_zone_are_those_of_the_person_unless_chosen(house: House) -> None:
    put(house)
    person = duties(house)[0].person
    assert (person.language, person.time_zone) == ("zh-CN", "Asia/Shanghai")


def test_a_stretch_is_read_in_the_zone_that_was_chosen(house: House) -> None:
    put(house, days=[], start="2031-03-05T09:00", end="2031-03-06T09:00", time_zone="Asia/Tokyo")
    (duty,) = duties(house)
    assert duty.start == datetime(2031, 3, 5, 0, 0, tzinfo=UTC)
    assert "2031-03-05 09:00 to 2031-03-06 09:00" in shown(house)
    form = browser(house).get(f"{PAGE}/{duty.id}").text
    assert 'value="2031-03-05T09:00"' in form


def test_a_duty_is_changed_and_taken_off(house: House) -> None:
    put(house)
    (before,) = duties(house)
    put(house, duty=before.id, order="3")
    (after,) = duties(house)
    assert (after.id, after.order) == (before.id, 3)
    form = {"csrf": house.csrf(house.owner), "duty": before.id}
    browser(house).post(f"{PAGE}/remove", data=form)
    assert duties(house) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"member": "stranger"}, "nobody of this name"),
        ({"order": "0"}, "a whole number from 1 to 99"),
        ({"order": "first"}, "a whole number from 1 to 99"),
        ({"wait": "-3"}, "at most 60"),
        ({"wait": "61"}, "at most 60"),
        ({"days": []}, "Enter from when to when"),
        ({"hours_from": "25:00"}, "Cannot read the time"),
        ({"quiet_from": "22:00"}, "Cannot read the time"),
        ({"time_zone": "Mars/Base"}, "no time zone “Mars/Base”"),
        ({"start": "tomorrow"}, "Cannot read the date and time “tomorrow”"),
        ({"start": "2031-03-06T09:00", "end": "2031-03-05T09:00"}, "must end after it begins"),
    ],
)
def test_a_duty_that_cannot_be_comes_back_with_its_reason_and_nothing_lost(
    house: House, fields: dict[str, Any], words: str
) -> None:
    text = put(house, status=422, role="quality", **fields)
    assert words in text
    assert '<option value="quality" selected>' in text
    assert duties(house) == []


def test_with_nobody_on_duty_the_page_says_who_is_called_instead(house: House) -> None:
    assert "An alert reaches nobody" in shown(house)
    channel(house)
    assert "An alert goes to the owners instead: 陈朗" in shown(house)
    assert "轮到主人或总负责" in shown(house, "zh-CN")


def test_a_duty_without_a_channel_that_rings_is_warned_of(house: House) -> None:
    put(house, channels=[channel(house, "Mail", rings=False).id])
    text = shown(house)
    assert "陈朗: no channel that rings" in text
    assert "nobody who could be woken" in text
    assert "Nobody is on duty now" not in text


def test_a_whole_list_has_no_gap_and_no_warning_but_that_of_the_address(house: House) -> None:
    put(house, channels=[channel(house).id])
    text = shown(house)
    assert "No gap in the next seven days" in text
    assert text.count("<h2><svg") == 1
    assert "Messages carry no link" in text


def test_a_demonstration_says_that_nobody_is_told(house: House) -> None:
    place = house.app.access.begin_workspace(member(house, house.owner), "Demo", "demo")
    client = house.client(house.owner, fenghuo_language="en", fenghuo_workspace=place.id)
    text = client.get(PAGE).text
    assert "This is a demonstration" in text
    assert "Nobody is on duty now</h2>" not in text


def wake(house: House, **form: str) -> None:
    form["csrf"] = house.csrf(house.owner)
    assert browser(house).post(f"{PAGE}/wake", data=form).status_code == 303


def test_a_wake_test_shows_who_answered_and_who_has_not(house: House) -> None:
    post = Post(house)
    put(house, channels=[channel(house).id], language="en")
    session = house.member("pr")
    put(house, member=member(house, session), channels=[channel(house, "Li").id], order="2")
    wake(house)
    assert [m.title for m in post.sent] == [
        "[烽火 Fenghuo · test] 陈朗, does this reach you?",
        "【烽火·测试】li，能收到吗？",
    ]
    assert shown(house).count("no answer yet") == 2
    form = {"csrf": house.csrf(session)}
    page = browser(house, session).get(PAGE).text
    test = re.search(r'name="test" value="([^"]+)"', page)
    assert test
    browser(house, session).post(f"{PAGE}/here", data=form | {"test": test[1]})
    text = shown(house)
    assert "answered after" in text
    assert text.count("no answer yet") == 1


def test_nobody_answers_a_wake_test_for_another(house: House) -> None:
    Post(house)
    put(house, channels=[channel(house).id])
    wake(house, member=member(house, house.owner))
    (test,) = house.app.prepare.wakes(house.workspace)
    session = house.member("pr")
    form = {"csrf": house.csrf(session), "test": test.id}
    answer = browser(house, session).post(f"{PAGE}/here", data=form)
    assert "no such test for you" in answer.text
    assert house.app.prepare.wakes(house.workspace)[0].state == "sent"


def test_a_wake_test_that_went_nowhere_says_why(house: House) -> None:
    post = Post(house)
    post.dead = True
    put(house, channels=[channel(house).id])
    wake(house)
    assert "The other side cannot be reached" in shown(house)


def test_silence_after_a_wake_test_is_called_silence(house: House) -> None:
    Post(house)
    put(house, channels=[channel(house).id])
    wake(house)
    real = house.app.clock.now

    def later(_: object, workspace: str) -> datetime:
        return real(workspace) + timedelta(minutes=20)

    house.app.clock.now = MethodType(later, house.app.clock)  # type: ignore[method-assign]
    assert "arrived over Phone; no answer<" in shown(house).replace(" <", "<")


@pytest.mark.parametrize(("role", "status"), [("lead", 303), ("pr", 403), ("viewer", 403)])
def test_owners_and_leads_keep_the_list(house: House, role: Role, status: int) -> None:
    put(house, house.member(role), status=status)
