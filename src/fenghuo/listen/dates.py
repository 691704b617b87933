"""Times as people and programs write them in tables."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal

DateOrder = Literal["", "mdy", "dmy"]

_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "bst": 1, "cet": 1, "cest": 2, "pst": -8, "pdt": -7, "est": -5,
    "edt": -4, "jst": 9, "kst": 9, "hkt": 8,
}  # fmt: skip
"""Names of zones that mean one thing. CST (China, Chicago) and IST (India, Israel) do not."""
_NAMED = re.compile(r"\s*\(?\b([A-Za-z]{1,4})\)?\Z")
_SECONDS = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?\s*(.*)", re.DOTALL)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T\s]+(.*))?", re.DOTALL)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[,T\s]+(.*))?", re.DOTALL)
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*"
    r"(?:(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?)?"
)
_WORDS = (
    "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y",
)  # fmt: skip


def read_time(told: str, zone: tzinfo, order: DateOrder) -> datetime | None:
    """An aware time; None when it cannot be read. A time without a zone is in `zone`.

    3/4 is read by `order`, by the numbers where one of them can be no month; "" is as "mdy".
    """
    told = told.strip()
    try:
        if _SECONDS.fullmatch(told):
            return datetime.fromtimestamp(float(told) / (1000 if len(told) == 13 else 1), UTC)
        at = _iso(told) or _numbers(told, order) or _mail(told) or _words(told)
        if at is None:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def order_of(times: Iterable[str]) -> tuple[DateOrder, str]:
    """Which order the dates of a table are in; and one that leaves it open when none tells."""
    open_one = ""
    for told in times:
        found = _YEAR_LAST.fullmatch(told.strip())
        if not found or found[2] == ".":
            continue
        if int(found[1]) > 12:
            return "dmy", ""
        if int(found[3]) > 12:
            return "mdy", ""
        if found[1] != found[3]:
            open_one = open_one or told
    return ("mdy", open_one) if open_one else ("", "")


def _iso(told: str) -> datetime | None:
    if not re.match(r"\d{4}-?\d\d-?\d\d(?:[T ]|\Z)", told):
        return None
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return None


def _numbers(told: str, order: DateOrder) -> datetime | None:
    if found := _CHINESE.fullmatch(told):
        year, month, day, rest = found.groups()
    elif found := _YEAR_FIRST.fullmatch(told):
        year, _, month, day, rest = found.groups()
    elif found := _YEAR_LAST.fullmatch(told):
        one, sign, two, year, rest = found.groups()
        # With dots the day comes first wherever it is written so.
        first_day = sign == "." or int(one) > 12 or (order == "dmy" and int(two) <= 12)
        day, month = (one, two) if first_day else (two, one)
        year = year if len(year) == 4 else f"20{year}"
    else:
        return None
    return _at(datetime(int(year), int(month), int(day)), rest or "")  # noqa: DTZ001 - zone later


def _at(day: datetime, rest: str) -> datetime:
    """The day at a time of day, with its zone if it has one; ValueError when it is none."""
    rest = rest.strip()
    zone: tzinfo | None = None
    if (named := _NAMED.search(rest)) and named[1].lower() in _ZONES:
        zone = timezone(timedelta(hours=_ZONES[named[1].lower()]))
        rest = rest[: named.start()].strip()
    if not rest:
        return day.replace(tzinfo=zone)
    clock = _CLOCK.fullmatch(rest)
    if not clock:
        raise ValueError(rest)
    hour, half = int(clock[1]), (clock[4] or "")[:1].lower()
    if half:
        hour = hour % 12 + 12 * (half == "p")
    if clock[5]:
        ahead = timedelta(hours=int(clock[6]), minutes=int(clock[7] or 0))
        zone = timezone(-ahead if clock[5] == "-" else ahead)
    return day.replace(hour=hour, minute=int(clock[2]), second=int(clock[3] or 0), tzinfo=zone)


def _mail(told: str) -> datetime | None:
    """As in mails: Mon, 01 Jun 2026 10:00:00 +0800."""
    try:
        return parsedate_to_datetime(told) if "," in told[:4] else None
    except ValueError:
        return None


def _words(told: str) -> datetime | None:
    """With the month's English name: Mar 4, 2026 10:00 PM PST; Tue Feb 24 11:35:52 -0800 2015."""
    plain = re.sub(r"\A(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", "", told, flags=re.I)
    tweet = re.fullmatch(r"(\w{3} \d{1,2}) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})", plain)
    if tweet:
        plain = f"{tweet[1]} {tweet[4]} {tweet[2]} {tweet[3]}"
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,|\bat\b", " ", plain)
    words = plain.replace("Sept ", "Sep ").split()
    cut = 1 if words and words[0].count("-") == 2 else 3
    for form in _WORDS:
        try:
            day = datetime.strptime(" ".join(words[:cut]), form)  # noqa: DTZ007 - zone later
        except ValueError:
            continue
        return _at(day, " ".join(words[cut:]))
    return None
