"""Tables of other programs as posts: which column holds which field.

    marketplace export:  Review Date;Rating;Review Text      mapping:  time  rating  text
                         3/4/26;1 out of 5;"It burns"        →  Post(kind="review", rating=1, …)

A mapping is a value that is saved: shipped ones are guessed from the header, a person's own say
which columns to take. Every row is read by itself; what is wrong with one harms no other.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from fenghuo.domain.errors import BadInput
from fenghuo.domain.misfit import misfit
from fenghuo.domain.post import KINDS, Author, Kind, Metrics, Post
from fenghuo.listen.dates import DateOrder, order_of, read_time
from fenghuo.ports.reads import Remark

Field = Literal[
    "platform", "id", "time", "text", "title", "kind", "lang", "url", "country", "rating",
    "in_reply_to", "author", "author_id", "followers", "location",
    "likes", "reposts", "replies", "views",
]  # fmt: skip
JOINED = {"id": ":", "text": "\n", "title": " – "}
"""Fields that may stand in several columns, such as a reason and a comment; else the first."""
SCALE = 5

_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)(?:\s*/\s*(\d+))?")
_STARS = re.compile("[★⭐]")
_ENDINGS = {"com": "us", "uk": "gb", "usa": "us", "jp": "jp"}


class ColumnMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the fields of a post stand in a table.

    `columns`: for each field the headers to look for, in order; case, spaces and signs in them do
    not matter. `kind` and `platform` are for rows that do not say. `time_zone` is for times
    without one; `date_order` tells 3/4 from 4/3, "" lets the rows decide.
    """

    name: str
    columns: Mapping[Field, tuple[str, ...]]
    kind: Kind = "post"
    platform: str = "file"
    time_zone: str = "UTC"
    date_order: DateOrder = ""
    title_zh: str = ""
    title_en: str = ""

    def __post_init__(self) -> None:
        """ValueError when the time zone does not exist."""
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no time zone {self.time_zone}") from error


class Found(msgspec.Struct, frozen=True):
    """A row that could be read, with what is to be told of it."""

    post: Post
    remarks: Sequence[Remark] = ()


def read_mapping(saved: bytes) -> ColumnMapping:
    """A mapping as it was saved, in JSON; BadInput when it cannot be read."""
    try:
        return msgspec.json.decode(saved, type=ColumnMapping)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        told = misfit(error, ColumnMapping)
        raise BadInput("sources.mapping_wrong", str(error), **told) from error


def shipped_mapping(file: bytes) -> ColumnMapping:
    """A mapping as it is shipped, in TOML; msgspec.ValidationError says what is wrong with it."""
    return msgspec.convert(tomllib.loads(file.decode()), ColumnMapping)


def guess(header: Sequence[str], known: Iterable[ColumnMapping]) -> ColumnMapping:
    """The one of `known` that uses most of the header, the first of equals."""
    return max(known, key=lambda one: len(_used(_places(one, header))))


def columns_of(mapping: ColumnMapping, header: Sequence[str]) -> dict[Field, tuple[str, ...]]:
    """Of each field the headers of this table that a mapping takes it from."""
    return {
        field: tuple(header[n] for n in places)
        for field, places in _places(mapping, header).items()
    }


