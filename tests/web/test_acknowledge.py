"""The page of a link in a message: looking spends nothing, pressing answers once."""

from datetime import datetime, timedelta
from types import MethodType

import pytest
from web.house import House
from web.test_duty import Post, channel, member, put

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.fact import Fact, FactName, Finding
from fenghuo.domain.post import millis
from fenghuo.web.application import build

BASE = "https://team.example"


@pytest.fixture
def called(house: House) -> tuple[House, str]:
    """A house whose owner was called about an orange alert, and the path of the link."""
    old = house.app.config
    house.app.close()
    house.app = App(Config(var=old.var, database=old.database, public_url=BASE))
    house.web = build(house.app)
    post = Post(house)
    put(house, channels=[channel(house).id], time_zone="Asia/Tokyo")
    fact(house, "alert_opened")
    assert house.app.telling.call_due() == 1
    return house, post.sent[0].body.splitlines()[-1].removeprefix(f"认领：{BASE}")


def fact(house: House, name: FactName) -> None:
    at = millis(house.app.clock.now(house.workspace))
    grave = Finding("grave", 1.0, words=("fire",), since=at)
    with house.app.store.transaction() as tx:
        seq = len(tx.warn.facts(house.watch)) + 1
        made = Fact(seq, at, name, "a1", "", "orange", "product", None, (grave,), mentions=3)
        tx.warn.add_facts(house.watch, [made])


def test_looking_spends_nothing_and_asks_for_no_session(called: tuple[House, str]) -> None:
    house, path = called
    for _ in range(3):
        answer = house.client().get(path, headers={"user-agent": "LinkPreview/1.0"})
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert "no-store" in answer.headers["cache-control"]
        for words in ("橙色", "Veyra", "起火、冒烟、爆炸", "· 东京"):
            assert words in answer.text
    assert [c.state for c in house.app.telling.calls(house.watch, "a1")] == ["sent", "due"]


def test_asking_for_the_head_alone_answers_and_spends_nothing(called: tuple[House, str]) -> None:
    house, path = called
    answer = house.client().head(path)
    assert (answer.status_code, answer.text) == (200, "")
    assert [c.state for c in house.app.telling.calls(house.watch, "a1")] == ["sent", "due"]


def test_pressing_acknowledges_and_the_alert_page_says_so(called: tuple[House, str]) -> None:
    house, path = called
    answer = house.client().post(path)
    assert answer.status_code == 200
    assert "您接手了" in answer.text
    while house.app.warn.advance_some():
        continue
    call = house.app.telling.calls(house.watch, "a1")[0]
    assert (call.state, call.answered_by) == ("answered", member(house, house.owner))


def test_a_pressed_link_says_who_has_it_with_410(called: tuple[House, str]) -> None:
    house, path = called
    house.client().post(path)
    for answer in (house.client().get(path), house.client().post(path)):
        assert answer.status_code == 410
        assert "陈朗" in answer.text


def test_a_link_of_an_ended_alert_says_so_with_410(called: tuple[House, str]) -> None:
    house, path = called
    fact(house, "alert_closed")
    answer = house.client(fenghuo_language="en").get(path)
    assert answer.status_code == 410
    assert "This alert has ended" in answer.text


def test_a_link_of_yesterday_has_expired(called: tuple[House, str]) -> None:
    house, path = called
    real = house.app.clock.now

    def later(_: object, workspace: str) -> datetime:
        return real(workspace) + timedelta(hours=25)

    house.app.clock.now = MethodType(later, house.app.clock)  # type: ignore[method-assign]
    answer = house.client(fenghuo_language="en").post(path)
    assert answer.status_code == 410
    assert "expired" in answer.text


@pytest.mark.parametrize("path", ["/a/c-guessed", "/a/w-guessed", "/a/x"])
def test_a_link_that_is_not_ours_is_not_found(house: House, path: str) -> None:
    for answer in (house.client().get(path), house.client().post(path)):
        assert answer.status_code == 404
        assert "Veyra" not in answer.text


def test_another_site_cannot_press_the_button(called: tuple[House, str]) -> None:
    house, path = called
    answer = house.client().post(path, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert house.app.telling.calls(house.watch, "a1")[0].state == "sent"


def test_a_member_who_is_signed_in_answers_in_their_own_name(called: tuple[House, str]) -> None:
    house, path = called
    session = house.member("pr")
    house.client(session).post(path)
    assert house.app.telling.calls(house.watch, "a1")[0].answered_by == member(house, session)
    text = house.client(session, fenghuo_language="en").get(f"/alerts/{house.watch}/a1").text
    assert "by li" in text
    # Not the one that the link was sent to.
    assert "li has acknowledged it already" in house.client(fenghuo_language="en").get(path).text


def test_whoever_judged_an_alert_is_named_after_they_left(called: tuple[House, str]) -> None:
    house, path = called
    session = house.member("pr", name="Noor")
    gone = member(house, session)
    house.client(session).post(path)
    while house.app.warn.advance_some():
        continue
    house.app.change_roles(house.workspace, gone, (), member(house, house.owner))
    text = house.client(house.owner).get(f"/alerts/{house.watch}/a1").text
    assert "Noor" in text
    assert gone not in text


def test_the_link_of_a_wake_test_is_answered_the_same_way(called: tuple[House, str]) -> None:
    house, _ = called
    post = Post(house)
    asker = house.member("lead", name="Bea")
    house.app.prepare.wake(house.workspace, member(house, house.owner), member(house, asker))
    path = post.sent[-1].body.splitlines()[-1].removeprefix(f"收到了：{BASE}")
    assert "Bea" in house.client().get(path).text
    assert "记下了" in house.client().post(path).text
    assert house.app.prepare.wakes(house.workspace)[0].state == "answered"
    for answer in (house.client().get(path), house.client().post(path)):
        assert answer.status_code == 410


def test_the_alert_page_shows_who_was_told_why_not_and_who_is_next(
    called: tuple[House, str],
) -> None:
    house, _ = called
    client = house.client(house.owner, fenghuo_language="en")
    text = client.get(f"/alerts/{house.watch}/a1").text
    for words in ("Who was told", "Phone", "told, no answer yet", "Next: 陈朗, at"):
        assert words in text
