"""The page of channels: who may add one, what is refused and why, what is never shown."""

import json
from collections.abc import Iterator

import pytest
from channels.servers import Mail, Web, mail_server, web_server
from starlette.testclient import TestClient
from web.house import House

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.web.application import build

PAGE = "/settings/channels"
TOKEN = "tok3n-0123456789abcdef"
SECRET = "SECs1gn1ngs3cret"


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as made:
        yield made


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as made:
        yield made


@pytest.fixture
def home(house: House) -> Iterator[House]:
    """The house on a machine that may dial servers of its own."""
    old = house.app.config
    house.app.close()
    app = App(Config(var=old.var, database=old.database, allow_private="127.0.0.1"))
    house.app, house.web = app, build(app)
    yield house
    app.close()


def browser(house: House, language: str = "en") -> TestClient:
    return house.client(house.owner, fenghuo_language=language)


def add(house: House, address: str, language: str = "en", **more: str) -> str:
    form = {"csrf": house.csrf(house.owner), "address": address, "rings": "on", **more}
    answer = browser(house, language).post(PAGE, data=form)
    assert answer.status_code in {200, 422}
    assert address not in answer.text
    return answer.text


def act(house: House, what: str, **more: str) -> str:
    (channel,) = house.app.prepare.channels(house.workspace)
    form = {"csrf": house.csrf(house.owner), "channel": channel.id, **more}
    return browser(house).post(f"{PAGE}/{what}", data=form).text


def test_a_webhook_is_pasted_tried_and_kept_sealed(home: House, web: Web) -> None:
    text = add(home, f"http://127.0.0.1:{web.port}/hook-s3cret", title="Night group")
    assert "Added, and the test went out" in text
    ((_, body),) = web.requests
    assert "Night group" in json.loads(body)["title"]
    (channel,) = home.app.prepare.channels(home.workspace)
    assert (channel.title, channel.member, channel.rings_through) == ("Night group", "", True)
    assert "hook-s3cret" not in repr(channel)
    assert "hook-s3cret" not in browser(home).get(PAGE).text


def test_a_mailbox_is_tried_and_kept(home: House, mail: Mail) -> None:
    address = f"mailto://us:{mail.password}@127.0.0.1:{mail.port}?from=a@x.example&to=b@y.example"
    assert "测试也发出了" in add(home, address, "zh-CN", title="邮箱")
    assert "【烽火·测试】邮箱" in mail.texts[0]
    assert mail.password not in browser(home).get(PAGE).text


@pytest.mark.parametrize(
    ("address", "chinese", "english"),
    [
        ("hello", "认不出这个地址", "no known kind"),
        ("msteams://a/b/c/d", "不能用 msteams", "over msteams"),
        ("http://127.0.0.1:9/in", "127.0.0.1 在内部网络里", "127.0.0.1 lies inside a private"),
        ("json://10.1.2.3/in", "10.1.2.3 在内部网络里", "10.1.2.3 lies inside a private"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/", "密钥不完整", "not complete"),
    ],
)
def test_an_address_that_cannot_work_is_not_kept_and_says_why(
    house: House, address: str, chinese: str, english: str
) -> None:
    assert chinese in add(house, address, "zh-CN")
    assert english in add(house, address, "en", title="Kept title")
    assert 'value="Kept title"' in add(house, address, "en", title="Kept title")
    assert house.app.prepare.channels(house.workspace) == []


def test_a_key_that_is_no_longer_taken_says_whose_move_it_is(home: House, web: Web) -> None:
    web.status = 404
    text = add(home, f"http://127.0.0.1:{web.port}/gone")
    assert "no longer takes this address" in text
    assert "An owner&#39;s move" in text
    assert home.app.prepare.channels(home.workspace) == []


def test_a_channel_whose_other_side_is_in_trouble_is_kept_and_said_so(
    home: House, web: Web
) -> None:
    web.status = 503
    text = add(home, f"http://127.0.0.1:{web.port}/hook", title="Group")
    assert "the test has not gone out yet" in text
    assert [c.title for c in home.app.prepare.channels(home.workspace)] == ["Group"]
    web.status = 200
    assert "The test went out over Group" in act(home, "test")
    web.status = 410
    assert "The test over Group did not go out" in act(home, "test")


def test_a_channel_is_marked_as_ringing_and_taken_away(home: House, web: Web) -> None:
    add(home, f"http://127.0.0.1:{web.port}/hook", rings="")
    assert not home.app.prepare.channels(home.workspace)[0].rings_through
    act(home, "ring", rings="on")
    assert home.app.prepare.channels(home.workspace)[0].rings_through
    act(home, "drop")
    assert home.app.prepare.channels(home.workspace) == []


def test_a_channel_can_belong_to_a_member_and_to_no_stranger(home: House, web: Web) -> None:
    address = f"http://127.0.0.1:{web.port}/hook"
    assert "nobody of this name" in add(home, address, member="stranger")
    found = home.app.access.session(home.owner)
    assert found is not None
    add(home, address, member=found.person.id)
    assert home.app.prepare.channels(home.workspace)[0].member == found.person.id


def test_only_owners_add_and_everybody_else_is_told_so(house: House) -> None:
    lead = house.member("lead")
    client = house.client(lead, fenghuo_language="en")
    assert "Only owners add" in client.get(PAGE).text
    form = {"csrf": house.csrf(lead), "address": f"feishu://{SECRET}@{TOKEN}"}
    for path in (PAGE, f"{PAGE}/test", f"{PAGE}/ring", f"{PAGE}/drop"):
        assert client.post(path, data=form | {"channel": "x"}).status_code == 403


def test_whoever_is_taken_out_of_the_workspace_is_told_of_nothing(home: House, web: Web) -> None:
    found = home.app.access.session(home.member("pr"))
    assert found is not None
    add(home, f"http://127.0.0.1:{web.port}/hook", member=found.person.id)
    form = {"csrf": home.csrf(home.owner), "person": found.person.id}
    assert browser(home).post("/settings/member", data=form).status_code == 303
    assert home.app.prepare.channels(home.workspace) == []