class Rows:
    """Reads the rows of one table."""

    def __init__(self, mapping: ColumnMapping, header: Sequence[str], file: str) -> None:
        """BadInput when the header has no column for the time or the words; `file` is for texts."""
        self.mapping = mapping
        self._file = file
        self._places = _places(mapping, header)
        self._zone = ZoneInfo(mapping.time_zone)
        self._order: DateOrder = mapping.date_order
        for field in ("time", "text"):
            if field not in self._places and not (field == "text" and "title" in self._places):
                raise BadInput(
                    "sources.columns_missing",
                    file=file,
                    field=field,
                    names=", ".join(mapping.columns.get(field, ())) or "–",
                )
        used = _used(self._places)
        self.unread = tuple(name for n, name in enumerate(header) if n not in used and name.strip())

    def settle(self, sample: Iterable[Sequence[str]]) -> Remark | None:
        """Tell 3/4 from 4/3 by the first rows; a Remark when they leave it open."""
        if self._order:
            return None
        times = [self._get(row, "time") for row in sample]
        self._order, unsure = order_of(times)
        if not unsure:
            return None
        return Remark("sources.date_order_assumed", {"file": self._file, "value": unsure})

    def read(self, number: int, row: Sequence[str]) -> Found:
        """The post of a row; BadInput says what is wrong with it. `number` counts the header."""
        text, title = self._get(row, "text"), self._get(row, "title")
        if not text and not title:
            raise self._bad("row_field_missing", number, field="text")
        told = self._get(row, "time")
        if not told:
            raise self._bad("row_field_missing", number, field="time")
        at = read_time(told, self._zone, self._order)
        if at is None:
            raise self._bad("row_time_wrong", number, value=told[:100])
        remarks: list[Remark] = []
        author = Author(
            id=self._get(row, "author_id"),
            name=self._get(row, "author"),
            followers=self._count(number, row, "followers", remarks),
            location=self._get(row, "location") or None,
        )
        rating = self._rating(number, row, remarks)
        counts = {name: self._count(number, row, name, remarks) for name in _COUNTS}
        post = Post(
            platform=self._get(row, "platform").lower() or self.mapping.platform,
            id=self._get(row, "id") or _digest(at, author.name, title, text),
            time=at, text=text, title=title, kind=self._kind(row),
            lang=self._get(row, "lang").lower(), url=self._get(row, "url"), author=author,
            country=_country(self._get(row, "country")), rating=rating,
            in_reply_to=self._get(row, "in_reply_to"), metrics=Metrics(**counts),
        )  # fmt: skip
        return Found(post, remarks)

    def _get(self, row: Sequence[str], field: Field) -> str:
        cells = [row[n].strip() for n in self._places.get(field, ()) if n < len(row)]
        if field in JOINED:
            return JOINED[field].join(filter(None, cells))
        return next(filter(None, cells), "")

    def _kind(self, row: Sequence[str]) -> Kind:
        told = self._get(row, "kind").lower()
        return cast(Kind, told) if told in KINDS else self.mapping.kind

    def _rating(self, number: int, row: Sequence[str], remarks: list[Remark]) -> float | None:
        told = self._get(row, "rating")
        rating = _stars(told)
        if told and rating is None:
            remarks.append(self._odd(number, "rating", told))
        return rating

    def _count(
        self, number: int, row: Sequence[str], field: Field, remarks: list[Remark]
    ) -> int | None:
        told = self._get(row, field)
        plain = re.sub(r"[\s,.']", "", told)
        if told and not re.fullmatch("[0-9]{1,15}", plain):
            remarks.append(self._odd(number, field, told))
            return None
        return int(plain) if plain else None

    def _odd(self, number: int, field: str, value: str) -> Remark:
        return Remark(
            "sources.row_number_wrong",
            {"file": self._file, "row": number, "field": field, "value": value[:100]},
        )

    def _bad(self, name: str, number: int, **values: str) -> BadInput:
        return BadInput(f"sources.{name}", file=self._file, row=number, **values)


_COUNTS: tuple[Literal["likes", "reposts", "replies", "views"], ...] = (
    "likes", "reposts", "replies", "views",
)  # fmt: skip


def _places(mapping: ColumnMapping, header: Sequence[str]) -> dict[Field, tuple[int, ...]]:
    named: dict[str, int] = {}
    for n, name in enumerate(header):
        named.setdefault(_key(name), n)
    found: dict[Field, tuple[int, ...]] = {}
    for field, names in mapping.columns.items():
        places = dict.fromkeys(named[_key(name)] for name in names if _key(name) in named)
        if places:
            found[field] = tuple(places)
    return found


def _used(places: Mapping[Field, Sequence[int]]) -> set[int]:
    return {n for columns in places.values() for n in columns}


def _key(name: str) -> str:
    """A header as it is compared: without case, width, spaces and signs."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(ch for ch in folded if ch.isalnum())


def _stars(told: str) -> float | None:
    """Stars of 5: "4", "4,5", "4.0 out of 5 stars", "8/10", "★★★☆☆"; None when it is none."""
    if count := len(_STARS.findall(told)):
        return float(min(count, SCALE))
    found = _NUMBER.search(told)
    if not found:
        return None
    value, top = float(found[1].replace(",", ".")), float(found[2] or SCALE)
    return value * SCALE / top if 0 <= value <= top else None


def _country(told: str) -> str:
    """Two letters, also of a shop's host such as amazon.co.uk; "" when it is neither."""
    end = told.casefold().rpartition(".")[2].strip()
    end = _ENDINGS.get(end, end)
    return end if re.fullmatch("[a-z]{2}", end) else ""


def _digest(at: datetime, *words: str) -> str:
    """An id for a row that has none: the same row read again is the same post."""
    whole = "\x1f".join((at.isoformat(), *words))
    return blake2b(whole.encode("utf8", "replace"), digest_size=12).hexdigest()
