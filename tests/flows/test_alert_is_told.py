"""A grave post comes in, somebody is told over a real server, and says so with one press."""

import base64
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from channels.servers import Detour, Mail, Web, mail_server, web_server
from parts import Parts
from starlette.testclient import TestClient

from fenghuo.app import App, product, telling
from fenghuo.config import Config
from fenghuo.domain.duty import Duty, NewChannel, Person, Weekly
from fenghuo.domain.fact import Fact, Finding
from fenghuo.domain.handed import Handed
from fenghuo.domain.level import Level
from fenghuo.domain.people import Newcomer, Scale
from fenghuo.domain.post import millis
from fenghuo.domain.watch import Watch
from fenghuo.security.egress import Egress
from fenghuo.web.application import build

BASE = "https://team.example"
WORD = "correct horse battery"
TOKEN, SECRET = "tok3n-0123456789abcdef", "SECs1gn1ngs3cret"
FIRE = "The Veyra power bank caught fire in my hand, my daughter is in hospital."
MINUTE = timedelta(minutes=1)


class Hand:
    """A clock that a test moves, in place of the machine's."""

    time = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - where the hand begins

    def __init__(self, scales: Callable[[], Mapping[str, Scale]] = dict) -> None:
        """As the system's clock; nobody here lives in a time of their own."""

    def now(self, workspace: str) -> datetime:
        return Hand.time

    def refresh(self) -> None:
        """Nothing is held."""


class Way(Detour):
    """The way out: robots of the services are played by a server of this machine."""

    def check_host(self, host: str, port: int | None) -> None:
        Egress(lambda: Hand.time, allow_private=["127.0.0.1"]).check_host(host, port)


class Team:
    """The product with two people: Chen is called first by a robot, Bea second by mail."""

    def __init__(self, config: Config, robot: Web, mail: Mail) -> None:
        self.config, self.robot, self.mail = config, robot, mail
        robot.answer = b'{"code": 0, "msg": "success"}'
        self.app = App(config)
        link = self.app.access.first_owner_secret()
        chen = Newcomer("chen@veyra.example", "陈朗", WORD)
        self.chen = self.app.access.create_first_owner(link, chen, "维拉出海")
        found = self.app.access.session(self.chen)
        assert found is not None
        self.place = found.members[0].workspace.id
        bea = Newcomer("bea@veyra.example", "Bea", WORD, "en")
        invitation = self.app.access.invite(self.place, ["pr"])
        self.bea = self.app.access.accept_invite(invitation, bea, "127.0.0.1")
        self.watch = self.app.listen.watch(self.place, Watch("Veyra", "veyra")).id

    def page(self, session: str = "", language: str = "en") -> TestClient:
        cookies = {"fenghuo_session": session, "fenghuo_language": language} if session else {}
        return TestClient(build(self.app), BASE, cookies=cookies)

    def form(self, path: str, **fields: Any) -> str:
        found = self.app.access.session(self.chen)
        assert found is not None
        word = found.word(found.members[0].workspace.id)
        answer = self.page(self.chen).post(path, data={"csrf": word, **fields})
        assert answer.status_code == 200, answer.text
        return answer.text

    def member(self, session: str) -> str:
        found = self.app.access.session(session)
        assert found is not None
        return found.person.id

    def fill(self, **chen: str) -> None:
        """Channels and duty list, as people fill them in on the pages."""
        robot = f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}"
        self.form("/settings/channels", address=robot, secret=SECRET, title="夜班群", rings="on")
        box = f"mailto://us:{self.mail.password}@127.0.0.1:{self.mail.port}"
        address = f"{box}?from=fenghuo@veyra.example&to=bea@veyra.example"
        self.form("/settings/channels", address=address, title="Bea's mail")
        ids = {c.title: c.id for c in self.app.prepare.channels(self.place)}
        always = {"days": list("0123456"), "hours_from": "00:00", "hours_to": "00:00"}
        first = {"member": self.member(self.chen), "order": "1", "channels": ids["夜班群"]} | always
        self.form("/settings/duty/save", **(first | chen))
        second = {
            "member": self.member(self.bea),
            "order": "2",
            "channels": ids["Bea's mail"],
        } | always
        self.form("/settings/duty/save", **second)
        self.robot.requests.clear()
        self.mail.texts.clear()

    def hear(self, text: str = FIRE, kind: str = "post") -> None:
        """A post comes in by the API and the engine goes on until nothing is left."""
        token = self.app.access.create_token(self.place, "shop", ["posts:write"])
        at = (Hand.time - MINUTE).isoformat()
        post = {"platform": "x", "id": text[:20], "time": at, "text": text, "kind": kind}
        body = json.dumps(post)
        headers = {"authorization": f"Bearer {token}"}
        answer = self.page().post("/api/v1/posts", content=body, headers=headers)
        assert answer.json()["accepted"] == 1
        self.work()

    def work(self) -> None:
        while self.app.listen.understand_some() + self.app.warn.advance_some():
            continue
        self.app.telling.call_due()

    def wait(self, minutes: float) -> None:
        Hand.time += minutes * MINUTE
        self.work()

    def restart(self) -> None:
        self.app.close()
        self.app = App(self.config)

    def robot_text(self) -> str:
        text: str = json.loads(self.robot.requests[-1][1])["content"]["text"]
        return text

    def alert_page(self) -> str:
        text = self.page(self.chen).get(f"/alerts/{self.watch}/a1").text
        return re.sub(r"\s+", " ", text)

    def level(self, level: Level) -> None:
        """An alert of this level, whatever it takes to raise one."""
        at = millis(Hand.time)
        reason = Finding("negative", 30.0, 2, 14, 3_600_000, at, 5.0)
        with self.app.store.transaction() as tx:
            fact = Fact(1, at, "alert_opened", "a1", "", level, "other", None, (reason,), (), 30)
            tx.warn.add_facts(self.watch, [fact])
        self.app.telling.call_due()


