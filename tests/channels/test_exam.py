"""Every channel sits the shipped exam, against real servers on this machine."""

import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

import pytest
from channels.servers import Detour, Mail, Web, free_port, mail_server, web_server

import fenghuo.channels
from fenghuo.channels import apprise as services
from fenghuo.channels.apprise import Services
from fenghuo.channels.robots import Robots
from fenghuo.exams.channel import NEEDS, QUESTIONS, Behaviour, Stage
from fenghuo.ports.channel import Channel

NOW = datetime(2031, 3, 5, 2, 0, tzinfo=UTC)
TOKEN = "tok3n-0123456789abcdef"
SECRET = "SECs1gn1ngs3cret"


def allow(host: str, port: int | None) -> None:
    """Every host of this machine is allowed."""
    assert host == "127.0.0.1"


class RobotStage:
    """A robot of one of the four services."""

    cannot: Sequence[Behaviour] = ()

    def __init__(self, web: Web, kind: str) -> None:
        self.secrets = [TOKEN] if kind == "wecombot" else [TOKEN, SECRET]
        self._web = web
        self._kind = kind
        field = "errcode" if kind in {"dingtalk", "wecombot"} else "code"
        gone = {"dingtalk": 300005, "wecombot": 93000, "feishu": 19001, "lark": 19001}[kind]
        many = {"dingtalk": 130101, "wecombot": 45009, "feishu": 11232, "lark": 11232}[kind]
        self._answers: dict[Behaviour, tuple[int, object]] = {
            "takes": (200, {field: 0, "errmsg": "ok"}),
            "refuses": (200, {field: 310000, "errmsg": f"no {TOKEN}", "msg": f"no {TOKEN}"}),
            "forgets": (200, {field: gone, "errmsg": "token is not exist", "msg": "gone"}),
            "too_many": (200, {field: many, "errmsg": "send too fast", "msg": "frequency limited"}),
            "breaks": (502, {}),
        }

    def channel(self, behaviour: Behaviour) -> Channel:
        status, answer = self._answers.get(behaviour, (200, {}))
        self._web.status, self._web.answer = status, json.dumps(answer).encode()
        self._web.hangs = behaviour == "hangs"
        port = free_port() if behaviour == "absent" else self._web.port
        secret = SECRET if SECRET in self.secrets else ""
        robots = Robots(Detour(port), lambda: NOW)
        known = robots.read(f"{self._kind}://{TOKEN}", secret)
        assert known
        return robots.open(known.url)

    def received(self) -> list[str]:
        found = [json.loads(body) for _, body in self._web.requests]
        if self._kind in {"feishu", "lark"}:
            return [payload["content"]["text"] for payload in found]
        return [payload["text"]["content"] for payload in found]


class WebhookStage:
    """A webhook that takes JSON."""

    secrets = ("hook-s3cret-path", "s3cretparam", "s3cretpass")
    cannot: Sequence[Behaviour] = ()

    def __init__(self, web: Web) -> None:
        self._web = web

    def channel(self, behaviour: Behaviour) -> Channel:
        statuses = {"refuses": 400, "forgets": 404, "too_many": 429, "breaks": 503}
        self._web.status = statuses.get(behaviour, 200)
        self._web.hangs = behaviour == "hangs"
        port = free_port() if behaviour == "absent" else self._web.port
        path, param, password = self.secrets
        url = f"json://us:{password}@127.0.0.1:{port}/{path}?-key={param}"
        return Services(allow, lambda: NOW).open(url)

    def received(self) -> list[str]:
        found = [json.loads(body) for _, body in self._web.requests]
        return [f"{p['title']}\n{p['message']}" for p in found]


class MailStage:
    """A mailbox."""

    cannot: Sequence[Behaviour] = ("too_many", "hangs")

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self.secrets = [mail.password]

    def channel(self, behaviour: Behaviour) -> Channel:
        refusals = {"refuses": "550 no such box", "breaks": "451 try again later"}
        self._mail.refusal = refusals.get(behaviour, "")
        port = free_port() if behaviour == "absent" else self._mail.port
        password = "wr0ngpass" if behaviour == "forgets" else self._mail.password
        url = f"mailto://us:{password}@127.0.0.1:{port}?from=a@x.example&to=b@y.example"
        return Services(allow, lambda: NOW).open(url)

    def received(self) -> list[str]:
        return self._mail.texts


STAGES: dict[str, Callable[[Web, Mail], Stage]] = {
    "Robot dingtalk": lambda web, _: RobotStage(web, "dingtalk"),
    "Robot feishu": lambda web, _: RobotStage(web, "feishu"),
    "Robot lark": lambda web, _: RobotStage(web, "lark"),
    "Robot wecombot": lambda web, _: RobotStage(web, "wecombot"),
    "Service json": lambda web, _: WebhookStage(web),
    "Service mailto": lambda _, mail: MailStage(mail),
}


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as made:
        yield made


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as made:
        yield made


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize("name", sorted(STAGES))
def test_a_channel_passes(
    name: str, question: str, web: Web, mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "READ_S", 0.5)
    stage = STAGES[name](web, mail)
    if NEEDS.get(question) in stage.cannot:
        pytest.skip(f"{name} has no such answer")
    QUESTIONS[question](stage)


def test_every_channel_class_sits_the_exam() -> None:
    found = set()
    for module in pkgutil.iter_modules(fenghuo.channels.__path__, "fenghuo.channels."):
        for name, value in vars(import_module(module.name)).items():
            here = inspect.isclass(value) and value.__module__ == module.name
            if here and not name.startswith("_") and hasattr(value, "send"):
                found.add(name)
    assert found == {name.split()[0] for name in STAGES}


@pytest.mark.parametrize("kind", ["feishu", "lark"])
def test_feishu_and_lark_verify_the_signature(kind: str, web: Web) -> None:
    """As their manual says: HMAC-SHA256 over nothing, keyed by timestamp, newline, secret."""
    QUESTIONS["delivers_the_whole_text"](RobotStage(web, kind))
    ((path, body),) = web.requests
    sent = json.loads(body)
    assert path == f"/open-apis/bot/v2/hook/{TOKEN}"
    assert sent["timestamp"] == "1930442400"
    # Computed once with openssl dgst -sha256 -hmac.
    assert sent["sign"] == "kbwtjphaziIaKE7N2zztZ1vXgxCUuIfXrrHmLUVXZfQ="
    assert sent["msg_type"] == "text"


def test_dingtalk_verifies_the_signature_in_the_address(web: Web) -> None:
    QUESTIONS["delivers_the_whole_text"](RobotStage(web, "dingtalk"))
    ((path, _),) = web.requests
    asked = parse_qs(urlsplit(path).query)
    assert asked["access_token"] == [TOKEN]
    assert asked["timestamp"] == ["1930442400000"]
    assert asked["sign"] == ["wc69VlE0JQ3j9mW9w+xENIZdfK3FMpIbRudUy5fjTe4="]
