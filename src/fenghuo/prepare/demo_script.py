"""The script of the demo crisis: its form, and the reading of it with clear errors.

A script is put together from several TOML parts: the story, and one part a language, so that a
language is added as one file. Minutes count from the first grave post, days from 1.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from fenghuo.domain.errors import BadInput
from fenghuo.domain.misfit import misfit
from fenghuo.domain.post import Author, Kind

TITLE = " || "
"""Parts the title of a text from its body."""
SLOT = re.compile(r"\{(\w+)\}")


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the parts of a script: a misspelt field is an error."""


class Platform(Form, frozen=True):
    """Where posts stand. `url` has {author} and {id}; the shares say how often it tells
    language, country and numbers of an author."""

    url: str
    tells_language: float = 0.0
    tells_country: float = 0.8
    followers: bool = True
    counts: bool = True


class Voice(Form, frozen=True):
    """One platform and kind in which a topic is heard, and how often."""

    platform: str
    kind: Kind = "post"
    weight: float = 1.0


class Topic(Form, frozen=True):
    """What posts are about. `more` names a pool from which a second sentence may come.

    `title` is given to texts that have none; `answers` are moments that replies go to, `shares`
    moments whose address is linked. `figurative`: grave words in a harmless sense.
    """

    voices: tuple[Voice, ...]
    more: str = ""
    more_share: float = 0.0
    title: str = ""
    ratings: tuple[int, ...] = ()
    answers: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    pictures: float = 0.0
    figurative: bool = False


class Market(Form, frozen=True):
    """A country in everyday life: its part of all posts and of them each language."""

    country: str
    share: float
    languages: Mapping[str, float]


class Everyday(Form, frozen=True):
    """A topic of everyday life: posts a day in all markets together, on which days."""

    topic: str
    a_day: float
    days: tuple[int, int]


class Curve(Form, frozen=True):
    """Rises from `start` to `peak`, is half after another `half_life`, then fades: minutes."""

    start: float
    peak: float
    half_life: float


class Wave(Form, frozen=True):
    """Posts of one language after the first grave post."""

    language: str
    posts: int
    curve: Curve
    countries: Mapping[str, float]
    topics: Mapping[str, float]


class Moment(Form, frozen=True):
    """One post that the story needs, `at` minutes after the first grave post."""

    name: str
    at: float
    platform: str
    language: str
    country: str
    text: str
    kind: Kind = "post"
    title: str = ""
    author: Author = Author()
    media: tuple[str, ...] = ()
    answers: str = ""
    rating: float | None = None


class Spread(Form, frozen=True):
    """How a moment is passed on: reposts, and for the rest copy-paste by other people."""

    of: str
    posts: int
    curve: Curve
    reposts: float


class Event(Form, frozen=True):
    """An event that the team has entered: a day, an hour in the script's zone, and hours."""

    name: str
    day: int
    hour: int
    hours: int


class Language(Form, frozen=True):
    """The words of one language: pools of sentences with {slots}, slots, authors' names."""

    names: tuple[str, ...]
    texts: Mapping[str, tuple[str, ...]]
    slots: Mapping[str, tuple[str, ...]] = {}


class Script(Form, frozen=True):
    """The whole story. The first grave post comes on `day` at `minute` of the day in `zone`."""

    brand: str
    zone: str
    days: int
    day: int
    minute: int
    hours_of_day: tuple[float, ...]
    days_of_week: tuple[float, ...]
    zones: Mapping[str, str]
    handles: tuple[str, ...]
    slots: Mapping[str, tuple[str, ...]]
    platforms: Mapping[str, Platform]
    topics: Mapping[str, Topic]
    markets: tuple[Market, ...]
    everyday: tuple[Everyday, ...]
    events: tuple[Event, ...]
    moments: tuple[Moment, ...]
    spreads: tuple[Spread, ...]
    waves: tuple[Wave, ...]
    languages: Mapping[str, Language]


