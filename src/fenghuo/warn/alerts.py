"""The life of an alert: opened once, rewritten in place, lowered by silence, ended by a person."""

from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec.structs import replace

from fenghuo.domain.fact import Fact, FactName, Finding
from fenghuo.domain.level import LEVELS, Level, higher, rank
from fenghuo.domain.log import Expected, Judged, Silenced
from fenghuo.domain.understanding import CRISIS_TYPES
from fenghuo.warn.fuse import level_of
from fenghuo.warn.profile import HOUR_MS
from fenghuo.warn.state import OpenAlert, State, Telling

HOLD_MS = 6 * HOUR_MS
"""An alert keeps its level so long after the last support. Shorter: it flickers with the night."""
GRAVE_HOLD_MS = 24 * HOUR_MS
CRISIS_MS = 72 * HOUR_MS
"""So long an open alert keeps its hours from teaching what is usual. Longer: a brand that has
grown for good is in alarm for ever. Shorter: a long crisis becomes usual and seems over."""
LEARNING_MS = 14 * 24 * HOUR_MS
EXAMPLES = 5
ONE_BY_ONE = 5
"""Grave posts of an open alert that are each a fact. More: in a flood the page never rests."""
OTHERS = 64
"""Stories that an alert remembers to have told of the same danger: as many as are open at once."""
INSISTED = 3
"""Further grave posts that open again what was dismissed, or as many as its story had then. Fewer:
"false alarm" helps nobody. More: a real harm that looked false stays unheard for hours."""
BRAND = ""
SOURCES = "sources"
"""The subject of the alert that says that we hear less than we think."""


