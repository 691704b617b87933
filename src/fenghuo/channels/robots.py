"""Group robots of DingTalk, WeCom, Feishu and Lark: one JSON POST each, signed where asked.

They answer HTTP 200 to a message that they refuse and say so in the body only; a message counts
as delivered when the body says so, never by the status alone.
"""

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import msgspec

from fenghuo.domain.errors import BadInput, FenghuoError, OurMove, Reconnect, TimeMove, UserMove
from fenghuo.ports.channel import Known, Message, Receipt
from fenghuo.ports.http import Answer, Http

MINUTE = timedelta(minutes=1)
"""The robots count messages by the minute; a shorter wait is refused again."""

Payload = dict[str, object]


class Dialect(msgspec.Struct, frozen=True):
    """One service's robot. `url` holds the token; `code` names the field that says 0 for taken.

    `meaning` gives what its refusals mean: the code in the answer to a message key of ours.
    `longest` is in bytes of UTF-8.
    """

    kind: str
    host: str
    url: str
    code: str
    longest: int
    payload: Callable[[str], Payload]
    meaning: Mapping[str, str]
    sign: Callable[[str, datetime], tuple[Payload, dict[str, str]]] | None = None


def _sign_feishu(secret: str, at: datetime) -> tuple[Payload, dict[str, str]]:
    # Timestamp and secret are the key; what is signed is empty. So the service's manual says.
    timestamp = str(int(at.timestamp()))
    made = hmac.new(f"{timestamp}\n{secret}".encode(), b"", sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(made).decode()}, {}


def _sign_dingtalk(secret: str, at: datetime) -> tuple[Payload, dict[str, str]]:
    timestamp = str(int(at.timestamp() * 1000))
    made = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), sha256).digest()
    return {}, {"timestamp": timestamp, "sign": base64.b64encode(made).decode()}


def _feishu(kind: str, host: str) -> Dialect:
    return Dialect(
        kind,
        host,
        f"https://{host}/open-apis/bot/v2/hook/{{token}}",
        "code",
        18_000,
        lambda text: {"msg_type": "text", "content": {"text": text}},
        {
            "19001": "telling.credential_gone",
            "19021": "telling.sign_wrong",
            "19022": "telling.address_not_allowed",
            "19024": "telling.keyword_missing",
            "11232": "telling.too_many",
            "9499": "telling.robot_refused",
        },
        _sign_feishu,
    )


def _plain(text: str) -> Payload:
    return {"msgtype": "text", "text": {"content": text}}


DIALECTS: Mapping[str, Dialect] = {
    "feishu": _feishu("feishu", "open.feishu.cn"),
    "lark": _feishu("lark", "open.larksuite.com"),
    "dingtalk": Dialect(
        "dingtalk",
        "oapi.dingtalk.com",
        "https://oapi.dingtalk.com/robot/send?access_token={token}",
        "errcode",
        18_000,
        _plain,
        {
            "300001": "telling.credential_gone",
            "300005": "telling.credential_gone",
            "400013": "telling.credential_gone",
            "130101": "telling.too_many",
            "410100": "telling.too_many",
            "-1": "telling.other_side",
        },
        _sign_dingtalk,
    ),
    "wecombot": Dialect(
        "wecombot",
        "qyapi.weixin.qq.com",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={token}",
        "errcode",
        2_048,
        _plain,
        {
            "93000": "telling.credential_gone",
            "93008": "telling.credential_gone",
            "45009": "telling.too_many",
            "-1": "telling.other_side",
        },
    ),
}


class Robots:
    """The family of group robots; knows their web addresses as the services show them."""

    def __init__(self, http: Http, now: Callable[[], datetime]) -> None:
        """`now` is real time, aware: signatures are good for minutes only."""
        self._http = http
        self._now = now

    def read(self, typed: str, secret: str = "") -> Known | None:
        """A robot's web address, or feishu://SECRET@TOKEN and the like; see the port."""
        found = _read_short(typed.strip()) or _read_web(typed.strip())
        if found is None:
            return None
        dialect, token, inside = found
        secret = secret.strip() or inside
        if not re.fullmatch(r"[\w-]{6,200}", token, re.ASCII):
            raise BadInput("telling.token_wrong", kind=dialect.kind)
        if secret and dialect.sign is None:
            raise BadInput("telling.secret_unusable", kind=dialect.kind)
        signed = f"{quote(secret, safe='')}@" if secret else ""
        url = f"{dialect.kind}://{signed}{token}"
        return Known(dialect.kind, url, _masked(dialect.kind, token))

    def open(self, url: str) -> "Robot":
        """The robot of `Known.url`."""
        found = _read_short(url)
        if found is None:
            raise BadInput("telling.address_unknown")
        return Robot(*found, self._http, self._now)


