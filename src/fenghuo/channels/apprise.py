"""Chat tools, mail, push and webhooks through Apprise.

Apprise opens its own connections and answers yes or no only. So a host that somebody chose is
checked before each send, redirects are not followed, only services and options from a list are
let in, and the reason of a no is read from what Apprise tells its log, which reaches no other log.
"""

import asyncio
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from threading import get_ident
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import apprise
from apprise.plugins import N_MGR
from apprise.plugins.base import NotifyBase

from fenghuo.domain.errors import BadInput, FenghuoError, OurMove, Reconnect, TimeMove, UserMove
from fenghuo.domain.level import Level
from fenghuo.ports.channel import Known, Message, Receipt

CONNECT_S, READ_S = 10.0, 20.0
"""Apprise's own 4 s are too short from one continent to another."""

SCHEMES: frozenset[str] = frozenset({
    "bark", "barks", "discord", "form", "forms", "gchat", "gotify", "gotifys", "json", "jsons",
    "line", "mailto", "mailtos", "mmost", "mmosts", "ntfy", "ntfys", "opsgenie", "pagerduty",
    "pover", "pushplus", "slack", "tgram", "twilio", "whatsapp", "workflow", "workflows",
    "wxpusher", "wxteams", "xml", "xmls",
})  # fmt: skip
"""What may be used. Left out on purpose: whatever posts in public, reads files, talks to this
machine's own desktop or log, or takes an HTTP 200 for a delivery although the body refuses."""
ROBOTS = frozenset({"dingtalk", "feishu", "lark", "wecombot"})
"""Apprise has these too, but drops a signing secret or does not read the refusal: not ours."""
OPTIONS: frozenset[str] = frozenset({
    "api-version", "bcc", "category", "cc", "channel", "format", "from", "group", "level",
    "method", "mode", "name", "pass", "port", "priority", "region", "reply", "sig", "silent",
    "smtp", "sound", "sp", "sv", "thread", "to", "topic", "user", "volume",
})  # fmt: skip
"""Options of an address. Others may name a file to read, another host, or switch off the check of
certificates."""

_ASSET = apprise.AppriseAsset(
    app_id="Fenghuo",
    app_desc="Fenghuo 烽火",
    app_url="",
    http_redirects=False,
    async_mode=False,
    pgp_autogen=False,
)
_TYPES = {"red": apprise.NotifyType.FAILURE, "orange": apprise.NotifyType.WARNING}


class _Ear(logging.Handler):
    """Hears what Apprise logs while this thread sends, and keeps it from every other log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._heard: dict[int, list[str]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        heard = self._heard.get(get_ident())
        if heard is not None and (record.levelno >= logging.WARNING or "Exception" in record.msg):
            heard.append(record.getMessage())

    @contextmanager
    def listening(self) -> Iterator[list[str]]:
        """The lines of this thread until the end of the block."""
        heard = self._heard[get_ident()] = []
        try:
            yield heard
        finally:
            del self._heard[get_ident()]


_EAR = _Ear()
_LOGGER = logging.getLogger("apprise")
_LOGGER.addHandler(_EAR)
_LOGGER.setLevel(logging.DEBUG)
_LOGGER.propagate = False
# It would write whole addresses, tokens included, when somebody asks the root for everything.
logging.getLogger("urllib3").setLevel(logging.INFO)


class Services:
    """The family of Apprise's services; takes addresses in its form and as people copy them."""

    def __init__(
        self, check_host: Callable[[str, int | None], None], now: Callable[[], datetime]
    ) -> None:
        """`check_host(host, port)` raises UserMove when the egress rule forbids it; `now` is aware.

        It is called before each send to a host that an address names.
        """
        self._check_host = check_host
        self._now = now

    def read(self, typed: str, secret: str = "") -> Known | None:
        """A service's address, or any https address as a webhook that takes JSON; see the port."""
        typed = typed.strip()
        scheme = typed.partition("://")[0].lower()
        if "://" not in typed or scheme in ROBOTS:
            return None
        if scheme in {"http", "https"}:
            typed = _native(typed)
        elif scheme not in SCHEMES:
            raise BadInput("telling.scheme_unknown", scheme=scheme[:20])
        wrong = _wrong_option(typed)
        if wrong:
            raise BadInput("telling.option_unknown", option=wrong)
        service = _service(typed)
        if secret:
            raise BadInput("telling.secret_unusable", kind=service.schema)
        return Known(service.schema, typed, _masked(service, typed))

    def open(self, url: str) -> "Service":
        """The channel of `Known.url`."""
        return Service(url, self._check_host, self._now)