def script_of(*parts: bytes) -> Script:
    """The script of its TOML parts; BadInput says what is missing or does not fit."""
    whole: dict[str, object] = {"languages": {}}
    for part in parts:
        for key, value in _table(part).items():
            old = whole.get(key)
            both = isinstance(old, dict) and isinstance(value, dict)
            whole[key] = {**old, **value} if both else value  # type: ignore[dict-item]  # narrowed
    try:
        script = msgspec.convert(whole, Script)
    except msgspec.ValidationError as error:
        raise BadInput("demo.script_wrong", str(error), **misfit(error, Script)) from error
    _check_frame(script)
    _check_names(script)
    for language, words in script.languages.items():
        _check_slots(script, language, words)
    return script


def _table(part: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(part.decode("utf8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput("demo.script_unreadable", str(error), **misfit(error)) from error


def _check_frame(script: Script) -> None:
    lengths = len(script.hours_of_day), len(script.days_of_week)
    if lengths != (24, 7) or min(*script.hours_of_day, *script.days_of_week) <= 0:
        raise BadInput("demo.rhythm_wrong")
    for zone in (script.zone, *script.zones.values()):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadInput("demo.zone_unknown", zone=zone) from error
    for day in [script.day, *chain.from_iterable(e.days for e in script.everyday)]:
        if not 1 <= day <= script.days:
            raise BadInput("demo.day_outside", day=day, days=script.days)


def _check_names(script: Script) -> None:
    moments = {moment.name: moment.at for moment in script.moments}
    for moment in script.moments:
        if moment.answers and moments.get(moment.answers, moment.at) >= moment.at:
            raise BadInput("demo.name_unknown", where=moment.name, name=moment.answers)
    for where, name, known in _uses(script, moments):
        if name not in known:
            raise BadInput("demo.name_unknown", where=where, name=name)
    for where, language, topic in _spoken(script):
        if not script.languages[language].texts.get(topic):
            raise BadInput("demo.texts_missing", where=where, language=language, topic=topic)


def _uses(script: Script, moments: Iterable[str]) -> Iterator[tuple[str, str, Iterable[str]]]:
    for name, topic in script.topics.items():
        yield from ((name, voice.platform, script.platforms) for voice in topic.voices)
        yield from ((name, moment, moments) for moment in (*topic.answers, *topic.shares))
    for moment in script.moments:
        yield moment.name, moment.platform, script.platforms
        yield moment.name, moment.country, script.zones
        yield moment.name, moment.language, script.languages
    yield from (("spread", spread.of, moments) for spread in script.spreads)
    for market in script.markets:
        yield "market", market.country, script.zones
        yield from (("market", language, script.languages) for language in market.languages)
    yield from (("everyday", each.topic, script.topics) for each in script.everyday)
    for wave in script.waves:
        yield "wave", wave.language, script.languages
        yield from (("wave", topic, script.topics) for topic in wave.topics)
        yield from (("wave", country, script.zones) for country in wave.countries)


def _spoken(script: Script) -> Iterator[tuple[str, str, str]]:
    """Every pool of texts that a language must have, with what asks for it."""
    heard = {
        (lang, e.topic) for e in script.everyday for m in script.markets for lang in m.languages
    }
    heard |= {(wave.language, topic) for wave in script.waves for topic in wave.topics}
    for language, name in sorted(heard):
        yield name, language, name
        if script.topics[name].more:
            yield name, language, script.topics[name].more
    named = {moment.name: moment.language for moment in script.moments}
    yield from (("spread", named[spread.of], "pasted") for spread in script.spreads)


def _check_slots(script: Script, language: str, words: Language) -> None:
    known = {*script.slots, *words.slots, "text"}
    for topic, patterns in words.texts.items():
        for pattern in patterns:
            for slot in SLOT.findall(pattern):
                if slot not in known:
                    raise BadInput("demo.slot_unknown", language=language, topic=topic, slot=slot)
