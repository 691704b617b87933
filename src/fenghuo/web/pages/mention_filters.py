"""The filters of the page of mentions: what can be chosen, and what is chosen, to be taken off."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import msgspec

from fenghuo.domain.market import MARKETS
from fenghuo.domain.post import KINDS
from fenghuo.domain.understanding import CRISIS_TYPES, SENTIMENTS
from fenghuo.i18n import Language, say
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.web.asking import Asking
from fenghuo.web.cities import city
from fenghuo.web.filters import CHOICES, Wanted, as_minutes
from fenghuo.web.languages import language_name
from fenghuo.web.markets import market_name

Options = list[tuple[str, str]]


class Chip(msgspec.Struct, frozen=True):
    """A filter that is on: its name and value in words, and the address without it.

    `pieces` of the value are each kept on one line where there are several.
    """

    label: str
    pieces: tuple[str, ...]
    href: str


class Narrowing(msgspec.Struct, frozen=True):
    """What the form offers, and what is on. `zone` is on whose clocks the times are."""

    brands: Options
    platforms: Options
    languages: Options
    countries: Options
    kinds: Options
    moods: Options
    types: Options
    since: str
    until: str
    zone: str
    chips: list[Chip]


def narrowing(asking: Asking, wanted: Wanted, brands: Sequence[StoredWatch]) -> Narrowing:
    """The choices are those that occurred lately, and whatever the address holds already."""
    speaks = asking.language
    heard = asking.app.listen.occurring(asking.workspace, wanted.watch)
    kinds = heard.kinds if wanted.kind in ("", *heard.kinds) else (*heard.kinds, wanted.kind)
    return Narrowing(
        [(stored.id, stored.watch.brand) for stored in brands if not stored.rival_of],
        [(name, platform_name(name, speaks)) for name in _with(heard.platforms, wanted.platform)],
        [(c, language_name(c, speaks)) for c in _with(heard.languages, wanted.language)],
        _by_words((c, country_name(c, speaks)) for c in _with(heard.countries, wanted.country)),
        [(kind, kind_name(kind, speaks)) for kind in KINDS if kind in kinds],
        [(mood, say(f"web.mood_{mood}", speaks)) for mood in SENTIMENTS],
        [(one, say(f"web.type_{one}", speaks)) for one in CRISIS_TYPES if one != "none"],
        as_minutes(wanted.since, "00:00"),
        as_minutes(wanted.until, "23:59"),
        wanted.zone or asking.zone,
        list(_chips(asking, wanted, brands)),
    )


def platform_name(name: str, language: Language) -> str:
    """A platform as people call it."""
    return say("web.by_hand", language) if name == "by-hand" else name


def country_name(code: str, language: Language) -> str:
    """A market by its name, or by its letters where it has none."""
    return market_name(code, language) if code in MARKETS else code.upper()


def kind_name(kind: str, language: Language) -> str:
    """What a post is: a review, a reply."""
    return say("imports.kind_post" if kind == "post" else f"face.kind_{kind}", language)


def _with(heard: Sequence[str], wanted: str) -> list[str]:
    return sorted({*heard, wanted} - {""})


def _by_words(options: Iterator[tuple[str, str]]) -> Options:
    return sorted(options, key=lambda option: option[1])


def _chips(asking: Asking, wanted: Wanted, brands: Sequence[StoredWatch]) -> Iterator[Chip]:
    speaks = asking.language
    for name, label, words in _said(wanted, brands, speaks):
        yield Chip(say(label, speaks), (words,), "/mentions?" + urlencode(wanted.without(name)))
    if wanted.since or wanted.until:
        times = _span(wanted, asking.zone, speaks)
        href = "/mentions?" + urlencode(wanted.without("span"))
        yield Chip(say("mentions.time", speaks), times, href)


def _said(
    wanted: Wanted, brands: Sequence[StoredWatch], speaks: Language
) -> Iterator[tuple[str, str, str]]:
    """Each filter that is on: its name, the key of its label, its value in words."""
    named = {stored.id: stored.watch.brand for stored in brands}
    told = (
        ("watch", "web.brand", named.get(wanted.watch, "")),
        ("story", "web.story", wanted.story),
        ("sentiment", "web.mood", _choice("sentiment", wanted.sentiment, "web.mood_", speaks)),
        ("crisis", "web.type", _choice("crisis", wanted.crisis, "web.type_", speaks)),
        ("platform", "mentions.platform", platform_name(wanted.platform, speaks)),
        ("language", "web.language", language_name(wanted.language, speaks)),
        ("country", "mentions.country", country_name(wanted.country, speaks)),
        (
            "kind",
            "mentions.kind",
            kind_name(wanted.kind, speaks) if wanted.kind in KINDS else wanted.kind,
        ),
        ("grave", "mentions.grave", say("mentions.grave_only", speaks) if wanted.grave else ""),
        (
            "excluded",
            "mentions.shown_too",
            say("privacy.not_about_us", speaks) if wanted.excluded else "",
        ),
    )
    return ((name, label, words) for name, label, words in told if words)


def _choice(name: str, value: str, words: str, speaks: Language) -> str:
    """The words of a choice; what is none of them stands as it came."""
    return say(words + value, speaks) if value in CHOICES[name][0] else value


def _span(wanted: Wanted, zone: str, speaks: Language) -> tuple[str, ...]:
    since, until = (text[:16].replace("T", " ") for text in (wanted.since, wanted.until))
    return f"{since} –".strip(), f"{until} · {city(wanted.zone or zone, speaks)}".strip()
