"""FAKE: sites that offer a feed of what was posted, with ETag, as RSS, Atom and JSON Feed."""

import json
from email.utils import format_datetime
from html import escape

from fakes.polled import Polled, PolledStand
from fakes.site import Asked, Say

from fenghuo.platforms.feeds import open_reader
from fenghuo.ports.reads import Reads


class Rss(Polled):
    """RSS 2.0; the words are escaped twice, as HTML and as XML."""

    kind = "application/rss+xml; charset=utf-8"

    def name(self, number: int) -> str:
        return f"https://news.example/{number}"

    def reads(self) -> Reads:
        return open_reader({"url": f"{self.url}/feed"}, self.web)

    def say(self, asked: Asked) -> Say:
        etag = f'"{len(self.posts)}"'
        if asked.headers.get("if-none-match") == etag:
            return Say(304, {"etag": etag})
        return Say(200, {"etag": etag, "content-type": self.kind}, self.body().encode())

    def body(self) -> str:
        items = "".join(
            f"<item><guid>{name}</guid><title>Title</title><pubDate>"
            f"{format_datetime(self.at(n))}</pubDate><description>"
            f"{escape(f'<p>{escape(text)}</p>')}</description></item>"
            for n, (name, text) in reversed(list(enumerate(self.posts)))
        )
        return f'<rss version="2.0"><channel><title>新</title>{items}</channel></rss>'


class Atom(Rss):
    """Atom 1.0; the words are plain text."""

    kind = "application/atom+xml"

    def body(self) -> str:
        entries = "".join(
            f"<entry><id>{name}</id><title>Title</title><updated>{self.at(n).isoformat()}</updated>"
            f'<content type="text">{escape(text)}</content></entry>'
            for n, (name, text) in enumerate(self.posts)
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>新</title>{entries}</feed>'


class Json(Rss):
    """JSON Feed 1.1; the words are HTML."""

    kind = "application/feed+json"

    def body(self) -> str:
        items = [
            {"id": name, "content_html": escape(text), "date_published": self.at(n).isoformat()}
            for n, (name, text) in enumerate(self.posts)
        ]
        version = "https://jsonfeed.org/version/1.1"
        return json.dumps({"version": version, "title": "新", "items": items})


STANDS = [
    PolledStand("feeds RSS", "feeds", Rss),
    PolledStand("feeds Atom", "feeds", Atom),
    PolledStand("feeds JSON", "feeds", Json),
]
