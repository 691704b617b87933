"""The fields of a query: which values each takes, and the test of a post for each."""

import re
from collections.abc import Callable, Mapping
from itertools import takewhile
from urllib.parse import unquote

import regex

from fenghuo.domain.post import KINDS
from fenghuo.domain.understanding import CRISIS_TYPES, CUES, SENTIMENTS
from fenghuo.listen.query.fold import fold
from fenghuo.listen.query.links import host_of
from fenghuo.listen.query.script import NO_RUN_BEFORE, RUN_LETTER, SPACED
from fenghuo.listen.query.tree import Filter, Number
from fenghuo.listen.query.view import View, hosts_above

Test = Callable[[View], bool]

# field -> its values; an empty tuple: free text or a code
FIELDS: Mapping[str, tuple[str, ...]] = {
    "author": (), "site": (), "url": (), "link": (), "title": (), "lang": (), "country": (),
    "platform": (), "type": KINDS, "sentiment": SENTIMENTS, "crisis": CRISIS_TYPES, "cue": CUES,
    "has": ("image", "video", "link"), "is": ("repost", "reply", "quote", "verified"),
}  # fmt: skip
NUMBERS = ("followers", "engagement", "rating", "likes", "replies")
UNDERSTOOD = ("sentiment", "crisis", "cue")

_CODES = {
    "lang": (re.compile(r"[a-z]{2,3}"), "lang:de"),
    "country": (re.compile(r"[a-z]{2}"), "country:de"),
    "platform": (re.compile(r"[a-z0-9][a-z0-9_.-]*"), "platform:bluesky"),
    "site": (re.compile(r"[^\s./]+(\.[^\s./]+)+"), "site:example.com"),
}


def normal_value(field: str, text: str) -> str:
    """A value as it is compared."""
    if field == "author":
        return fold(text).strip().removeprefix("@")
    if field == "site":
        return host_of(text.strip())
    if field in ("url", "link"):
        return re.sub(r"^[a-z]+://(www\.)?", "", text.strip().lower())
    return text.strip() if field == "title" else text.strip().lower()


def problem(field: str, text: str) -> tuple[str, str] | None:
    """(allowed values or an example, what to write) when the field cannot take this value."""
    value = normal_value(field, text)
    allowed = FIELDS[field]
    if allowed:
        nearest = f"{field}:{_nearest(value, allowed)}"
        return None if value in allowed else (", ".join(allowed), nearest)
    if field not in _CODES:
        return None if value else (f"{field}:…", "")
    pattern, example = _CODES[field]
    if pattern.fullmatch(value):
        return None
    primary = re.split(r"[-_]", value)[0]  # "zh-CN" → lang:zh
    cure = f"{field}:{primary}" if field == "lang" and pattern.fullmatch(primary) else example
    return example, cure


def _nearest(value: str, allowed: tuple[str, ...]) -> str:
    return nearest(value, allowed) if value else allowed[0]


def nearest(name: str, names: tuple[str, ...]) -> str:
    """The name that begins alike, then the one that takes the fewest changes of a letter."""
    return min(names, key=lambda other: (-_alike(name, other), _changes(name, other)))


def _alike(one: str, other: str) -> int:
    same = (a == b for a, b in zip(one, other, strict=False))
    return sum(1 for _ in takewhile(bool, same))


def _changes(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one[:40], 1):
        last, row[0] = row[0], at
        for column, letter in enumerate(other, 1):
            step = min(row[column] + 1, row[column - 1] + 1, last + (sign != letter))
            last, row[column] = row[column], step
    return row[-1]


def filter_test(node: Filter) -> Test:
    """The test of a filter other than `title:`."""
    values = frozenset(normal_value(node.field, value.text) for value in node.values)
    return _TESTS[node.field](values)


def _author(values: frozenset[str]) -> Test:
    return lambda view: not values.isdisjoint(view.author)


def _site(values: frozenset[str]) -> Test:
    return lambda view: any(host in values for host in hosts_above(view.host))


def _url(values: frozenset[str]) -> Test:
    held = _in_address(values)
    return lambda view: held(view.post.url)


def _link(values: frozenset[str]) -> Test:
    held = _in_address(values)
    return lambda view: any(held(link) for link in view.links)


def _in_address(values: frozenset[str]) -> Callable[[str], bool]:
    """Whether an address holds one of these as whole words: "gap.com" is not in "stopgap.com"."""
    found = regex.compile("|".join(_bordered(value) for value in sorted(values)), regex.V1)

    def held(address: str) -> bool:
        # An address that leads to another one holds it quoted: …?to=https%3A%2F%2Fgap.com
        return bool(found.search(address.lower()) or found.search(unquote(address).lower()))

    return held


def _bordered(value: str) -> str:
    before = NO_RUN_BEFORE if regex.match(SPACED, value, regex.V1) else ""
    behind = f"(?!{RUN_LETTER})" if regex.match(SPACED, value[-1:], regex.V1) else ""
    escaped: str = regex.escape(value)
    return before + escaped + behind


def _lang(values: frozenset[str]) -> Test:
    return lambda view: re.split(r"[-_]", view.post.lang.lower())[0] in values


def _country(values: frozenset[str]) -> Test:
    return lambda view: view.post.country.lower() in values


def _platform(values: frozenset[str]) -> Test:
    return lambda view: view.post.platform.lower() in values


def _type(values: frozenset[str]) -> Test:
    return lambda view: view.post.kind in values


def _sentiment(values: frozenset[str]) -> Test:
    return lambda view: view.facts.sentiment in values


def _crisis(values: frozenset[str]) -> Test:
    return lambda view: view.facts.crisis in values


def _cue(values: frozenset[str]) -> Test:
    return lambda view: not values.isdisjoint(view.facts.cues)


def _has(values: frozenset[str]) -> Test:
    def test(view: View) -> bool:
        media = view.post.media
        return any(bool(view.links) if value == "link" else value in media for value in values)

    return test


def _is(values: frozenset[str]) -> Test:
    def test(view: View) -> bool:
        post = view.post
        true = {
            "repost": post.kind == "repost" or bool(post.repost_of),
            "reply": post.kind == "reply" or bool(post.in_reply_to),
            "quote": post.kind == "quote",
            "verified": post.author.verified is True,
        }
        return any(true[value] for value in values)

    return test


_TESTS: Mapping[str, Callable[[frozenset[str]], Test]] = {
    "author": _author, "site": _site, "url": _url, "link": _link, "lang": _lang,
    "country": _country, "platform": _platform, "type": _type, "sentiment": _sentiment,
    "crisis": _crisis, "cue": _cue, "has": _has, "is": _is,
}  # fmt: skip


def number_test(node: Number) -> Test:
    """The test of a number; a post that does not give it does not pass."""
    op, low, high = node.op, node.value, node.upto

    def test(view: View) -> bool:
        seen = _number(view, node.field)
        if seen is None:
            return False
        if op == "..":
            return low <= seen <= high
        return {
            "=": seen == low, "<": seen < low, "<=": seen <= low,
            ">": seen > low, ">=": seen >= low,
        }[op]  # fmt: skip

    return test


def _number(view: View, field: str) -> float | None:
    metrics = view.post.metrics
    match field:
        case "followers":
            return view.post.author.followers
        case "rating":
            return view.post.rating
        case "likes":
            return metrics.likes
        case "replies":
            return metrics.replies
        case _:
            known = [n for n in (metrics.likes, metrics.reposts, metrics.replies) if n is not None]
            return sum(known) if known else None
