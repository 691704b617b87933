"""A real HTTP server with one feed, as a process of its own: `python feed_server.py PORT`.

GET /feed is the feed. POST /play?as=NAME makes it behave otherwise from then on, POST /post adds
the body as an entry, and GET /asked tells what the last reader of /feed sent.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class State:
    """What was posted, and how the feed behaves."""

    entries: tuple[tuple[str, str], ...] = ()
    behaves = "well"
    asked: tuple[tuple[str, str], ...] = ()
    served = 0


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/asked":
            told = {"served": State.served, "headers": dict(State.asked)}
            self.answer(200, {}, json.dumps(told).encode())
            return
        State.asked = tuple((name.lower(), value) for name, value in self.headers.items())
        State.served += 1
        BEHAVIOURS[State.behaves](self)

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/play":
            State.behaves = parse_qs(parts.query)["as"][0]
        else:
            text = self.rfile.read(int(self.headers["content-length"])).decode()
            # The feed has a time of its own: when the entry was posted.
            now = format_datetime(datetime.now(UTC))  # noqa: TID251
            State.entries = (*State.entries, (now, text))
        self.answer(200, {}, b"")

    def well(self) -> None:
        etag = f'"{len(State.entries)}"'
        if self.headers.get("if-none-match") == etag:
            self.answer(304, {"etag": etag}, b"")
        else:
            self.answer(200, {"etag": etag, "content-type": "application/rss+xml"}, feed())

    def huge(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/rss+xml")
        self.end_headers()
        try:
            self.wfile.write(b'<rss version="2.0"><channel>')
            for _ in range(50):
                self.wfile.write(b" " * 1_000_000)
        except ConnectionError:
            # The reader has heard enough.
            self.close_connection = True

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


def feed() -> bytes:
    items = "".join(
        f"<item><guid>https://news.example/{n}</guid><title>News</title><pubDate>{at}</pubDate>"
        f"<description>{escape(escape(text))}</description></item>"
        for n, (at, text) in enumerate(State.entries)
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


BEHAVIOURS: dict[str, Callable[[Handler], None]] = {
    "well": Handler.well,
    "too_many": lambda self: self.answer(429, {"retry-after": "600"}, b"slow down"),
    "breaks": lambda self: self.answer(500, {}, b"oops"),
    # Another address of this machine, which nobody allowed.
    "leads_inside": lambda self: self.answer(302, {"location": "http://127.0.0.2:9/in"}, b""),
    "huge": Handler.huge,
    "broken": lambda self: self.answer(200, {}, b"<rss version='2.0'><channel><title>N</tit"),
    "cut": lambda self: self.answer(200, {}, feed()[: -len("</item></channel></rss>") - 20]),
}

if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever(0.05)