class Alerts:
    """The open alerts of one watch; every change is handed to `tell` as a fact without number."""

    def __init__(self, state: State, tell: Callable[[Fact], None]) -> None:
        """Works on the alerts of `state` in place."""
        self._state = state
        self._tell = tell

    def report(
        self,
        story: str,
        findings: Sequence[Finding],
        at: int,
        examples: Sequence[str] = (),
        *,
        copy: bool = False,
    ) -> None:
        """Findings about a story, or about the brand as a whole (story "").

        `examples` are posts that show it; a `copy` is shown only where nothing is yet.
        """
        alert = self._about(story, findings)
        if copy and (alert or self._quiet(story, findings, at)):
            examples = ()
        if alert is None:
            if not self._quiet(story, findings, at) or self._insisted(story, examples):
                self._open(story, findings, at, examples)
            return
        graver = self._new_dangers(alert, findings)
        if story != alert.story:
            alert.mentions += 1
            graver |= bool(examples) and self._elsewhere(alert, story)
        for found in findings:
            self._keep(alert, found)
        self._show(alert, examples)
        self._raise(alert, level_of(alert.findings.values()), level_of(findings), at, graver=graver)
        if examples and not graver:
            self._another_harm(alert, at)

    def count(self, at: int, copy: bool) -> None:
        """One more mention while alerts about the brand are open."""
        for alert in self._state.alerts:
            if alert.story == BRAND:
                alert.mentions += 1
                alert.copies += copy
                self._grown(alert, at)

    def count_story(self, story: str, at: int, copy: bool) -> None:
        """One more post of a story that has an alert of its own."""
        for alert in self._state.alerts:
            if alert.story == story != BRAND:
                alert.mentions += 1
                alert.copies += copy
                self._grown(alert, at)

    def recount(self, story: str, step: int) -> None:
        """A post of this story counts no more, or again."""
        for alert in self._state.alerts:
            if alert.story == story != BRAND:
                alert.mentions = max(alert.mentions + step, 0)

    def forget(self, mention: str) -> None:
        """Show a post as an example no more."""
        state = self._state
        state.tellings = [told for told in state.tellings if told.mention != mention]
        for alert in state.alerts:
            alert.examples = [name for name in alert.examples if name != mention]

    def judge(self, judged: Judged, at: int) -> None:
        """A person's word; unknown alerts are ignored, since they may have ended meanwhile."""
        alert = next((a for a in self._state.alerts if a.id == judged.alert), None)
        if alert is None:
            return
        names: dict[str, FactName] = {
            "acknowledged": "alert_acknowledged",
            "dismissed": "alert_dismissed",
            "escalated": "alert_escalated",
        }
        alert.judged = judged.verdict
        self._fact(names[judged.verdict], alert, at, who=judged.who, note=judged.reason)
        if judged.verdict == "dismissed":
            known = alert.findings.get("grave")
            dangers = [f"{alert.story}/{cue}" for cue in known.words] if known else []
            for subject in (alert.story, *dangers):
                self._state.quiet[subject] = at + HOLD_MS
            self._state.muted[alert.story] = max(INSISTED, self._told_by(alert.story))
            self._state.alerts.remove(alert)

    def silenced(self, word: Silenced, at: int) -> None:
        """A source fell silent, or is heard again; when none is silent any more the alert ends.

        One more that falls silent is told at once, and asks anew when somebody has the others.
        """
        alert = self._about(SOURCES, ())
        # A memory of the first versions knows them by title alone.
        known = alert.silent or {t: t for t in alert.findings["silent"].words} if alert else {}
        if word.heard:
            gone = (word.source, word.title)
            left = {name: title for name, title in known.items() if name not in gone}
            if alert:
                self._still_silent(alert, left, at)
        elif word.source not in known:
            title = word.title or word.source
            self._silent_now(alert, known | {word.source: title}, title, at)

    def _silent_now(
        self, alert: OpenAlert | None, silent: dict[str, str], title: str, at: int
    ) -> None:
        found = Finding("silent", 1.0, since=at, words=(title,))
        if alert is None:
            self.report(SOURCES, [found], at)
            alert = self._about(SOURCES, ())
        else:
            self._keep(alert, found)
            asks = alert.judged == "acknowledged"
            alert.judged = ""
            self._fact("alert_raised" if asks else "alert_updated", alert, at)
        if alert:
            alert.silent = silent

    def _still_silent(self, alert: OpenAlert, silent: dict[str, str], at: int) -> None:
        alert.silent = silent
        titles = tuple(dict.fromkeys(silent.values()))
        alert.findings["silent"] = replace(alert.findings["silent"], words=titles)
        if not titles:
            self._state.alerts.remove(alert)
            self._fact("alert_closed", alert, at)

    def in_crisis(self, at: int) -> bool:
        """Whether an alert of yellow or more is open, and not for longer than CRISIS_MS."""
        return any(
            rank(alert.level) >= rank("yellow") and at - alert.opened < CRISIS_MS
            for alert in self._state.alerts
            if alert.story != SOURCES
        )

    def review(self, at: int) -> None:
        """At the end of an hour: levels fall where nothing supported them for long enough."""
        for alert in [a for a in self._state.alerts if a.story != SOURCES]:
            hold = GRAVE_HOLD_MS if alert.graved else HOLD_MS
            if at - alert.supported < hold:
                continue
            alert.supported = at
            alert.graved = 0
            lower = LEVELS[rank(alert.level) - 1]
            if lower == "calm":
                self._state.alerts.remove(alert)
                self._fact("alert_closed", alert, at)
            else:
                alert.level = lower
                self._fact("alert_lowered", alert, at)
                # Told with what it rested on; to rise again it needs new findings.
                alert.findings = {}
        state = self._state
        state.quiet = {k: until for k, until in state.quiet.items() if until > at}
        state.muted = {k: left for k, left in state.muted.items() if k in state.quiet}

    def _about(self, story: str, findings: Sequence[Finding]) -> OpenAlert | None:
        own = next((a for a in self._state.alerts if a.story == story), None)
        if own or story in {BRAND, SOURCES}:
            return own
        cues = {word for found in findings for word in found.words}
        for alert in self._state.alerts:
            # The same danger told in other words is the same alert; another danger is not. One
            # death that somebody has in hand says nothing of another.
            known = alert.findings.get("grave")
            in_hand = alert.judged == "acknowledged" and "death" in cues
            if known and cues & set(known.words) and not in_hand:
                return alert
        return None

    @staticmethod
    def _elsewhere(alert: OpenAlert, story: str) -> bool:
        """Whether this is the first word of a story of its own on what somebody has in hand.

        Other people may be hurt. At red everybody is awake, and the page says it.
        """
        if story in alert.others:
            return False
        alert.others = [*alert.others, story][-OTHERS:]
        return alert.judged == "acknowledged" and alert.level != "red"

    @staticmethod
    def _new_dangers(alert: OpenAlert, findings: Sequence[Finding]) -> bool:
        """Whether somebody tells of a danger that this alert has not told of yet."""
        known = alert.findings.get("grave")
        told = set(known.words) if known else set[str]()
        return any(f.kind == "grave" and not told.issuperset(f.words) for f in findings)

    def _quiet(self, story: str, findings: Sequence[Finding], at: int) -> bool:
        """After "false alarm" the same subject is silent for a while; a new danger never is."""
        quiet = self._state.quiet
        dangers = [f"{story}/{cue}" for f in findings if f.kind == "grave" for cue in f.words]
        return all(quiet.get(subject, 0) > at for subject in dangers or [story])

    def _insisted(self, story: str, examples: Sequence[str]) -> bool:
        """Whether people go on to say what was dismissed, so that it opens again."""
        left = self._state.muted.get(story, 0) - len(examples)
        self._state.muted[story] = left
        return left <= 0

    def _told_by(self, story: str) -> int:
        """How many posts a story has."""
        return next((s.mentions for s in self._state.stories if s.id == story), 0)

    def _open(
        self, story: str, findings: Sequence[Finding], at: int, examples: Sequence[str]
    ) -> None:
        level = level_of(findings)
        if level == "calm":
            return
        seen = max(self._told_by(story), *(found.count for found in findings))
        alert = OpenAlert(
            f"a{self._state.next_alert}", level, self._type(story), at, at, story,
            mentions=seen, told=seen,
        )  # fmt: skip
        self._state.next_alert += 1
        for found in findings:
            self._keep(alert, found)
        self._show(alert, examples)
        self._state.alerts.append(alert)
        self._fact("alert_opened", alert, at)

    def _raise(self, alert: OpenAlert, level: Level, now: Level, at: int, *, graver: bool) -> None:
        if rank(now) >= rank(alert.level):
            alert.supported = at
        if graver or rank(level) > rank(alert.level):
            alert.level, alert.supported = higher(level, alert.level), at
            alert.judged = ""
            alert.type = self._type(alert.story)
            alert.told = alert.mentions
            self._fact("alert_raised", alert, at)
        else:
            self._grown(alert, at)

    def _another_harm(self, alert: OpenAlert, at: int) -> None:
        """The first posts that tell of grave harm are news one by one, later ones by doublings."""
        known = alert.findings.get("grave")
        told = int(known.seen) if known else 0
        if 1 < told <= ONE_BY_ONE or (told > ONE_BY_ONE and told & (told - 1) == 0):
            alert.told = alert.mentions
            self._fact("alert_updated", alert, at)

    def _grown(self, alert: OpenAlert, at: int) -> None:
        if alert.mentions >= 2 * max(alert.told, 5):
            alert.told = alert.mentions
            self._fact("alert_updated", alert, at)

    def _keep(self, alert: OpenAlert, found: Finding) -> None:
        if found.kind == "grave":
            alert.graved = max(alert.graved, found.since)
        known = alert.findings.get(found.kind)
        if known is None or found.surprise >= known.surprise or found.kind == "grave":
            words = known.words + found.words if known else found.words
            seen = found.seen + known.seen if known and found.kind == "grave" else found.seen
            alert.findings[found.kind] = Finding(
                found.kind,
                seen,
                found.low,
                found.high,
                found.window_ms,
                known.since if known else found.since,
                found.surprise,
                tuple(dict.fromkeys(words)),
                found.count,
            )

    def _show(self, alert: OpenAlert, examples: Sequence[str]) -> None:
        """Of a story its first grave post and the newest; of the brand what tells most of late."""
        if alert.story == BRAND:
            told = sorted(self._state.tellings, key=lambda t: (-t.weight, t.at, t.mention))
            mine = [*examples, *(t.mention for t in told), *alert.examples]
        else:
            mine = [*alert.examples[:1], *examples, *alert.examples[1:]]
        alert.examples = list(dict.fromkeys(mine))[:EXAMPLES]

    def _type(self, story: str) -> str:
        if story == SOURCES:
            return "none"
        mood = next((s.crisis for s in self._state.stories if s.id == story), self._state.mood)
        named = mood[:-1]
        if not named or max(named) <= 0.0:
            return "other"
        return CRISIS_TYPES[named.index(max(named))]

    def _fact(
        self, name: FactName, alert: OpenAlert, at: int, who: str = "", note: str = ""
    ) -> None:
        fact = Fact(0, at, name, alert.id, alert.story, alert.level, alert.type, who=who, note=note)
        state = self._state
        self._tell(written(fact, alert, Around(state.began, state.events)))


