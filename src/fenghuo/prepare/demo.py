"""The demo crisis: a script and a source of chance give the posts of a fictitious exporter."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fenghuo.domain.post import Author, Metrics, Post
from fenghuo.domain.watch import KnownEvent
from fenghuo.prepare.demo_script import (
    SLOT,
    TITLE,
    Curve,
    Moment,
    Platform,
    Script,
    Spread,
    Voice,
    Wave,
)

Floats = NDArray[np.float64]
_T = TypeVar("_T")

CELL = 10
"""Minutes of one cell of the grid on which times are drawn."""
AWAKE_ANYWAY = 0.5
"""In a crisis some are up at any hour: this much is added to the rhythm of the day."""
STEEP = 5
"""Powers of e between the start of a rise and its peak."""
FADING = 2**0.5 - 1
"""Makes the power law fall to one half after `half_life`."""
TRIES = 12
"""So often a text is drawn again when it has been said before."""
KNOWN_AUTHOR = 0.3
"""Share of posts by somebody who has posted before."""
MOST_FOLLOWERS = 800_000


def story(script: Script, start: datetime, rng: np.random.Generator) -> list[Post]:
    """All posts in the order of their times; the same seed gives the same posts.

    `start` is aware; day 1 is the first whole day after it in the script's zone.
    """
    return _Teller(script, first_day(script, start), rng).tell()


def first_day(script: Script, start: datetime) -> datetime:
    """Midnight in the script's zone with which day 1 begins, in UTC: at `start` or after."""
    local = start.astimezone(ZoneInfo(script.zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if midnight < local:
        midnight += timedelta(days=1)
    return midnight.astimezone(UTC)


def outbreak(script: Script, start: datetime) -> datetime:
    """When the first grave post comes, in UTC."""
    return first_day(script, start) + timedelta(days=script.day - 1, minutes=script.minute)


def known_events(script: Script, start: datetime) -> tuple[KnownEvent, ...]:
    """The launches of the story as the team would have entered them in the watch."""
    day_1 = first_day(script, start)
    found = []
    for event in script.events:
        begin = day_1 + timedelta(days=event.day - 1, hours=event.hour)
        found.append(KnownEvent(event.name, begin, begin + timedelta(hours=event.hours)))
    return tuple(found)


class _Teller:
    """Tells one story once; holds what was said and by whom."""

    def __init__(self, script: Script, day_1: datetime, rng: np.random.Generator) -> None:
        self._script, self._day_1, self._rng = script, day_1, rng
        self._minutes: Floats = np.arange(0, script.days * 1440, CELL, dtype=np.float64)
        self._outbreak = (script.day - 1) * 1440 + script.minute
        self._rhythms = {country: self._rhythm(zone) for country, zone in script.zones.items()}
        self._posts: list[Post] = []
        self._moments: dict[str, Post] = {}
        self._said: set[str] = set()
        self._authors: dict[tuple[str, str], list[Author]] = {}
        self._handles: set[str] = set()

    def tell(self) -> list[Post]:
        for moment in self._script.moments:
            self._moment(moment)
        self._everyday()
        for wave in self._script.waves:
            self._wave(wave)
        for spread in self._script.spreads:
            self._spread(spread)
        return sorted(self._posts, key=lambda post: (post.time, post.platform, post.id))

    def _everyday(self) -> None:
        shares = sum(market.share for market in self._script.markets)
        for each in self._script.everyday:
            first, last = each.days
            day = self._minutes // 1440 + 1
            within = (day >= first) & (day <= last)
            for market in self._script.markets:
                mean = each.a_day * (last - first + 1) * market.share / shares
                weights = self._rhythms[market.country] * within
                for minute in self._times(int(self._rng.poisson(mean)), weights):
                    language = self._pick(market.languages)
                    self._speak(minute, each.topic, language, market.country)

    def _wave(self, wave: Wave) -> None:
        for country, n in self._parts(wave.posts, wave.countries):
            weights = self._curve(wave.curve) * (self._rhythms[country] + AWAKE_ANYWAY)
            for minute in self._times(n, weights):
                self._speak(minute, self._pick(wave.topics), wave.language, country)

    def _speak(self, minute: float, topic_name: str, language: str, country: str) -> None:
        topic = self._script.topics[topic_name]
        voice = topic.voices[self._index([voice.weight for voice in topic.voices])]
        parent = self._latest(topic.answers, minute)
        if voice.kind in ("reply", "quote", "comment") and topic.answers:
            voice = Voice(parent.platform, voice.kind) if parent else Voice(voice.platform)
        shared = self._latest(topic.shares, minute)
        title, text = self._text(language, topic_name)
        author = self._author(voice.platform, language)
        answered = parent.id if parent and parent.platform == voice.platform else ""
        self._add(
            minute, voice, language, author,
            title=title, text=text, country=country,
            rating=float(self._one(topic.ratings)) if topic.ratings else None,
            in_reply_to=answered if voice.kind in ("reply", "quote", "comment") else "",
            links=(shared.url,) if shared else (),
            media=("image",) if self._chance(topic.pictures) else (),
        )  # fmt: skip

    def _moment(self, moment: Moment) -> None:
        parent = self._moments.get(moment.answers)
        self._moments[moment.name] = self._add(
            self._outbreak + moment.at,
            Voice(moment.platform, moment.kind),
            moment.language,
            moment.author,
            title=moment.title, text=moment.text, country=moment.country,
            rating=moment.rating, media=moment.media,
            in_reply_to=parent.id if parent else "",
        )  # fmt: skip

    def _spread(self, spread: Spread) -> None:
        named = {moment.name: moment for moment in self._script.moments}
        language, country = named[spread.of].language, named[spread.of].country
        original = self._moments[spread.of]
        weights = self._curve(spread.curve) * (self._rhythms[country] + AWAKE_ANYWAY)
        for minute in self._times(spread.posts, weights):
            platform, text, repost_of = original.platform, original.text, original.id
            kind = "repost" if self._chance(spread.reposts) else "post"
            if kind == "post":
                text = self._fill(language, "pasted").replace("{text}", text)
                repost_of = ""
            self._add(
                minute,
                Voice(platform, "repost" if kind == "repost" else "post"),
                language,
                self._author(platform, language),
                text=text, country=country, media=original.media, repost_of=repost_of,
            )  # fmt: skip

    def _add(
        self, minute: float, voice: Voice, language: str, author: Author, **fields: object
    ) -> Post:
        platform = self._script.platforms[voice.platform]
        name = f"{voice.platform}-{len(self._posts) + 1:05d}"
        if not self._chance(platform.tells_country):
            fields["country"] = ""
        post = Post(
            platform=voice.platform,
            id=name,
            time=self._day_1 + timedelta(seconds=int(minute * 60)),
            kind=voice.kind,
            lang=language if self._chance(platform.tells_language) else "",
            url=platform.url.format(author=author.id, id=name),
            author=author,
            metrics=self._metrics(platform, author),
            **fields,  # type: ignore[arg-type]  # the callers above name fields of Post
        )
        self._posts.append(post)
        return post

    def _text(self, language: str, topic_name: str) -> tuple[str, str]:
        """Title and text, not said before if the pool allows: each try adds words likelier."""
        topic = self._script.topics[topic_name]
        text = ""
        for again in range(TRIES):
            text = self._fill(language, topic_name)
            if topic.more and self._chance(topic.more_share + again / TRIES):
                text = f"{text}{_gap(language)}{self._fill(language, topic.more)}"
            if text not in self._said:
                break
        self._said.add(text)
        head, parted, body = text.partition(TITLE)
        if parted:
            return head, body
        return (self._slots(language, topic.title), text) if topic.title else ("", text)

    def _fill(self, language: str, pool: str) -> str:
        return self._slots(language, self._one(self._script.languages[language].texts[pool]))

    def _slots(self, language: str, pattern: str) -> str:
        """The pattern with each slot drawn once; {text} stays for what is passed on."""
        known = {**self._script.slots, **self._script.languages[language].slots}
        drawn = {
            slot: self._one(known[slot])
            for slot in dict.fromkeys(SLOT.findall(pattern))
            if slot != "text"
        }
        text = SLOT.sub(lambda found: drawn.get(found[1], found[0]), pattern)
        return text[:1].upper() + text[1:]

    def _author(self, platform: str, language: str) -> Author:
        known = self._authors.setdefault((platform, language), [])
        if known and self._chance(KNOWN_AUTHOR):
            return known[int(self._rng.integers(len(known)))]
        words = self._script.handles
        handle = f"{self._one(words)}_{self._one(words)}{self._rng.integers(1000)}"
        while handle in self._handles:
            handle += str(self._rng.integers(10))
        self._handles.add(handle)
        # Pareto: most have a hundred followers, one in a thousand has a hundred thousand.
        followers = min(int(60 * self._rng.pareto(1.0)) + 3, MOST_FOLLOWERS)
        shown = followers if self._script.platforms[platform].followers else None
        author = Author(handle, self._one(self._script.languages[language].names), shown)
        known.append(author)
        return author

    def _metrics(self, platform: Platform, author: Author) -> Metrics:
        if not platform.counts:
            return Metrics()
        pull = float(self._rng.lognormal(-1.0, 1.0))
        likes = int(pull * ((author.followers or 40) ** 0.7))
        reposts, replies = self._rng.binomial(likes, (0.2, 0.1))
        return Metrics(likes, int(reposts), int(replies))

    def _latest(self, names: Sequence[str], minute: float) -> Post | None:
        """One of the moments that have already happened, later ones as likely as early ones."""
        now = self._day_1 + timedelta(seconds=int(minute * 60))
        told = [post for name in names if (post := self._moments[name]).time < now]
        return told[int(self._rng.integers(len(told)))] if told else None

    def _rhythm(self, zone: str) -> Floats:
        place, script = ZoneInfo(zone), self._script
        clocks = ((self._day_1 + timedelta(minutes=m)).astimezone(place) for m in self._minutes)
        hours, week = script.hours_of_day, script.days_of_week
        return np.array([hours[at.hour] * week[at.weekday()] for at in clocks])

    def _curve(self, curve: Curve) -> Floats:
        since = self._minutes - self._outbreak
        rise = np.exp(np.minimum(STEEP * (since - curve.peak) / (curve.peak - curve.start), 0))
        # A power law: talk fades fast at first, and then goes on for days.
        fall = (1 + FADING * np.maximum(since - curve.peak, 0) / curve.half_life) ** -2
        shape: Floats = rise * fall * (since >= curve.start)
        return shape

    def _times(self, n: int, weights: Floats) -> list[float]:
        cells = self._rng.choice(len(weights), n, p=weights / weights.sum())
        within = self._rng.uniform(0, CELL, n)
        return sorted(float(minute) for minute in self._minutes[cells] + within)

    def _parts(self, n: int, weights: Mapping[str, float]) -> list[tuple[str, int]]:
        p = np.array(list(weights.values()))
        counts = self._rng.multinomial(n, p / p.sum())
        return [(name, int(count)) for name, count in zip(weights, counts, strict=True)]

    def _pick(self, weights: Mapping[str, float]) -> str:
        return list(weights)[self._index(list(weights.values()))]

    def _index(self, weights: Sequence[float]) -> int:
        p = np.array(weights)
        return int(self._rng.choice(len(p), p=p / p.sum()))

    def _one(self, items: Sequence[_T]) -> _T:
        return items[int(self._rng.integers(len(items)))]

    def _chance(self, p: float) -> bool:
        return float(self._rng.random()) < p


def _gap(language: str) -> str:
    return "" if language in ("zh", "ja") else " "