class Service:
    """One address of one service."""

    def __init__(
        self,
        url: str,
        check_host: Callable[[str, int | None], None],
        now: Callable[[], datetime],
    ) -> None:
        """BadInput when the address cannot be read."""
        self._url = url
        self._service = _service(url)
        self._check_host = check_host
        self._now = now

    def __repr__(self) -> str:
        """Without secrets."""
        return f"<Service {self.masked}>"

    @property
    def masked(self) -> str:
        """The service, its host if somebody chose it, and four characters made of the address."""
        return _masked(self._service, self._url)

    async def send(self, message: Message) -> Receipt:
        """Check the host, then send once, in a thread."""
        await asyncio.to_thread(self._send, message)
        return Receipt()

    def _send(self, message: Message) -> None:
        host = _host(self._service)
        if host:
            self._check_host(host, self._service.port)
        with _EAR.listening() as heard:
            taken = self._service.notify(
                body=message.body, title=message.title, notify_type=_type(message.level)
            )
        if not taken:
            raise self._error(_hide("; ".join(heard), self._url, host))

    def _error(self, said: str) -> FenghuoError:
        status = re.search(r"error[=:]\s*(\d{3})\b", said)
        if status:
            return self._status(int(status[1]), said)
        mail = re.search(r"\((\d{3}), b['\"]", said)
        if mail:
            return self._mail(int(mail[1]), said)
        told = said.lower()
        if "timed out" in told:
            return OurMove("telling.timed_out", said)
        if "certificate" in told:
            return UserMove("telling.certificate", said)
        if re.search(r"resolve|getaddrinfo|name or service|nodename", told):
            return OurMove("telling.host_unknown", said)
        if "exception" in told:
            return OurMove("telling.unreachable", said)
        return UserMove("telling.refused", said)

    @staticmethod
    def _mail(code: int, said: str) -> FenghuoError:
        if code in {530, 534, 535}:
            return Reconnect("telling.credential_gone", said)
        if code < 500:
            return OurMove("telling.other_side", said, status=code)
        return UserMove("telling.refused", said)

    def _status(self, status: int, said: str) -> FenghuoError:
        if status == 429:
            return TimeMove("telling.too_many", said, retry_at=self._now() + timedelta(minutes=1))
        if status in {401, 403, 404, 410}:
            return Reconnect("telling.credential_gone", said)
        if status >= 500:
            return OurMove("telling.other_side", said, status=status)
        if 300 <= status < 400:
            return UserMove("telling.moved", said)
        return UserMove("telling.refused", said)


@cache
def _plugins() -> None:
    """Load Apprise's plugins once: half a second, and a warning about its use of imghdr.

    Python 3.11 and 3.12 warn; for 3.13 Apprise brings its own. Nothing here is ours to mend.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        N_MGR.load_modules()  # type: ignore[no-untyped-call]  # Apprise has no types here


def _instantiate(url: str) -> object:
    _plugins()
    return apprise.Apprise.instantiate(url, asset=_ASSET)


def _service(url: str) -> NotifyBase:
    made = _instantiate(url)
    if not isinstance(made, NotifyBase):
        # What Apprise said about it holds the address; it stays in the ear.
        raise BadInput("telling.address_wrong", scheme=url.partition("://")[0][:20])
    made.socket_connect_timeout, made.socket_read_timeout = CONNECT_S, READ_S
    return made


def _native(typed: str) -> str:
    known = _instantiate(typed)
    if isinstance(known, NotifyBase) and known.schema in SCHEMES:
        return typed
    split = urlsplit(typed)
    scheme = "jsons" if split.scheme == "https" else "json"
    # A query belongs to the webhook, not to Apprise: it goes along as parameters.
    query = urlencode([("-" + key, value) for key, value in parse_qsl(split.query)])
    return f"{scheme}://{split.netloc}{split.path}" + (f"?{query}" if query else "")


def _wrong_option(url: str) -> str:
    # After the first "?", wherever it stands: Apprise also reads options behind a "#".
    for key, _ in parse_qsl(url.partition("?")[2], keep_blank_values=True):
        if key.lower() not in OPTIONS and not key.startswith(("+", "-", ":", " ")):
            return key[:30]
    return ""


def _host(service: NotifyBase) -> str:
    """The host that an address chose; "" where the service has one of its own."""
    mail = getattr(service, "smtp_host", "")
    if mail:
        return str(mail)
    forms: tuple[str, ...] = tuple(service.templates or ())
    chosen = any("{host}" in form for form in forms)
    return str(service.host or "") if chosen else ""


def _masked(service: NotifyBase, url: str) -> str:
    mark = sha256(url.encode()).hexdigest()[:4]
    host = _host(service)
    port = f":{service.port}" if host and service.port else ""
    return f"{service.schema}://{host}{port}…{mark}"


def _hide(text: str, url: str, host: str) -> str:
    """The text without any longer part of the address, save its host."""
    body = unquote(url).partition("://")[2]
    for part in sorted(set(re.split(r"[/?&=@:,]", body)), key=len, reverse=True):
        if len(part) > 3 and part != host:
            text = text.replace(part, "****")
    return text


def _type(level: Level) -> apprise.NotifyType:
    return _TYPES.get(level, apprise.NotifyType.INFO)
