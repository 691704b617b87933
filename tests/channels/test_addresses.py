"""Addresses as people copy them: what is recognised, what is refused, what is shown."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from channels.servers import Detour, Web, web_server

from fenghuo.channels.apprise import Services
from fenghuo.channels.robots import Robots, fit
from fenghuo.channels.switchboard import Switchboard
from fenghuo.domain.errors import BadInput, OurMove, UserMove
from fenghuo.ports.channel import ChannelKind, Letter, Message, Receipt

NOW = datetime(2031, 3, 5, 2, 0, tzinfo=UTC)
TOKEN = "0123456789abcdef0123"


def forbid(host: str, port: int | None) -> None:
    """The egress rule of a machine that may reach nothing of its own."""
    raise UserMove("telling.refused", f"{host}:{port} is private")


_open: list[Switchboard] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _open:
        _open.pop().close()


def switchboard(*kinds: ChannelKind, limit_s: float = 10) -> Switchboard:
    """One that is closed after the test."""
    _open.append(Switchboard(kinds, limit_s))
    return _open[-1]


def board(port: int = 9) -> Switchboard:
    return switchboard(Robots(Detour(port), lambda: NOW), Services(forbid, lambda: NOW))


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        (f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}", "dingtalk"),
        (f"oapi.dingtalk.com/robot/send?access_token={TOKEN}", "dingtalk"),
        (f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}", "feishu"),
        (f" https://open.feishu.cn/open-apis/bot/v2/hook/{TOKEN}/ ", "feishu"),
        (f"https://open.larksuite.com/open-apis/bot/v2/hook/{TOKEN}", "lark"),
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKEN}", "wecombot"),
        (f"dingtalk://SECabc@{TOKEN}", "dingtalk"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#crisis", "slack"),
        (
            "https://prod-1.westeurope.logic.azure.com:443/workflows/aaa643e3/triggers/manual/"
            "paths/invoke?api-version=2016-06-01&sp=x&sv=1.0&sig=abcdEF",
            "workflow",
        ),
        ("tgram://123456789:abcdefg_hijklmnop/12315544", "tgram"),
        ("mailtos://me:word@smtp.mail.example?to=duty@mail.example", "mailtos"),
        ("https://ntfy.sh/our-topic", "ntfys"),
        ("ntfys://push.mail.example/topic", "ntfys"),
        ("https://hooks.mail.example/in?key=abc", "jsons"),
    ],
)
def test_an_address_is_recognised_as_it_is_copied(typed: str, kind: str) -> None:
    known = board().read(typed)
    assert known.kind == kind
    assert board().read(known.url) == known, "what is stored reads the same again"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("hello", "telling.address_unknown"),
        ("https://oapi.dingtalk.com/robot/send", "telling.token_wrong"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/", "telling.token_wrong"),
        (f"wecombot://secret@{TOKEN}", "telling.secret_unusable"),
        ("slack://too/short", "telling.address_wrong"),
        ("msteams://a/b/c/d", "telling.scheme_unknown"),
        ("mastodon://token@social.example", "telling.scheme_unknown"),
        ("dbus://", "telling.scheme_unknown"),
        ("syslog://", "telling.scheme_unknown"),
        (f"tgram://123456789:{TOKEN}/1?template=/etc/passwd", "telling.option_unknown"),
        (f"tgram://123456789:{TOKEN}/1#x?template=/etc/passwd", "telling.option_unknown"),
        ("mailto://a:b@c.example?pgppub=/etc/passwd", "telling.option_unknown"),
        ("jsons://a.example/x?verify=no", "telling.option_unknown"),
        ("jsons://a.example/x?redirect=yes", "telling.option_unknown"),
    ],
)
def test_an_address_that_cannot_work_or_would_do_harm_is_refused(typed: str, key: str) -> None:
    with pytest.raises(BadInput) as error:
        board().read(typed)
    assert error.value.key == key


@pytest.mark.parametrize("kind", ["feishu", "lark", "dingtalk", "wecombot"])
def test_apprise_never_takes_a_robot_whose_secret_it_would_drop(kind: str) -> None:
    assert Services(forbid, lambda: NOW).read(f"{kind}://secret@{TOKEN}") is None


@pytest.mark.parametrize("typed", ["ntfy://topic", "jsons://a.example/x"])
def test_a_secret_that_nothing_can_use_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="secret_unusable"):
        board().read(typed, "SECabc")


@pytest.mark.parametrize(
    "typed",
    [
        f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}",
        f"feishu://sign1ngsecret@{TOKEN}",
        f"mailtos://someone:{TOKEN}@smtp.mail.example",
        f"jsons://us:{TOKEN}@hooks.mail.example/{TOKEN}?-key={TOKEN}",
    ],
)
def test_what_is_shown_of_an_address_holds_nothing_of_its_secrets(typed: str) -> None:
    masked = board().read(typed).masked
    assert TOKEN[:6] not in masked
    assert "sign1ng" not in masked
    assert board().read(typed.replace("abcdef", "abcdee")).masked != masked, "but tells two apart"


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as made:
        yield made


MESSAGE = Message("title", "body")


def test_a_host_that_the_egress_rule_forbids_is_never_connected_to(web: Web) -> None:
    (outcome,) = board().deliver([Letter(f"json://127.0.0.1:{web.port}/x", MESSAGE)])
    assert isinstance(outcome, UserMove)
    assert not web.requests


def test_a_redirect_is_not_followed(web: Web) -> None:
    web.status, web.headers = 302, {"location": f"http://127.0.0.1:{web.port}/inside"}
    services = Services(lambda host, port: None, lambda: NOW)
    desk = switchboard(services)
    (outcome,) = desk.deliver([Letter(f"json://127.0.0.1:{web.port}/x", MESSAGE)])
    assert isinstance(outcome, UserMove)
    assert outcome.key == "telling.moved"
    assert len(web.requests) == 1


def test_letters_go_out_together_and_one_bad_one_harms_no_other(web: Web) -> None:
    web.answer = b'{"code":0}'
    letters = [
        Letter(f"feishu://{TOKEN}", MESSAGE),
        Letter("gone://x", MESSAGE),
        Letter(f"feishu://{TOKEN}", MESSAGE),
    ]
    first, bad, last = board(web.port).deliver(letters)
    assert isinstance(first, Receipt)
    assert isinstance(last, Receipt)
    assert isinstance(bad, BadInput)
    assert len(web.requests) == 2


def test_a_send_that_never_ends_is_ended(web: Web) -> None:
    web.hangs = True
    robots = Robots(Detour(web.port, timeout_s=30), lambda: NOW)
    (outcome,) = switchboard(robots, limit_s=0.2).deliver([Letter(f"lark://{TOKEN}", MESSAGE)])
    assert isinstance(outcome, OurMove)
    assert outcome.key == "telling.timed_out"


def test_delivering_again_and_again_uses_one_loop(web: Web) -> None:
    web.answer = b'{"code":0}'
    desk = board(web.port)
    for _ in range(3):
        assert desk.deliver([Letter(f"lark://{TOKEN}", MESSAGE)]) == [Receipt()]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("keywords not in content", "telling.keyword_missing"),
        ("sign not match", "telling.sign_wrong"),
        ("ip 1.2.3.4 not in whitelist", "telling.address_not_allowed"),
        ("something new", "telling.robot_refused"),
    ],
)
def test_dingtalk_tells_its_refusals_apart_in_words_only(web: Web, words: str, key: str) -> None:
    web.answer = f'{{"errcode":310000,"errmsg":"{words}"}}'.encode()
    (outcome,) = board(web.port).deliver([Letter(f"dingtalk://{TOKEN}", MESSAGE)])
    assert isinstance(outcome, UserMove)
    assert outcome.key == key


def test_an_answer_that_is_not_the_robots_is_not_taken_for_a_delivery(web: Web) -> None:
    web.answer = b"<html>welcome to our portal</html>"
    (outcome,) = board(web.port).deliver([Letter(f"feishu://{TOKEN}", MESSAGE)])
    assert isinstance(outcome, UserMove)
    assert outcome.key == "telling.robot_silent"


def test_a_text_that_is_too_long_keeps_its_head_and_its_link() -> None:
    text = "\n".join(["title", *(f"reason {i} " + "因" * 30 for i in range(40)), "link"])
    cut = fit(text, 2048)
    assert len(cut.encode()) <= 2048
    assert cut.startswith("title\nreason 0")
    assert cut.endswith("\nlink")