class Around(msgspec.Struct, frozen=True):
    """What may speak against an alert: how long the watch has learned, what was expected."""

    began: int
    events: tuple[Expected, ...]


def written(fact: Fact, alert: OpenAlert, around: Around) -> Fact:
    """A fact about an alert with all that the alert rests on now."""
    reasons = sorted(alert.findings.values(), key=lambda f: (f.kind != "grave", -f.surprise))
    return replace(
        fact,
        level=alert.level,
        type=alert.type,
        reasons=tuple(reasons),
        against=tuple(_against(alert, around, fact.at)),
        mentions=alert.mentions,
        examples=tuple(alert.examples),
    )


def _against(alert: OpenAlert, around: Around, at: int) -> Iterable[Finding]:
    if alert.copies * 4 >= alert.mentions > 1:
        yield Finding("copies", alert.copies, 0, alert.mentions)
    if at - around.began < LEARNING_MS:
        yield Finding("learning", (at - around.began) // (24 * HOUR_MS), 14, 14)
    for event in around.events:
        if event.start <= at <= event.end:
            yield Finding("event", 1, since=event.start, words=(event.name,))


def remember(state: State, telling: Telling, at: int) -> None:
    """Keep the twenty posts of the last eight hours that tell most of harm and anger."""
    recent = [t for t in state.tellings if at - t.at < 8 * HOUR_MS]
    if telling.mention not in {t.mention for t in recent}:
        recent.append(telling)
    recent.sort(key=lambda t: (-t.weight, t.at, t.mention))
    state.tellings = recent[:20]
