"""Feeds: RSS and Atom (by feedparser) and JSON Feed; news, reviews, forums.

What is read becomes plain words; markup of a feed goes no further than this file.
"""

import asyncio
import io
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit
from xml.sax import SAXException

import feedparser
import msgspec

from fenghuo.domain.errors import BadInput, OurMove, UserMove
from fenghuo.domain.markup import Plain, plain, web_address
from fenghuo.domain.post import Author, Kind, Post
from fenghuo.ports.http import Answer, Web
from fenghuo.ports.reads import Batch, Health, Option, Reads, Remark, Spec

SOONEST, USUAL, LATEST = timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=6)
"""When to come again: as the feed asks, within these. More often is a burden to small sites."""
SEEN_MORE = 2000
"""Ids remembered beyond those that stand in the feed now: an entry that was pushed out and comes
back is not given again."""
AT_ONCE = 256
ID_LONGEST = 200
ID_UNIQUE = 16
"""An id this long is taken for the only one of its kind on its host ("7" is not)."""
HEAD = 20_000
"""Bytes in which the outermost element of a feed must begin."""

_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>\s*\Z", re.IGNORECASE)
_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)

_STUMBLES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""What feedparser itself may raise on broken input, such as an encoding with a broken name."""

Holds = Literal["article", "review", "post", "comment", "video"]
SPEC = Spec(
    "feeds",
    "订阅源（RSS、Atom、JSON Feed）",
    "Feed (RSS, Atom, JSON Feed)",
    (
        Option(
            "url", "url", "地址", "Address", required=True,
            help_zh="订阅源本身的地址，不是网页的地址。",
            help_en="The address of the feed itself, not of the page that offers it.",
        ),
        Option(
            "kind", "choice", "里面是什么", "What it holds", default="article",
            choices=get_args(Holds),
            help_zh="article 报道，review 评价，post 帖子，comment 评论，video 视频。"
            "带星级的条目一律算评价。",
            help_en="An entry that carries stars counts as a review in any case.",
        ),
        Option(
            "country", "text", "市场", "Market",
            help_zh="两个字母，如 us、de；不止一个市场就留空。",
            help_en="Two letters such as us or de; leave it empty when it is not one market.",
        ),
    ),
)  # fmt: skip


class _Place(msgspec.Struct, omit_defaults=True):
    """The cursor. `of` is the address of the settings, `url` where it has moved to for good.

    `ttl` in seconds, as the feed asked last; `seen` digests of ids.
    """

    of: str
    url: str = ""
    etag: str = ""
    modified: str = ""
    ttl: int = 0
    seen: list[str] = []


class _Entry(msgspec.Struct):
    """An entry in whatever form it came. `name` is the id it has in its feed, or ""."""

    name: str
    url: str
    at: datetime | None
    title: str
    body: Plain
    author: Author
    rating: float | None = None
    files: Sequence[str] = ()


class _Feed(msgspec.Struct):
    """A feed as it was sent; `ttl` in seconds."""

    title: str
    entries: list[_Entry]
    broken: bool = False
    ttl: int = 0


def open_reader(options: Mapping[str, str], web: Web) -> Reads:
    """A reader of a feed; BadInput when the settings cannot work."""
    url = options.get("url", "").strip()
    if not url:
        raise BadInput("sources.option_missing", option="url")
    if not web_address(url):
        raise BadInput("sources.option_wrong", option="url", value=url)
    kind = options.get("kind", "") or "article"
    if kind not in get_args(Holds):
        raise BadInput("sources.option_wrong", option="kind", value=kind)
    country = options.get("country", "").strip().lower()
    if country and not re.fullmatch("[a-z]{2}", country):
        raise BadInput("sources.option_wrong", option="country", value=country)
    return Feeds(url, cast(Holds, kind), country, web)


class Feeds:
    """Implements Reads."""

    def __init__(self, url: str, kind: Holds, country: str, web: Web) -> None:
        """`country` two letters or ""."""
        self._url = url
        self._kind: Kind = kind
        self._country = country
        self._web = web

    def spec(self) -> Spec:
        """An address, and what it holds."""
        return SPEC

    async def check(self) -> Health:
        """Reads the feed once, whole."""
        answer = (await self._web.get(self._url)).accepted()
        feed = await asyncio.to_thread(_read, answer)
        return Health(True, f"{feed.title} ({len(feed.entries)})")

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        """The entries that were not given yet, oldest first."""
        place = self._place(cursor)
        asking = {"if-none-match": place.etag, "if-modified-since": place.modified}
        headers = {name: value for name, value in asking.items() if value}
        answer = (await self._web.get(place.url or self._url, headers=headers)).accepted()
        place.url = answer.moved or place.url
        remarks = [Remark("sources.feed_moved", {"url": _shown(place.url)})] if answer.moved else []
        if answer.status == 304:
            yield Batch((), _cursor(place), now + _pause(answer, place.ttl), remarks)
            return
        feed = await asyncio.to_thread(_read, answer)
        posts = {_digest(post.id): post for post in map(partial(self._post, now), feed.entries)}
        seen = set(place.seen)
        new = sorted((p for d, p in posts.items() if d not in seen), key=lambda post: post.time)
        while len(new) > AT_ONCE:
            part, new = new[:AT_ONCE], new[AT_ONCE:]
            place.seen = [*(_digest(post.id) for post in part), *place.seen]
            # The ETag stays the old one until the last batch is safe, or the rest would be lost.
            yield Batch(part, _cursor(place), now)
        _note(place, feed, answer, list(posts))
        remarks += _remarks(feed, answer.host)
        yield Batch(new, _cursor(place), now + _pause(answer, feed.ttl), remarks)

    def _place(self, cursor: str) -> _Place:
        place = msgspec.json.decode(cursor, type=_Place) if cursor else _Place(self._url)
        # Another address in the settings is another feed; what was seen there says nothing here.
        return place if place.of == self._url else _Place(self._url)

    def _post(self, now: datetime, entry: _Entry) -> Post:
        kinds = [name.partition("/")[0] for name in entry.files]
        media = ["image", *kinds] if entry.body.images else kinds
        links = (entry.url, *entry.body.links)
        return Post(
            platform=SPEC.platform, id=self._id(entry), time=entry.at or now,
            text=entry.body.text, title=entry.title, author=entry.author, url=entry.url,
            kind=self._kind if entry.rating is None else "review", rating=entry.rating,
            country=self._country, media=tuple(dict.fromkeys(filter(None, media))),
            links=tuple(dict.fromkeys(filter(None, links))),
        )  # fmt: skip

    def _id(self, entry: _Entry) -> str:
        """Unlike any id of another feed, and the same in two feeds that give the same entry."""
        name = entry.name or entry.url
        if not name:
            name = f"{entry.title}\n{entry.at.isoformat() if entry.at else entry.body.text}"
        if not name.startswith(("http://", "https://", "tag:", "urn:")):
            unique = len(name) >= ID_UNIQUE
            name = f"{urlsplit(self._url).hostname if unique else _digest(self._url)}:{name}"
        return name if len(name) <= ID_LONGEST and name.isprintable() else _digest(name)


def _read(answer: Answer) -> _Feed:
    """The feed of an answer; UserMove when it is a page, OurMove when it is nothing we know."""
    feed = _json(answer) if answer.body.lstrip()[:1] == b"{" else _xml(answer)
    feed.entries = [entry for entry in feed.entries if entry.title.strip() or entry.body.text]
    return feed


def _xml(answer: Answer) -> _Feed:
    head = answer.body[:HEAD].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf")
    if _PAGE.match(head):
        raise UserMove("sources.not_a_feed", host=answer.host)
    if not _ROOT.search(head):
        raise OurMove("sources.unreadable", "neither XML feed nor JSON", host=answer.host)
    read = _parsed(answer)
    broken = isinstance(read.get("bozo_exception"), SAXException)
    # Of a feed that was cut off the last entry is a half one: it comes whole the next time.
    cut = broken and not _END.search(answer.body[-1000:])
    entries = [_entry(entry, answer.url) for entry in read.entries[: -1 if cut else None]]
    if broken and not entries:
        raise OurMove("sources.unreadable", repr(read.bozo_exception), host=answer.host)
    ttl = str(read.feed.get("ttl", ""))
    seconds = 60 * int(ttl) if re.fullmatch("[0-9]{1,6}", ttl) else 0
    return _Feed(read.feed.get("title", ""), entries, broken, seconds)


def _parsed(answer: Answer) -> feedparser.FeedParserDict:
    # Sanitising would cost time and bring nothing: only plain words are kept.
    try:
        return feedparser.parse(
            io.BytesIO(answer.body),
            response_headers=dict(answer.headers),
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _STUMBLES as error:
        raise OurMove("sources.unreadable", repr(error), host=answer.host) from error


def _entry(entry: dict[str, Any], base: str) -> _Entry:
    # Not entry.get: feedparser's own would answer "updated" by what it knows of "published".
    get = partial(dict.get, entry)
    # An id that is said to be a link often is none; a true link may be relative.
    url = web_address(get("link") or "", base if get("link") != get("id") else "")
    author = get("author_detail") or {}
    details = [*(get("content") or ()), get("summary_detail") or {}]
    # What the feed itself gives as plain text, or else the longest.
    typed = [d for d in details if d.get("type") == "text/plain" and d["value"].strip()]
    bodies = [_plain(detail, base) for detail in typed or details]
    return _Entry(
        get("id") or "",
        url,
        _moment(get("published_parsed") or get("updated_parsed")),
        _plain(get("title_detail") or {}, base).text,
        max(bodies, key=lambda body: len(body.text)),
        Author(str(author.get("href", "")), str(author.get("name", ""))),
        _stars(get("im_rating")),
        [str(one.get("type", "")) for one in get("links") or () if one.get("rel") == "enclosure"],
    )


def _plain(detail: Mapping[str, Any], base: str) -> Plain:
    value = str(detail.get("value") or "")
    return Plain(value) if detail.get("type") == "text/plain" else plain(value, base)


def _stars(value: str | None) -> float | None:
    found = re.fullmatch(r"[0-5](\.\d+)?", (value or "").strip())
    return float(found[0]) if found else None


def _moment(found: time.struct_time | None) -> datetime | None:
    """The aware time of a struct_time in UTC; None when there is none, or no such day."""
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = found[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None


class _Person(msgspec.Struct, frozen=True):
    name: str = ""
    url: str = ""


class _File(msgspec.Struct):
    mime_type: str = ""


class _JsonItem(msgspec.Struct):
    id: str | int | float
    url: str = ""
    external_url: str = ""
    title: str = ""
    content_html: str = ""
    content_text: str = ""
    summary: str = ""
    date_published: datetime | None = None
    date_modified: datetime | None = None
    authors: list[_Person] = []
    author: _Person = _Person()
    attachments: list[_File] = []


class _JsonFeed(msgspec.Struct):
    version: str
    items: list[msgspec.Raw]
    title: str = ""


def _json(answer: Answer) -> _Feed:
    try:
        read = msgspec.json.decode(answer.body, type=_JsonFeed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OurMove("sources.unreadable", str(error), host=answer.host) from error
    feed = _Feed(read.title, [])
    for raw in read.items:
        try:
            feed.entries.append(_item(msgspec.json.decode(raw, type=_JsonItem), answer.url))
        except (msgspec.DecodeError, UnicodeDecodeError):
            feed.broken = True
    return feed


def _item(item: _JsonItem, base: str) -> _Entry:
    url = web_address(item.url or item.external_url, base)
    html = plain(item.content_html, url or base)
    body = Plain(item.content_text or html.text or item.summary, html.links, html.images)
    who = (*item.authors, item.author)[0]
    at = item.date_published or item.date_modified
    at = at.replace(tzinfo=UTC) if at and not at.tzinfo else at
    files = [file.mime_type for file in item.attachments]
    return _Entry(str(item.id), url, at, item.title, body, Author(who.url, who.name), files=files)


def _note(place: _Place, feed: _Feed, answer: Answer, here: list[str]) -> None:
    """Change the place to what it is once all of the feed is safe; `here` are its digests."""
    known = set(here)
    place.seen = [*here, *[old for old in place.seen if old not in known][:SEEN_MORE]]
    place.ttl = feed.ttl
    # A half-read feed is asked for again, even if it does not change.
    place.etag = "" if feed.broken else answer.headers.get("etag", "")
    place.modified = "" if feed.broken else answer.headers.get("last-modified", "")


def _remarks(feed: _Feed, host: str) -> list[Remark]:
    entries, untimed = len(feed.entries), sum(entry.at is None for entry in feed.entries)
    remarks = []
    if feed.broken:
        remarks.append(Remark("sources.feed_half_read", {"host": host, "entries": entries}))
    if untimed:
        remarks.append(Remark("sources.feed_untimed", {"host": host, "entries": untimed}))
    return remarks


def _pause(answer: Answer, ttl: int) -> timedelta:
    told = _AGE.search(answer.headers.get("cache-control", ""))
    asked = max(ttl, int(told[1]) if told else 0)
    return min(max(timedelta(seconds=asked) or USUAL, SOONEST), LATEST)


def _cursor(place: _Place) -> str:
    return msgspec.json.encode(place).decode()


def _digest(text: str) -> str:
    return blake2b(text.encode("utf8", "surrogatepass"), digest_size=8).hexdigest()


def _shown(url: str) -> str:
    """An address without what may hold a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{parts.path}"
