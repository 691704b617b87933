"""FAKE: a web server of this machine that plays whatever site a test needs.

Real sockets and real HTTP, but what it says is made up by the test: a script of answers by path.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qsl, urlsplit

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """One request as it came; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


class Say(msgspec.Struct, frozen=True):
    """One answer. `body` is sent `times` times over; `hangs` says nothing at all; `drips` sends
    the lines one by one and then keeps the connection open until the site closes."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b""
    times: int = 1
    hangs: bool = False
    drips: bool = False


Script = Callable[[Asked], Say]


class Site:
    """Where it is, what it was asked, and what it says; `script` may be changed at any time."""

    def __init__(self, port: int, script: Script) -> None:
        self.port = port
        self.script = script
        self.asked: list[Asked] = []
        self.closing = Event()
        self.sockets: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections are open, those of clients that hung up not counted."""
        return sum(map(_is_open, list(self.sockets)))


def _is_open(one: socket.socket) -> bool:
    try:
        return one.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


class Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is part of the play."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.site.sockets.append(self.connection)

    def do_GET(self) -> None:
        site, parts = self.server.site, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
        site.asked.append(asked)
        say = site.script(asked)
        self.close_connection = True
        if say.hangs:
            site.closing.wait(10)
            return
        self.send_response(say.status)
        for name, value in say.headers.items():
            self.send_header(name, value)
        self.send_header("connection", "close")
        self.end_headers()
        for _ in range(say.times):
            self.wfile.write(say.body)
        if say.drips:
            self.wfile.flush()
            site.closing.wait(10)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def site(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site on a free port of 127.0.0.1 until the end of the block."""
    server = Server(("127.0.0.1", 0), Handler)
    server.site = Site(server.server_address[1], script)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.site
    finally:
        server.site.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
