"""The heart: one pure function that goes through a watch's log row by row.

For each row, in this order:
1. close every hour that has become final (baselines learn, levels fall, silent stories end);
2. take the row: count a mention, place an understood post in its story, obey a decision;
3. ask the detectors, open minutes included, and let the alerts answer.

Time comes with the rows and not with the batch, so any cut of the log gives the same facts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

import msgspec

from fenghuo.domain.fact import Fact, FactName, Finding
from fenghuo.domain.log import (
    DecisionRow,
    Excluded,
    Heard,
    Judged,
    MentionRow,
    Reshaped,
    Row,
    Settings,
    Silenced,
    TickRow,
    UnderstoodRow,
)
from fenghuo.domain.understanding import CRISIS_TYPES
from fenghuo.listen import Stories, Story, unshow
from fenghuo.warn.alerts import BRAND, SOURCES, Alerts, remember
from fenghuo.warn.detect.grave import Grave
from fenghuo.warn.detect.surge import Surge
from fenghuo.warn.detect.tone import Tone
from fenghuo.warn.profile import HOUR_MS
from fenghuo.warn.state import State, Telling, from_bytes, to_bytes

STRETCH = 4.0
"""During a known event so many times the usual count is expected."""
TOLD = 3
"""A story is told of from its third post on: one post is not yet a story."""
FADE = 0.98
GRAVEST = 2
"""What a post of grave harm tells, as an example, more than any that is only negative."""


class Step(msgspec.Struct, frozen=True):
    """What came of some rows: the state after them, the facts, and who joined which story."""

    state: State
    facts: tuple[Fact, ...]
    joined: tuple[tuple[str, str], ...]


def advance(state: State, rows: Iterable[Row], placed: Mapping[str, str] | None = None) -> Step:
    """The state and facts after `rows`; `state` itself is left as it was.

    `placed` (mention to story) is for rows that were gone through before: a row whose words went
    no longer says where it belongs, and its neighbours would be judged without it.
    """
    walk = _Walk(from_bytes(to_bytes(state)), placed or {})
    for row in rows:
        walk.take(row)
    return Step(walk.settled_state(), tuple(walk.facts), tuple(walk.joined))


def usual_volume(state: State, start: int, end: int) -> tuple[float, float] | None:
    """The usual range of posts between two times (ms); None while still learning."""
    volume = Surge("volume")
    volume.restore(state.volume)
    return volume.usual(start, end)


class _Walk:
    """One call of `advance`: a private copy of the state with its detectors awake."""

    def __init__(self, state: State, placed: Mapping[str, str]) -> None:
        self.state = state
        self._placed = placed
        self.facts: list[Fact] = []
        self.joined: list[tuple[str, str]] = []
        self._wake()
        self._stories = Stories(state.stories, state.next_story)
        self._alerts = Alerts(state, self._tell)

    def settled_state(self) -> State:
        """The state with what the detectors have learned."""
        self._rest()
        self.state.next_story = self._stories.next_id
        return self.state

    def _wake(self) -> None:
        state, tuning = self.state, self.state.tuning
        self._volume = Surge("volume", tuning.surge_least, tuning.surge_threshold)
        self._negative = Surge("negative", tuning.surge_least, tuning.surge_threshold)
        self._tone, self._grave = Tone(tuning.tone_threshold), Grave(tuning.grave_least)
        self._volume.restore(state.volume)
        self._negative.restore(state.negative)
        self._tone.restore(state.tone)

    def _rest(self) -> None:
        self.state.volume = self._volume.snapshot()
        self.state.negative = self._negative.snapshot()
        self.state.tone = self._tone.snapshot()

    def take(self, row: Row) -> None:
        """One row of the log."""
        match row:
            case MentionRow():
                self._close(row.until)
                # A post in time moves `until` to its own time at the most: the row itself says
                # whether it was late, whatever ticks came between.
                self._mention(row.source, late=row.source.at < row.until)
            case UnderstoodRow():
                self._close(row.until)
                self._understood(row)
            case DecisionRow():
                self._close(row.until)
                self._decision(row)
            case TickRow():
                self._close(row.until)
            case _:
                assert_never(row)

    def _close(self, until: int) -> None:
        state = self.state
        if until <= state.until:
            return
        state.until = until
        if not state.began:
            # Whatever came first, the watch began to learn there.
            state.began = until
            state.settled = until // HOUR_MS * HOUR_MS
            self._settle(state.settled)
            return
        while state.settled + HOUR_MS <= until:
            # While nothing is open nothing can end, and all hours are closed in one go.
            at_rest = self._at_rest()
            state.settled = until // HOUR_MS * HOUR_MS if at_rest else state.settled + HOUR_MS
            self._settle(state.settled)

    def _settle(self, hour_end: int) -> None:
        crisis = self._alerts.in_crisis(hour_end)
        self._volume.settle(hour_end, crisis=crisis)
        self._negative.settle(hour_end, crisis=crisis)
        self._alerts.review(hour_end)
        for story in self._stories.silent(hour_end):
            self._end_story(story, hour_end)

    def _at_rest(self) -> bool:
        """Nothing is open that an hour of silence could end."""
        said = any(alert.story != SOURCES for alert in self.state.alerts)
        return not said and not self._stories.open and not self.state.quiet

    def _mention(self, source: Heard, *, late: bool) -> None:
        state = self.state
        state.mentions += 1
        if late:
            state.late += 1
            return
        state.latest = max(state.latest, source.at)
        self._alerts.count(source.at, bool(source.copy_of))
        found = self._volume.update(source.at, 1, stretch=self._stretch(source.at))
        if found:
            self._alerts.report(BRAND, [found], source.at)

    def _understood(self, row: UnderstoodRow) -> None:
        source, meaning = row.source, row.meaning
        story = self._stories.join(source, meaning, self._placed.get(source.mention))
        self.joined.append((source.mention, story.id))
        # Said when it was heard: a post that comes late tells of an hour that has gone.
        said = max(source.at, self.state.latest)
        self._alerts.count_story(story.id, said, bool(source.copy_of))
        self._tell_of(story, said)
        grave = self._grave.update(source.at, meaning)
        if grave and not source.old:
            self._harm(story, source, grave, said)
        self._crowd()
        if source.at >= self.state.until - HOUR_MS:
            self._mood(source, meaning.negative, meaning.crisis)

    def _harm(self, story: Story, source: Heard, grave: Finding, said: int) -> None:
        copy = bool(source.copy_of)
        if not copy:
            weight = float(GRAVEST + len(grave.words))
            remember(self.state, Telling(source.mention, source.at, weight), said)
        self._alerts.report(story.id, [grave], said, [source.mention], copy=copy)

    def _mood(self, source: Heard, negative: float, crisis: Sequence[float]) -> None:
        """What the tone detectors see; understood posts may lag behind by an hour at the most."""
        state, at = self.state, source.at
        findings: list[Finding] = []
        bad = negative >= 0.5
        if bad:
            mood = state.mood or [0.0] * len(CRISIS_TYPES)
            state.mood = [round(m * FADE + c, 4) for m, c in zip(mood, crisis, strict=True)]
            remember(state, Telling(source.mention, at, round(negative + sum(crisis[:-1]), 3)), at)
            poured = self._negative.update(at, 1, stretch=self._stretch(at))
            if poured:
                findings.append(poured)
        soured = self._tone.update(at, bad)
        if soured:
            findings.append(soured)
        if findings:
            self._alerts.report(BRAND, findings, at)

    def _decision(self, row: DecisionRow) -> None:
        match row.decision:
            case Settings():
                self._rest()
                self.state.events = row.decision.events
                self.state.tuning = row.decision.tuning
                self._wake()
            case Judged():
                self._alerts.judge(row.decision, row.at)
            case Silenced():
                self._alerts.silenced(row.decision, row.at)
            case Excluded():
                self._excluded(row.decision, row.at)
            case Reshaped():
                story = self._stories.get(row.decision.story)
                if story:
                    self._stories.reshape(story, row.decision.centroid, row.decision.weight)
            case _:
                assert_never(row.decision)

    def _excluded(self, word: Excluded, at: int) -> None:
        """Out of its story's and its alert's counts and examples, or back in.

        An erased one stays counted: only its example goes.
        """
        story = self._stories.get(word.story)
        if not word.back:
            self._alerts.forget(word.mention)
            if story:
                unshow(story, word.mention)
        if word.erased:
            return
        step = 1 if word.back else -1
        if not word.late:
            # Where its bin still stands; what it makes of a peak the next post says.
            self._volume.update(word.at, step)
        if story:
            story.mentions += step
            self._alerts.recount(story.id, step)
            if story.told:
                self._story_fact("story_corrected", story, at, word.who)

    def _stretch(self, at: int) -> float:
        known = any(event.start <= at <= event.end for event in self.state.events)
        return STRETCH if known else 1.0

    def _tell_of(self, story: Story, said: int) -> None:
        if story.mentions == TOLD and not story.told:
            story.told = TOLD
            self._story_fact("story_opened", story, said)
        elif story.told and story.mentions >= 4 * story.told:
            story.told = story.mentions
            self._story_fact("story_grew", story, said)

    def _crowd(self) -> None:
        weakest = self._stories.weakest()
        if weakest:
            self._end_story(weakest, self.state.latest)

    def _end_story(self, story: Story, at: int) -> None:
        self._stories.close(story)
        if story.told:
            self._story_fact("story_closed", story, at)

    def _story_fact(self, name: FactName, story: Story, at: int, who: str = "") -> None:
        self._tell(
            Fact(
                0,
                at,
                name,
                story=story.id,
                type=story.kind,
                mentions=story.mentions,
                examples=tuple(story.examples),
                who=who,
            )
        )

    def _tell(self, fact: Fact) -> None:
        self.facts.append(msgspec.structs.replace(fact, seq=self.state.next_fact))
        self.state.next_fact += 1
