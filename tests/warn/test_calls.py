"""Whom to call, when to call the next: examples, and the rules whatever the order of events."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fenghuo.domain.duty import Call, Person
from fenghuo.domain.fact import Fact, FactName
from fenghuo.domain.level import Level, rank
from fenghuo.warn import calls
from fenghuo.warn.calls import LEASE, WINDOW, Subject, Team, occasion, plan

START = datetime(2031, 3, 5, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ABOUT = Subject("w", "watch", "a1")
LI = Person("li", "李梅", ("li-phone", "li-mail"))
BEA = Person("bea", "Bea", ("bea-phone",))
CAI = Person("cai", "蔡", ("cai-chat",))
TEAM = Team((LI, BEA, CAI))


class Desk:
    """An alert, its calls, and a hand on the clock."""

    def __init__(self, team: Team = TEAM, about: Subject = ABOUT) -> None:
        self.team = team
        self.about = about
        self.now = START
        self.facts: list[Fact] = []
        self.calls: dict[str, Call] = {}

    def fact(self, name: FactName, level: Level, who: str = "") -> None:
        self.facts.append(Fact(len(self.facts) + 1, 0, name, "a1", level=level, who=who))
        self.plan()

    def plan(self) -> None:
        made = plan(self.about, self.facts, list(self.calls.values()), self.team, self.now)
        self.calls.update({call.id: call for call in made})

    def wait(self, time: timedelta) -> None:
        self.now += time
        self.plan()

    def named(self, *states: str) -> list[Call]:
        found = [c for c in self.calls.values() if c.state in states]
        return sorted(found, key=lambda c: c.turn)

    def claim(self) -> Call | None:
        due = [c for c in self.named("due") if c.due_at <= self.now]
        if not due:
            return None
        call = calls.claimed(due[0], "digest", self.now)
        self.calls[call.id] = call
        return call

    def send(self) -> Call:
        call = self.claim()
        assert call is not None
        self.calls[call.id] = calls.sent(call, self.now)
        self.plan()
        return call

    def fail(self) -> Call:
        call = self.claim()
        assert call is not None
        self.calls[call.id] = calls.failed(call, "telling.unreachable", {})
        self.plan()
        return call

    def answer(self, call: Call) -> None:
        asked = occasion(self.facts)
        assert asked
        self.calls[call.id] = calls.answered(self.calls[call.id], asked, self.now)
        self.plan()


def test_an_opened_alert_calls_the_first_on_duty_at_once() -> None:
    desk = Desk()
    desk.fact("alert_opened", "orange")
    (call,) = desk.named("due")
    assert (call.member, call.channel, call.due_at) == ("li", "li-phone", START)


@pytest.mark.parametrize(("level", "minutes"), [("red", 5), ("orange", 5), ("yellow", 15)])
def test_nobody_acknowledges_so_the_next_is_called_and_after_the_last_the_first_again(
    level: Level, minutes: int
) -> None:
    desk = Desk()
    desk.fact("alert_opened", level)
    told = []
    for _ in range(5):
        told.append((desk.send().member, (desk.now - START) / MINUTE))
        desk.wait(minutes * MINUTE)
    names = ["li", "bea", "cai", "li", "bea"]
    assert told == [(name, turn * minutes) for turn, name in enumerate(names)]


def test_the_next_call_is_a_row_before_anybody_waits_for_it() -> None:
    desk = Desk()
    desk.fact("alert_opened", "red")
    desk.send()
    (waiting,) = desk.named("due")
    assert (waiting.member, waiting.due_at) == ("bea", START + 5 * MINUTE)


def test_blue_is_told_once_and_waits_for_nobody() -> None:
    desk = Desk()
    desk.fact("alert_opened", "blue")
    desk.send()
    desk.wait(timedelta(days=2))
    assert [c.state for c in desk.calls.values()] == ["sent"]


def test_a_growing_alert_calls_nobody_again() -> None:
    desk = Desk()
    desk.fact("alert_opened", "yellow")
    desk.send()
    before = dict(desk.calls)
    desk.fact("alert_updated", "yellow")
    assert desk.calls == before


def test_an_acknowledgement_ends_all_calls() -> None:
    desk = Desk()
    desk.fact("alert_opened", "orange")
    desk.answer(desk.send())
    desk.fact("alert_acknowledged", "orange", "li")
    desk.wait(timedelta(hours=5))
    assert [c.state for c in desk.calls.values()] == ["answered", "passed"]


def test_an_acknowledged_alert_that_rises_calls_again() -> None:
    desk = Desk()
    desk.fact("alert_opened", "yellow")
    desk.answer(desk.send())
    desk.fact("alert_acknowledged", "yellow", "li")
    desk.fact("alert_raised", "red")
    (call,) = desk.named("due")
    assert (call.level, call.due_at) == ("red", START)


def test_red_does_not_wait_because_somebody_was_just_told_yellow() -> None:
    desk = Desk(Team((LI,)))
    desk.fact("alert_opened", "yellow")
    desk.send()
    desk.now += MINUTE
    desk.fact("alert_raised", "red")
    assert desk.named("due")[0].due_at == desk.now


@pytest.mark.parametrize("end", ["alert_closed", "alert_dismissed", "alert_acknowledged"])
def test_an_ended_alert_cancels_open_calls(end: FactName) -> None:
    desk = Desk()
    desk.fact("alert_opened", "red")
    desk.send()
    desk.fact(end, "calm")
    assert not desk.named("due", "sending", "sent")


def test_a_fall_to_yellow_cancels_but_a_fall_to_orange_goes_on_calling() -> None:
    desk = Desk()
    desk.fact("alert_opened", "red")
    desk.send()
    desk.fact("alert_lowered", "orange")
    assert [(c.level, c.member) for c in desk.named("due")] == [("orange", "bea")]
    desk.fact("alert_lowered", "yellow")
    assert not desk.named("due")


def test_a_failed_send_goes_to_the_next_channel_and_then_to_the_next_person() -> None:
    desk = Desk()
    desk.fact("alert_opened", "orange")
    tried = [desk.fail().channel for _ in range(3)]
    assert tried == ["li-phone", "li-mail", "bea-phone"]
    assert desk.named("due")[0].channel == "cai-chat"
    assert all(c.error == "telling.unreachable" for c in desk.named("failed"))


def test_when_every_channel_failed_they_are_tried_again_after_the_window() -> None:
    desk = Desk()
    desk.fact("alert_opened", "orange")
    for _ in range(4):
        desk.fail()
    (again,) = desk.named("due")
    assert (again.member, again.due_at) == ("li", START + 5 * MINUTE)


def test_a_call_of_a_process_that_died_is_not_taken_for_sent() -> None:
    desk = Desk()
    desk.fact("alert_opened", "orange")
    claimed = desk.claim()
    assert claimed
    desk.wait(LEASE - MINUTE)
    assert not desk.named("due")
    desk.wait(MINUTE)
    assert desk.calls[claimed.id].error == "telling.interrupted"
    assert desk.named("due")[0].channel == "li-mail"


def test_passing_an_alert_on_calls_somebody_else() -> None:
    desk = Desk()
    desk.fact("alert_opened", "orange")
    desk.answer(desk.send())
    desk.fact("alert_acknowledged", "orange", "li")
    desk.fact("alert_escalated", "orange", "li")
    (call,) = desk.named("due")
    assert (call.member, call.due_at) == ("bea", START)


def test_whoever_passes_an_alert_on_is_not_called_for_it_though_first_in_line() -> None:
    desk = Desk()
    desk.fact("alert_opened", "orange")
    desk.fact("alert_acknowledged", "orange", "li")
    desk.fact("alert_escalated", "orange", "li")
    assert [desk.send().member, desk.named("due")[0].member] == ["bea", "cai"]


def test_of_two_of_one_name_only_the_one_who_passed_it_on_is_passed_over() -> None:
    namesake = Person("li-2", LI.name, ("li-2-phone",))
    desk = Desk(Team((LI, namesake)))
    desk.fact("alert_opened", "orange")
    desk.fact("alert_acknowledged", "orange", "li")
    desk.fact("alert_escalated", "orange", "li")
    assert desk.send().member == "li-2"


def test_quiet_hours_hold_yellow_back_and_never_orange() -> None:
    sleeper = Person("li", "李梅", ("li-phone",), quiet_hours="22:00-08:00")  # 10:00 in Shanghai
    desk = Desk(Team((sleeper,)))
    desk.now = START.replace(hour=15)
    desk.fact("alert_opened", "yellow")
    assert desk.named("due")[0].due_at == START.replace(day=6, hour=0)
    desk.fact("alert_raised", "orange")
    assert [c.due_at for c in desk.named("due")] == [desk.now]


def test_while_one_sleeps_yellow_goes_to_one_who_is_awake() -> None:
    sleeper = Person("li", "李梅", ("li-phone",), quiet_hours="00:00-23:59", time_zone="UTC")
    desk = Desk(Team((sleeper, BEA)))
    desk.fact("alert_opened", "yellow")
    assert desk.named("due")[0].member == "bea"


def test_the_quiet_hours_of_a_watch_hold_back_everybody() -> None:
    desk = Desk(about=Subject("w", "watch", "a1", "01:00-06:30", "UTC"))
    desk.fact("alert_opened", "blue")
    assert desk.named("due")[0].due_at == START + timedelta(hours=4, minutes=30)


def test_a_call_falls_to_whoever_is_on_duty_when_it_is_due() -> None:
    desk = Desk()
    desk.fact("alert_opened", "orange")
    desk.send()
    desk.team = Team((LI, CAI))
    desk.wait(5 * MINUTE)
    assert desk.send().member == "cai"


def test_with_nobody_at_all_a_call_stays_due_and_is_made_as_soon_as_somebody_is_there() -> None:
    desk = Desk(Team())
    desk.fact("alert_opened", "red")
    assert desk.fail().member == ""
    desk.team = Team((BEA,), owner=True)
    desk.wait(5 * MINUTE)
    (call,) = desk.named("due")
    assert (call.member, call.owner, call.due_at) == ("bea", True, desk.now)


class Telling(RuleBasedStateMachine):
    """Facts, sends, failures, answers, deaths and shift changes in any order."""

    @initialize(level=st.sampled_from(["blue", "yellow", "orange", "red"]))
    def open(self, level: Level) -> None:
        self.desk = Desk()
        self.level: Level = level
        self.open_now = True
        self.reached: list[tuple[str, datetime, Level]] = []
        self.desk.fact("alert_opened", level)

    @precondition(lambda self: self.open_now)
    @rule(level=st.sampled_from(["blue", "yellow", "orange", "red"]))
    def level_changes(self, level: Level) -> None:
        if level == self.level:
            self.desk.fact("alert_updated", level)
            return
        rises = rank(level) > rank(self.level)
        self.level = level
        self.desk.fact("alert_raised" if rises else "alert_lowered", level)

    @precondition(lambda self: self.open_now)
    @rule(who=st.sampled_from(["li", "bea", "cai"]))
    def escalate(self, who: str) -> None:
        self.desk.fact("alert_escalated", self.level, who)

    @precondition(lambda self: self.open_now)
    @rule(name=st.sampled_from(["alert_closed", "alert_dismissed"]))
    def end(self, name: FactName) -> None:
        self.open_now = False
        self.desk.fact(name, self.level)

    @precondition(lambda self: self.open_now)
    @rule()
    def acknowledge_on_the_page(self) -> None:
        self.desk.fact("alert_acknowledged", self.level, "li")

    @rule(people=st.permutations([LI, BEA, CAI]), count=st.integers(0, 3))
    def shift_changes(self, people: list[Person], count: int) -> None:
        self.desk.team = Team(tuple(people[:count]))
        self.desk.plan()

    @rule(minutes=st.integers(0, 40))
    def time_passes(self, minutes: int) -> None:
        self.desk.wait(minutes * MINUTE)

    @rule(reached=st.booleans(), seconds=st.integers(0, 60))
    def a_call_is_made(self, reached: bool, seconds: int) -> None:
        self.desk.plan()
        call = self.desk.claim()
        if call is None:
            return
        assert occasion(self.desk.facts), "a call after the alert needed none"
        self.desk.now += timedelta(seconds=seconds)
        if reached and call.member:
            self._reach(call)
            self.desk.calls[call.id] = calls.sent(self.desk.calls[call.id], self.desk.now)
        else:
            call = calls.failed(self.desk.calls[call.id], "telling.unreachable", {})
            self.desk.calls[call.id] = call
        self.desk.plan()

    @rule()
    def a_process_dies_while_sending(self) -> None:
        self.desk.plan()
        self.desk.claim()

    @precondition(lambda self: occasion(self.desk.facts) is not None)
    @rule(data=st.data())
    def somebody_answers(self, data: st.DataObject) -> None:
        told = [c for c in self.desk.named("sent", "passed") if c.sent_at]
        if told:
            self.desk.answer(data.draw(st.sampled_from(told)))

    def _reach(self, call: Call) -> None:
        window = WINDOW[call.level]
        for member, at, level in self.reached:
            if window and member == call.member and rank(level) >= rank(call.level):
                assert self.desk.now - at >= window, "called twice within the window"
        self.reached.append((call.member, self.desk.now, call.level))

    @invariant()
    def an_unanswered_grave_alert_has_a_call_due_or_under_way(self) -> None:
        asked = occasion(self.desk.facts)
        open_calls = self.desk.named("due", "sending")
        if asked is None or calls.is_answered(asked, self.desk.calls.values()):
            assert not self.desk.named("due"), "a call is due though nobody needs to be called"
        elif rank(asked.level) >= rank("orange"):
            assert [c for c in open_calls if c.occasion == asked.seq]

    @invariant()
    def planning_again_adds_nothing(self) -> None:
        before = dict(self.desk.calls)
        self.desk.plan()
        assert self.desk.calls == before


TestTelling = Telling.TestCase
TestTelling.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def test_the_next_is_called_when_the_wait_of_the_one_before_is_over() -> None:
    slow = msgspec.structs.replace(LI, wait_minutes=12)
    desk = Desk(Team((slow, BEA)))
    desk.fact("alert_opened", "orange")
    (call,) = desk.named("due")
    desk.calls[call.id] = calls.sent(calls.claimed(call, "t", desk.now), desk.now)
    desk.plan()
    (following,) = desk.named("due")
    assert (following.member, following.due_at) == ("bea", START + 12 * MINUTE)
    desk.wait(11 * MINUTE)
    assert desk.named("sent")
    desk.wait(MINUTE)
    assert not desk.named("sent")