class Robot:
    """One robot in one group."""

    def __init__(
        self, dialect: Dialect, token: str, secret: str, http: Http, now: Callable[[], datetime]
    ) -> None:
        """`secret` is "" for a robot that does not sign."""
        self._dialect = dialect
        self._token = token
        self._secret = secret
        self._http = http
        self._now = now

    def __repr__(self) -> str:
        """Without secrets."""
        return f"<Robot {self.masked}>"

    @property
    def masked(self) -> str:
        """The service and four characters made of the token, which do not tell the token."""
        return _masked(self._dialect.kind, self._token)

    async def send(self, message: Message) -> Receipt:
        """One POST; delivered when the answer's own code is 0."""
        text = fit(f"{message.title}\n{message.body}", self._dialect.longest)
        payload = self._dialect.payload(text)
        url = self._dialect.url.format(token=quote(self._token, safe=""))
        if self._secret and self._dialect.sign:
            signed, params = self._dialect.sign(self._secret, self._now())
            payload = signed | payload
            url += f"&{urlencode(params)}" if params else ""
        headers = {"content-type": "application/json; charset=utf-8"}
        try:
            answer = await self._http.post(
                url, content=msgspec.json.encode(payload), headers=headers
            )
        except FenghuoError as error:
            # The address is in the engineer's text, and the token is in the address.
            raise error.renamed(error.key, self._without_secrets(error.engineer)) from None
        self._judge(answer)
        return Receipt()

    def _judge(self, answer: Answer) -> None:
        if answer.status == 429:
            raise self._too_many()
        if answer.status >= 500:
            raise OurMove("telling.other_side", status=answer.status)
        try:
            said = msgspec.json.decode(answer.body, type=dict[str, object])
        except msgspec.DecodeError as error:
            raise UserMove("telling.robot_silent", str(error), status=answer.status) from error
        code = str(said.get(self._dialect.code, said.get("StatusCode", answer.status)))
        if code == "0" and answer.status < 300:
            return
        words = self._without_secrets(str(said.get("errmsg", said.get("msg", ""))))[:200]
        raise self._error(code, words)

    def _error(self, code: str, words: str) -> FenghuoError:
        key = self._dialect.meaning.get(code) or _by_words(words) or "telling.robot_refused"
        if key == "telling.too_many":
            return self._too_many()
        if key == "telling.other_side":
            return OurMove(key, words, status=code)
        if key == "telling.credential_gone":
            return Reconnect(key, f"{code} {words}")
        return UserMove(key, f"{code} {words}", code=code, words=words)

    def _too_many(self) -> TimeMove:
        return TimeMove("telling.too_many", retry_at=self._now() + MINUTE)

    def _without_secrets(self, text: str) -> str:
        for part in filter(None, (self._token, self._secret)):
            text = text.replace(part, "****").replace(quote(part, safe=""), "****")
        return text


def fit(text: str, longest: int) -> str:
    """At most `longest` bytes: lines before the last one go first, since that holds the link."""
    lines = text.split("\n")
    while len("\n".join(lines).encode()) > longest and len(lines) > 2:
        del lines[-2]
    return "\n".join(lines).encode()[:longest].decode(errors="ignore")


def _by_words(words: str) -> str:
    # DingTalk refuses all three with the same code, 310000, and tells them apart in words.
    told = words.lower()
    for part, key in (
        ("keyword", "telling.keyword_missing"),
        ("sign", "telling.sign_wrong"),
        ("timestamp", "telling.sign_wrong"),
        ("not in whitelist", "telling.address_not_allowed"),
    ):
        if part in told:
            return key
    return ""


def _read_short(typed: str) -> tuple[Dialect, str, str] | None:
    kind, found, rest = typed.partition("://")
    if not found or kind.lower() not in DIALECTS:
        return None
    signed, _, token = rest.partition("?")[0].rstrip("/").rpartition("@")
    return DIALECTS[kind.lower()], unquote(token), unquote(signed)


def _read_web(typed: str) -> tuple[Dialect, str, str] | None:
    if "://" not in typed:
        typed = "https://" + typed
    split = urlsplit(typed)
    for dialect in DIALECTS.values():
        if split.hostname == dialect.host:
            asked = parse_qs(split.query)
            token = asked.get("access_token", asked.get("key", [""]))[0]
            if "/bot/v2/hook/" in split.path:
                token = split.path.rstrip("/").rpartition("/")[2]
            return dialect, token, ""
    return None


def _masked(kind: str, token: str) -> str:
    return f"{kind}://…{sha256(token.encode()).hexdigest()[:4]}"
