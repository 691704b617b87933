"""What stands before every page: which host and which page a request may come from, safe headers.

1. a host that nobody gave us is refused, so that a foreign name pointed at this machine
   (DNS rebinding) gets no page;
2. a browser that says that a form came from another site is refused, signed in or not;
3. a form that is larger than any of ours, or hides its size, is not read at all;
4. every answer leaves with the strict policy.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fenghuo.i18n import LANGUAGES, say

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
LARGEST_FORM = 64_000_000
"""Bytes. A form is put on the disk before anybody asks who sent it."""
STATUS = {"face.form_large": 413, "face.form_unmeasured": 411}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def known_hosts(host: str, public_url: str) -> frozenset[str]:
    """The host names under which pages are given out; empty means any.

    Whoever listens on every address without naming a public one cannot be held to a name.
    """
    named = urlsplit(public_url).hostname
    if host in {"0.0.0.0", "::", ""} and not named:  # noqa: S104 - compared, not bound
        return frozenset()
    return LOOPBACK | {host, *([named] if named else [])}


class Guard:
    """Middleware around the whole application."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        """`hosts` as `known_hosts` answers them."""
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through and dress the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refused(scope)
        if refused:
            words = "\n".join(say(refused, language) for language in LANGUAGES)
            await PlainTextResponse(words, STATUS.get(refused, 403))(scope, receive, dressed)
            return
        await self._app(scope, receive, dressed)

    def _refused(self, scope: Scope) -> str:
        """The message key of a refusal, or ""."""
        headers = Headers(scope=scope)
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        if self._hosts and host not in self._hosts:
            return "face.foreign_host"
        if scope["method"] in SAFE or scope["path"].startswith("/api/"):
            return ""
        if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            return "face.foreign_form"
        origin = headers.get("origin", "")
        # The scheme is not compared: behind a proxy that ends TLS ours differs from the browser's.
        if origin and urlsplit(origin).netloc != headers.get("host", ""):
            return "face.foreign_form"
        return _unfit(headers)


def _unfit(headers: Headers) -> str:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not (length.isascii() and length.isdecimal()):
        return "face.form_unmeasured"
    # A number without end is not read as one either: that alone would take its time, or fail.
    return "face.form_large" if len(length) > 15 or int(length) > LARGEST_FORM else ""
