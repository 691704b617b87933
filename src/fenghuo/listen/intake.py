"""The gate of intake: what a post must be to enter, what is cleaned, what is refused and why."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import FIELDS, Post

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Posts claimed to be older are mistakes (1970 is the commonest): networks began later."""
AHEAD = timedelta(days=2)
"""A clock may be wrong by a zone and a day; further in the future is a mistake."""
SLACK = timedelta(minutes=2)
LONGEST = 100_000
ID_LONGEST = 1_000
LINE_LONGEST = 8_000_000

_UNSEEN = re.compile(
    # NUL and other controls but tab and line breaks; bidi controls; zero-width and soft hyphen.
    # U+200D stays: it joins emoji. U+200C stays: Persian is spelt with it.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_COUNTRY = re.compile("[a-zA-Z]{2}")
_LONE = re.compile("[\ud800-\udfff]")
_decoder = msgspec.json.Decoder(Post)
_loose = msgspec.json.Decoder()


class Checked(msgspec.Struct, frozen=True):
    """A post fit to enter, with the marks of what was done to it.

    "cleaned", "cut", "future" (its time is ahead of ours), "undated" (its time was no time).
    """

    post: Post
    marks: tuple[str, ...] = ()


def decode(line: bytes) -> Post:
    """One JSON object as a Post; BadInput says what is wrong and at which field."""
    if len(line) > LINE_LONGEST:
        raise BadInput("intake.line_too_long", limit=LINE_LONGEST)
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError as error:
        raise BadInput("intake.field_wrong", detail=str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput("intake.not_json", detail=str(error)) from error


def unknown_fields(line: bytes) -> Mapping[str, object]:
    """Fields of a decodable line that Post does not know: kept aside, not refused."""
    found = _loose.decode(line)
    return {k: v for k, v in found.items() if k not in FIELDS} if isinstance(found, dict) else {}


def check(post: Post, now: datetime) -> Checked:
    """The post cleaned and marked; BadInput when it cannot be counted honestly."""
    _check_identity(post)
    _check_time(post, now)
    return _cleaned(post, now, [])


def check_heard(post: Post, now: datetime) -> Checked:
    """As `check`, for what a source brought, whom nobody can ask to send it again.

    A time that is no time (1970, 2099) gives way to the time of receipt, so that nobody hides
    from us by a false date.
    """
    _check_identity(post)
    try:
        _check_time(post, now)
    except BadInput:
        return _cleaned(msgspec.structs.replace(post, time=now), now, ["undated"])
    return _cleaned(post, now, [])


def _cleaned(post: Post, now: datetime, marks: list[str]) -> Checked:
    text, title = clean(post.text), clean(post.title)
    country = post.country.lower() if _COUNTRY.fullmatch(post.country) else ""
    if (text, title, country) != (post.text, post.title, post.country.lower()):
        marks.append("cleaned")
    if len(text) > LONGEST:
        text = text[:LONGEST]
        marks.append("cut")
    if not text.strip() and not title.strip():
        raise BadInput("intake.empty")
    if post.time > now + SLACK:
        marks.append("future")
    if (text, title, country) != (post.text, post.title, post.country):
        post = msgspec.structs.replace(post, text=text, title=title, country=country)
    return Checked(post, tuple(marks))


def clean(text: str) -> str:
    """The text without characters that nobody sees and that could mislead a reader."""
    if text.isascii() and text.isprintable():
        return text
    return _LONE.sub("\ufffd", _UNSEEN.sub("", text))


def lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Non-empty lines of a byte stream, split at LF only: U+2028 is part of a text."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        *whole, rest = rest.split(b"\n")
        for line in whole:
            if line.strip():
                yield line
    if rest.strip():
        yield rest


def _check_identity(post: Post) -> None:
    for field, value in (("platform", post.platform), ("id", post.id)):
        if not value.strip():
            raise BadInput("intake.field_empty", field=field)
        if len(value) > ID_LONGEST or _UNSEEN.search(value):
            raise BadInput("intake.field_unfit", field=field)


def _check_time(post: Post, now: datetime) -> None:
    if post.time.tzinfo is None:
        raise BadInput("intake.time_zone_missing", time=str(post.time))
    if post.time < OLDEST or post.time > now + AHEAD:
        raise BadInput("intake.time_absurd", time=post.time.isoformat())
