"""What a call says: the alert in a few lines, in the receiver's language and time zone."""

import msgspec

from fenghuo.domain.duty import Person, Reader
from fenghuo.domain.fact import Fact, Finding
from fenghuo.domain.level import Level
from fenghuo.domain.post import aware
from fenghuo.i18n import catalogue, say
from fenghuo.ports.channel import Message
from fenghuo.prepare import zone
from fenghuo.warn.profile import MINUTE_MS

REASONS = 4
"""More lines than a lock screen or a robot's short message can show help nobody."""
UNCLEAR = frozenset({"none", "other"})
"""Types that say nothing yet to somebody who is woken."""


class About(msgspec.Struct, frozen=True):
    """What the letter tells of. `opened` is milliseconds UTC; `level` that of the call.

    `link` is "" without a public address; `quoted` is an example post made plain, "" when there is
    none that may be passed on. `minutes` until the next person is called, 0 for never; with
    `alone` that is the same one again. `taken` is the name of whoever had the alert in hand when
    something new was said, "" of nobody.
    """

    fact: Fact
    brand: str
    opened: int
    level: Level
    minutes: int = 0
    link: str = ""
    owner: bool = False
    quoted: str = ""
    alone: bool = False
    taken: str = ""


def letter(about: About, person: Person) -> Message:
    """The message for one person; its last line is the link or where to go without one."""
    words, fact = person.language, about.fact
    kind = subject(fact, words)
    level = say(f"face.level_{about.level}", words)
    lines = [
        *([say("telling.new_since", words, name=about.taken)] if about.taken else []),
        *(reason(found, words) for found in fact.reasons[:REASONS]),
        *([say("telling.quoted", words, words=about.quoted)] if about.quoted else []),
        _counted(about, person),
        *(say("telling.against", words, text=against(f, words)) for f in fact.against),
        *([say("telling.owner", words)] if about.owner else []),
        *([_wanted(about, words)] if about.minutes else []),
        _last(about, words),
    ]
    title = say("telling.title", words, level=level, brand=about.brand, type=kind)
    return Message(title, "\n".join(lines), about.level)


def _wanted(about: About, words: Reader) -> str:
    key = "telling.minutes_alone" if about.alone else "telling.minutes"
    return say(key, words, minutes=about.minutes)


def subject(fact: Fact, words: Reader) -> str:
    """What an alert is about, in a few words."""
    if fact.reasons and fact.reasons[0].kind == "silent":
        return say("telling.type_silent", words)
    if fact.type in UNCLEAR:
        return say("telling.type_unclear", words)
    return say(f"web.type_{fact.type}", words)


def reason(found: Finding, words: Reader) -> str:
    """One reason of an alert as a sentence: what was seen beside what is usual."""
    if found.kind == "tone":
        share, low, high = (round(100 * v) for v in (found.seen, found.low, found.high))
        return say("warn.reason_tone", words, share=share, low=low, high=high)
    seen, low, high = (round(v) for v in (found.seen, found.low, found.high))
    return say(
        f"warn.reason_{found.kind}",
        words,
        seen=seen,
        low=low,
        high=high,
        window=_window(found.window_ms, words),
        words=_named(found.words, words),
    )


def against(found: Finding, words: Reader) -> str:
    """What speaks against an alert, as a sentence."""
    named = _named(found.words, words)
    # Days are counted from the first; posts of before the watch belong to it too.
    seen = 1 + max(0, round(found.seen)) if found.kind == "learning" else round(found.seen)
    return say(f"warn.against_{found.kind}", words, seen=seen, words=named)


def moment(at_ms: int, person: Person) -> str:
    """A time on the person's wall clock, with the city whose clock it is."""
    local = aware(at_ms).astimezone(zone(person.time_zone))
    city = person.time_zone.rpartition("/")[2]
    key = f"telling.city_{city.lower()}"
    named = catalogue(person.language).get(key, city.replace("_", " "))
    day, time = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
    return say("telling.since", person.language, day=day, time=time, city=named)


def _counted(about: About, person: Person) -> str:
    """How many posts; of a source that fell silent there are none, only since when."""
    since, seen = moment(about.opened, person), about.fact.mentions
    if not seen:
        return say("telling.began", person.language, since=since)
    return say("telling.counted", person.language, n=seen, since=since)


def _last(about: About, words: Reader) -> str:
    if not about.link:
        alert = about.fact.alert
        return say("telling.link_missing", words, brand=about.brand, alert=alert)
    return say("telling.link" if about.minutes else "telling.link_look", words, link=about.link)


def _window(window_ms: int, words: Reader) -> str:
    minutes = max(1, round(window_ms / MINUTE_MS))
    if minutes % 60 == 0:
        return say("telling.window_hours", words, count=minutes // 60)
    return say("telling.window_minutes", words, count=minutes)


def _named(names: tuple[str, ...], words: Reader) -> str:
    """Cue names in words; other names, such as an event's, as they are."""
    known = catalogue(words)
    comma = "、" if words == "zh-CN" else ", "
    return comma.join(known.get(f"warn.cue_{name}", name) for name in names)
