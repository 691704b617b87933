"""The gate of intake: what a post must be to enter, what is cleaned, what is refused and why."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from fenghuo.domain.errors import BadInput
from fenghuo.domain.misfit import Unread, misfit
from fenghuo.domain.post import FIELDS, INNER, NEEDED, Post
from fenghuo.domain.signs import LONE, whole_json, whole_text

OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Posts claimed to be older are mistakes (1970 is the commonest): networks began later."""
AHEAD = timedelta(days=2)
"""A clock may be wrong by a zone and a day; further in the future is a mistake."""
SLACK = timedelta(minutes=2)
LONGEST = 100_000
ID_LONGEST = 1_000
LINE_LONGEST = 8_000_000
EXTRA_LONGEST = 10_000
"""Bytes, as JSON, of the fields that we do not know and keep with a post."""
EXTRA_DEEPEST = 20
"""Brackets in brackets of such a field. More: it reads, and then cannot be written."""
LARGEST = 2**53
"""No count of people is larger, and every program reads whole numbers up to here exactly."""
MARKS = "marks"
"""The field of a line that says what was done to its post before."""
LASTING = frozenset({"cleaned", "cut", "extra_cut", "undated", "edited"})
"""Marks that nobody could find again by looking at the post; they go with it, out and in."""

_UNSEEN = re.compile(
    # NUL and other controls but tab and line breaks; bidi controls; zero-width and soft hyphen.
    # U+200D stays: it joins emoji. U+200C stays: Persian is spelt with it.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_COUNTRY = re.compile("[a-zA-Z]{2}")
_decoder = msgspec.json.Decoder(Post)
_loose = msgspec.json.Decoder()


class Checked(msgspec.Struct, frozen=True):
    """A post fit to enter, with the marks of what was done to it.

    "cleaned", "cut", "extra_cut" (of the fields that we do not know only the first were kept),
    "future" (its time is ahead of ours), "undated" (its time was no time); and the lasting ones
    that it came with.
    """

    post: Post
    marks: tuple[str, ...] = ()


def decode(line: bytes) -> Post:
    """One JSON object as a Post, without what we do not know; BadInput says what is wrong where."""
    if len(line) > LINE_LONGEST:
        raise BadInput("intake.line_too_long", limit=LINE_LONGEST)
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError:
        return _forgiving(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _not_json(error) from error


def decode_whole(line: bytes) -> Post:
    """As `decode`, with the fields that we do not know as `extra`.

    Half a sign, as of an emoji that was cut, costs no post: it is cleaned, and marked so.
    """
    whole = whole_json(line)
    post = decode(whole)
    unknown = unknown_fields(whole)
    if unknown:
        post = msgspec.structs.replace(post, extra={**post.extra, **unknown})
    return post if whole is line else _marked(post, "cleaned")


def encode_whole(post: Post, marks: Sequence[str]) -> bytes:
    """A post as one line that `decode_whole` and `check` read back, its lasting marks with it."""
    lasting = [mark for mark in marks if mark in LASTING]
    if not lasting:
        return msgspec.json.encode(post)
    return msgspec.json.encode({**msgspec.to_builtins(post), MARKS: lasting})


def unfamiliar(post: Post) -> set[str]:
    """Names of the fields of a decoded post that mean nothing to us."""
    return set(_without_marks(post)[0].extra)


def unknown_fields(line: bytes) -> dict[str, Any]:
    """Fields of a decodable line that Post does not know; "author.age" is one of the author's."""
    found = _loose.decode(line)
    unknown = {} if found.keys() <= FIELDS else {k: v for k, v in found.items() if k not in FIELDS}
    for part, known in INNER.items():
        inside = found.get(part)
        if isinstance(inside, dict) and not inside.keys() <= known:
            unknown.update({f"{part}.{k}": v for k, v in inside.items() if k not in known})
    return unknown


def _forgiving(line: bytes) -> Post:
    """A post whose line does not fit at once: a field that is null counts as one left out.

    `extra` is ours; somebody else's field of that name, which is no object, is one we do not know.
    """
    try:
        found = _loose.decode(line)
        if isinstance(found, dict):
            found = {k: _told(k, v) for k, v in found.items() if v is not None or k in NEEDED}
        return msgspec.convert(found, Post)
    except msgspec.ValidationError as error:
        raise BadInput("intake.field_wrong", str(error), **misfit(error, Post)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _not_json(error) from error


def _told(field: str, value: Any) -> Any:
    if field in INNER and isinstance(value, dict):
        return {k: v for k, v in value.items() if v is not None}
    return {field: value} if field == "extra" and not isinstance(value, dict) else value


def _not_json(error: Unread) -> BadInput:
    return BadInput("intake.not_json", str(error), **misfit(error))


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
    _check_numbers(post)
    post, before = _without_marks(post)
    marks = [*before, *marks]
    post, hidden = _seen_names(post)
    text, title = clean(post.text), clean(post.title)
    country = post.country.lower() if _COUNTRY.fullmatch(post.country) else ""
    if hidden or (text, title, country) != (post.text, post.title, post.country.lower()):
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
    if post.extra:
        kept = bounded(post.extra)
        if len(kept) < len(post.extra):
            post = msgspec.structs.replace(post, extra=kept)
            marks.append("extra_cut")
    return Checked(post, tuple(dict.fromkeys(marks)))


def _without_marks(post: Post) -> tuple[Post, list[str]]:
    """The post, and the marks that its line brought; a sender's own field of that name stays."""
    found = post.extra.get(MARKS)
    if not isinstance(found, list) or not all(isinstance(mark, str) for mark in found):
        return post, []
    if not found or not LASTING.issuperset(found):
        return post, []
    extra = {name: value for name, value in post.extra.items() if name != MARKS}
    return msgspec.structs.replace(post, extra=extra), found


def _marked(post: Post, mark: str) -> Post:
    """As if its line had brought the mark; a sender's own field of that name is not lost to it."""
    rest, before = _without_marks(post)
    if MARKS in rest.extra:
        return post
    return msgspec.structs.replace(rest, extra={**rest.extra, MARKS: [*before, mark]})


def bounded(extra: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, in order, that fit into `EXTRA_LONGEST` together; each is kept whole or not."""
    kept, room = {}, EXTRA_LONGEST
    for name, value in extra.items():
        if not _keepable(value, EXTRA_DEEPEST):
            continue
        size = len(msgspec.json.encode({name: value}))
        if size <= room:
            kept[name] = value
            room -= size
    return kept


def clean(text: str) -> str:
    """The text without characters that nobody sees and that could mislead a reader."""
    if text.isascii() and text.isprintable():
        return text
    return whole_text(_UNSEEN.sub("", text))


def _seen_names(post: Post) -> tuple[Post, bool]:
    """The post with its names and links cleaned as texts are, and whether anything was."""
    author = post.author
    names = (author.id, author.name, author.created or "", author.location or "")
    places = (post.url, post.lang, post.in_reply_to, post.repost_of, *post.links, *post.media)
    told = "\n".join((*names, *places))
    # Of nearly all posts one look at all of it is enough.
    if not _UNSEEN.search(told) and not LONE.search(told):
        return post, False
    return msgspec.structs.replace(
        post,
        author=msgspec.structs.replace(
            author,
            id=clean(author.id),
            name=clean(author.name),
            created=author.created and clean(author.created),
            location=author.location and clean(author.location),
        ),
        url=clean(post.url),
        lang=clean(post.lang),
        in_reply_to=clean(post.in_reply_to),
        repost_of=clean(post.repost_of),
        links=tuple(map(clean, post.links)),
        media=tuple(map(clean, post.media)),
    ), True


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


def _keepable(value: Any, deep: int) -> bool:
    """Whether it can be written down again, by any program and however it is reached."""
    if isinstance(value, dict):
        return deep > 0 and all(_keepable(inside, deep - 1) for inside in value.values())
    if isinstance(value, list):
        return deep > 0 and all(_keepable(inside, deep - 1) for inside in value)
    return not isinstance(value, int) or abs(value) <= LARGEST


def _check_numbers(post: Post) -> None:
    """A number larger than any truth cannot be stored, and would take others down with it."""
    metrics = post.metrics
    for field, value in (
        ("metrics.likes", metrics.likes),
        ("metrics.reposts", metrics.reposts),
        ("metrics.replies", metrics.replies),
        ("metrics.views", metrics.views),
        ("author.followers", post.author.followers),
    ):
        if value is not None and abs(value) > LARGEST:
            raise BadInput("intake.number_large", field=field)
