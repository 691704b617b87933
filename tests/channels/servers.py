"""The other side, on this machine: a web server and a mail server that behave as asked."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import httpx
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from fenghuo.domain.errors import OurMove
from fenghuo.ports.http import Answer


class Web:
    """A web server that keeps what it was sent and answers as told."""

    def __init__(self, port: int, hang: Event) -> None:
        self.port = port
        self.hang = hang
        self.hangs = False
        self.status = 200
        self.answer = b"{}"
        self.headers: dict[str, str] = {}
        self.requests: list[tuple[str, bytes]] = []


@contextmanager
def web_server() -> Iterator[Web]:
    """Until the end of the block, on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            web.requests.append((self.path, self.rfile.read(length)))
            if web.hangs:
                web.hang.wait(30)
                return
            self.send_response(web.status)
            for name, value in web.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(web.answer)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web = Web(server.server_address[1], Event())
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield web
    finally:
        web.hang.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Detour:
    """Implements the Http port: every address leads to a server of this machine instead."""

    def __init__(self, port: int, timeout_s: float = 0.5) -> None:
        # Whoever implements the port keeps whole addresses out of the log.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self.port = port
        self.timeout_s = timeout_s

    async def get(self, url: str, **rest: Any) -> Answer:
        raise AssertionError(f"a robot is never asked: {url} {rest}")

    async def post(self, url: str, *, content: bytes, headers: Any = None) -> Answer:
        asked = httpx.URL(url).copy_with(scheme="http", host="127.0.0.1", port=self.port)
        try:
            async with httpx.AsyncClient(timeout=self.timeout_s, trust_env=False) as client:
                got = await client.post(asked, content=content, headers=headers)
        except httpx.TransportError as error:
            raise OurMove("telling.unreachable", f"{type(error).__name__} {url}") from error
        return Answer(got.status_code, dict(got.headers), got.content, url)


class Mail:
    """A mail server that keeps what it was sent and answers as told."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.refusal = ""
        self.password = "s3cret-mail-key"
        self.texts: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        body = mail.get_body(("plain", "html"))
        assert body is not None
        self.texts.append(f"{mail['subject']}\n{body.get_content()}")
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == self.password.encode()
        return AuthResult(success=good, handled=False)


@contextmanager
def mail_server() -> Iterator[Mail]:
    """Until the end of the block, on a free port of 127.0.0.1."""
    mail = Mail(free_port())
    controller = Controller(
        mail,
        hostname="127.0.0.1",
        port=mail.port,
        authenticator=mail.authenticate,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield mail
    finally:
        controller.stop()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