def path_of(text: str) -> str:
    found = re.search(BASE + r"(/a/[\w-]+)", text)
    assert found
    return found[1]


@pytest.fixture
def team(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    with web_server() as robot, mail_server() as mail:
        monkeypatch.setattr(Hand, "time", Hand.time)
        monkeypatch.setattr(product, "SystemClock", Hand)
        monkeypatch.setattr(telling, "Egress", lambda now, **rest: Way(robot.port, 5))
        made = Team(Config(var=tmp_path, database=database_url, public_url=BASE), robot, mail)
        yield made
        made.app.close()


def test_a_grave_post_reaches_a_robot_whose_link_acknowledges(team: Team) -> None:
    team.fill()
    team.hear()
    ((path, body),) = team.robot.requests
    sent = json.loads(body)
    assert path == f"/open-apis/bot/v2/hook/{TOKEN}"
    key = f"{sent['timestamp']}\n{SECRET}".encode()
    assert sent["sign"] == base64.b64encode(hmac.new(key, b"", sha256).digest()).decode()
    text = team.robot_text()
    assert text.startswith("【烽火·橙色】Veyra：")
    assert "一条就够" in text
    link = path_of(text)
    for _ in range(2):
        shown = team.page().get(link)
        assert shown.status_code == 200
        assert "橙色" in shown.text
    assert "told, no answer yet" in team.alert_page()
    assert "Next: Bea, at" in team.alert_page()
    assert "您接手了" in team.page().post(link).text
    team.work()
    page = team.alert_page()
    assert re.search(r"acknowledged · 陈朗", page)
    assert "Next: Bea" not in page
    team.wait(60)
    assert team.mail.texts == []


def test_a_message_quotes_the_post_so_that_it_pings_nobody_and_leads_nowhere(team: Team) -> None:
    team.fill()
    team.hear(FIRE + " @everyone look https://evil.example/x")
    text = team.robot_text()
    assert FIRE[:40] in text
    assert "@everyone" not in text
    assert "evil.example" not in text
    assert FIRE[:40] in team.page().get(path_of(text)).text


def test_a_ticket_wakes_people_and_is_quoted_nowhere(team: Team) -> None:
    team.fill()
    team.hear(kind="ticket")
    text = team.robot_text()
    assert FIRE[:40] not in text
    assert FIRE[:40] not in team.page().get(path_of(text)).text


def test_what_was_handed_in_is_told_to_the_team_and_is_on_no_page_of_a_link(team: Team) -> None:
    team.fill()
    team.app.listen.hand_in(team.place, Handed(FIRE, heard_from="dealers"))
    team.work()
    text = team.robot_text()
    assert FIRE[:40] in text
    page = team.page().get(path_of(text))
    assert page.status_code == 200
    assert FIRE[:40] not in page.text


def test_when_nobody_acknowledges_the_next_is_called_in_her_language(team: Team) -> None:
    team.fill()
    team.hear()
    team.wait(4)
    assert team.mail.texts == []
    team.wait(1)
    (text,) = team.mail.texts
    assert "[烽火 Fenghuo · Orange] Veyra:" in text
    assert "Acknowledge within 5 minutes" in text
    shown = team.page().get(path_of(text), headers={"accept-language": "zh-CN"})
    assert "Can you take it?" in shown.text, "in the language of whom it was sent to"
    assert team.page().post(path_of(text)).status_code == 200
    team.work()
    page = team.alert_page()
    assert "told, did not answer" in page
    assert re.search(r"acknowledged · Bea", page)


def test_a_robot_that_refuses_costs_no_time_and_the_page_says_why(team: Team) -> None:
    team.fill()
    team.robot.answer = b'{"code": 19001, "msg": "param invalid: incoming webhook access token"}'
    team.hear()
    team.work()
    assert len(team.mail.texts) == 1
    assert "not reached</b>: The other side no longer takes this address or key" in (
        team.alert_page()
    )
    assert TOKEN not in team.alert_page()


def test_quiet_hours_hold_back_yellow_and_not_orange(team: Team) -> None:
    Hand.time = Hand.time.replace(hour=23, minute=30)
    quiet = {"time_zone": "UTC", "quiet_from": "22:00", "quiet_to": "07:00"}
    team.fill(**quiet)
    (bea,) = [d for d in team.app.prepare.duties(team.place) if d.person.name == "Bea"]
    team.form("/settings/duty/remove", duty=bea.id)
    team.level("yellow")
    assert team.robot.requests == []
    team.wait(7 * 60)
    assert team.robot.requests == []
    team.wait(30)
    assert "黄色" in team.robot_text()


def test_orange_is_told_in_quiet_hours_too(team: Team) -> None:
    Hand.time = Hand.time.replace(hour=23, minute=30)
    team.fill(time_zone="UTC", quiet_from="22:00", quiet_to="07:00")
    team.level("orange")
    assert "橙色" in team.robot_text()


def test_with_nobody_on_duty_an_owner_is_called_and_told_so(team: Team) -> None:
    team.fill()
    for duty in team.app.prepare.duties(team.place):
        team.form("/settings/duty/remove", duty=duty.id)
    team.hear()
    assert "现在没有人值班，所以找您" in team.robot_text()
    assert "as owner, nobody was on duty" in team.alert_page()


def test_a_restart_forgets_neither_who_was_told_nor_who_is_next(team: Team) -> None:
    team.fill()
    team.hear()
    link = path_of(team.robot_text())
    team.restart()
    team.work()
    assert len(team.robot.requests) == 1, "nobody is called twice"
    assert team.page().get(link).status_code == 200
    team.wait(5)
    assert len(team.mail.texts) == 1
    team.restart()
    assert team.page().post(link).status_code == 200
    team.wait(60)
    assert len(team.mail.texts) == 1


def test_the_running_product_tells_and_survives_a_kill_of_all_its_parts(
    database_url: str, tmp_path: Path
) -> None:
    app = App(Config(var=tmp_path, database=database_url))
    new = Newcomer("chen@veyra.example", "Chen", WORD, "en")
    session = app.access.create_first_owner(app.access.first_owner_secret(), new, "V")
    found = app.access.session(session)
    assert found is not None
    place, me = found.members[0].workspace.id, found.person.id
    watch = app.listen.watch(place, Watch("Veyra", "veyra")).id
    token = app.access.create_token(place, "shop", ["posts:write"])
    with web_server() as hook:
        address = f"http://127.0.0.1:{hook.port}/hook"
        kept = app.prepare.add_channel(place, NewChannel(address, "Hook", rings_through=True), me)
        weekly = Weekly(tuple(range(7)), "00:00", "00:00", "UTC")
        person = Person(me, "Chen", (kept.id,), "en")
        app.prepare.put_duty(Duty("", place, person, weekly=weekly), me)
        parts = Parts(database_url, tmp_path, FENGHUO_ALLOW_PRIVATE="127.0.0.1")
        parts.environment["FENGHUO_PUBLIC_URL"] = parts.home
        try:
            parts.start()
            parts.wait()
            at = datetime.now(UTC).isoformat()  # noqa: TID251 - the product runs on the real clock
            post = {"platform": "x", "id": "1", "time": at, "text": FIRE}
            headers = {"authorization": f"Bearer {token}"}
            httpx.post(f"{parts.home}/api/v1/posts", json=[post], headers=headers, timeout=30)
            wait_for(lambda: bool(hook.requests))
            wait_for(lambda: app.telling.calls(watch, "a1")[0].state == "sent")
            parts.end()
            parts.start()
            parts.wait()
            message = json.loads(hook.requests[0][1])["message"]
            link = re.search(r"http://\S+/a/\S+", message)
            assert link
            assert httpx.get(link[0]).status_code == 200
            assert "You have it" in httpx.post(link[0]).text
            wait_for(lambda: app.warn.alert(watch, "a1")[-1].fact == "alert_acknowledged")
            assert len(hook.requests) == 1
        finally:
            parts.end()
            app.close()


def wait_for(done: Callable[[], bool]) -> None:
    """Until it is so; a busy machine takes its time."""
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come")
