"""advance: the same log gives the same facts, however it is cut."""

from collections.abc import Sequence
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from warn.rows import DAY, HOUR, MINUTE, T0, LogBook, cut, logs, meaning

from fenghuo.domain.fact import Fact
from fenghuo.domain.log import (
    DecisionRow,
    Expected,
    Heard,
    Judged,
    MentionRow,
    Row,
    Settings,
    Silenced,
    TickRow,
    UnderstoodRow,
    next_until,
)
from fenghuo.listen.stories.cluster import OPEN
from fenghuo.warn import State, advance, from_bytes, to_bytes


def facts_of(rows: Sequence[Row]) -> list[Fact]:
    return list(advance(State(), rows).facts)


def told(rows: Sequence[Row], name: str) -> list[Fact]:
    return [fact for fact in facts_of(rows) if fact.fact == name]


@settings(max_examples=40, deadline=None)
@given(logs(), st.lists(st.integers(0, 1000), max_size=8))
def test_batch_borders_never_change_the_facts(rows: list[Row], borders: list[int]) -> None:
    whole = advance(State(), rows)
    state, facts = State(), list[Fact]()
    for batch in cut(rows, borders):
        step = advance(from_bytes(to_bytes(state)), batch)
        state = step.state
        facts.extend(step.facts)
    assert tuple(facts) == whole.facts
    assert to_bytes(state) == to_bytes(whole.state)


@settings(max_examples=40, deadline=None)
@given(logs(), st.data())
def test_an_extra_tick_never_changes_which_facts_come(rows: list[Row], data: st.DataObject) -> None:
    more: list[Row] = []
    for before, after in zip(rows, [*rows[1:], rows[-1]], strict=True):
        more.append(before)
        # A tick between two rows may not make the later one late: time had not come so far.
        if after.until > before.until and data.draw(st.booleans()):
            more.append(TickRow(data.draw(st.integers(before.until, after.until)), after.until))
    assert facts_of(more) == facts_of(rows)


@settings(max_examples=20, deadline=None)
@given(logs())
def test_a_missing_tick_never_changes_which_facts_come(rows: list[Row]) -> None:
    last = TickRow(rows[-1].until, rows[-1].until)
    without = [row for row in rows if not isinstance(row, TickRow)]
    assert facts_of([*without, last]) == facts_of([*rows, last])


@settings(max_examples=20, deadline=None)
@given(logs())
def test_advance_leaves_the_given_state_as_it_was(rows: list[Row]) -> None:
    state = advance(State(), rows[: len(rows) // 2]).state
    before = to_bytes(state)
    advance(state, rows[len(rows) // 2 :])
    assert to_bytes(state) == before


@settings(max_examples=20, deadline=None)
@given(logs())
def test_facts_are_numbered_without_a_gap(rows: list[Row]) -> None:
    assert [fact.seq for fact in facts_of(rows)] == list(range(1, len(facts_of(rows)) + 1))


def test_an_old_grave_post_joins_its_story_and_wakes_nobody() -> None:
    book = LogBook()
    now = book.quiet_days(3)
    at = now - 400 * DAY
    old = Heard("m-old", at, platform="shop", old=True)
    book.until = next_until(book.until, at, now)
    book.rows.append(MentionRow(book.until, now, old))
    book.rows.append(UnderstoodRow(book.until, old, meaning(cues=("fire",))))
    step = advance(State(), book.rows)
    assert [f for f in step.facts if f.fact.startswith("alert_")] == []
    assert "m-old" in dict(step.joined)
    book.post(now + HOUR, meaning(cues=("fire",)))
    assert [f.level for f in told(book.rows, "alert_opened")] == ["orange"]


def test_late_posts_are_counted_in_totals_and_never_make_a_peak() -> None:
    book = LogBook()
    now = book.quiet_days(10)
    for n in range(300):
        book.post(T0 + n * MINUTE, received=now)
    step = advance(State(), book.rows)
    assert step.state.late == 300
    assert not [fact for fact in step.facts if fact.fact == "alert_opened"]


def test_one_grave_post_opens_at_orange_on_the_first_day() -> None:
    book = LogBook()
    name = book.post(T0 + HOUR, meaning(cues=("fire",), negative=0.9))
    opened = told(book.rows, "alert_opened")
    assert [fact.level for fact in opened] == ["orange"]
    assert opened[0].examples == (name,)
    assert opened[0].reasons[0].words == ("fire",)


def test_the_same_danger_told_again_rewrites_the_alert() -> None:
    book = LogBook()
    for n in range(20):
        book.post(T0 + HOUR + n * MINUTE, meaning(cues=("fire",), negative=0.9, topic=n % 3))
    assert len(told(book.rows, "alert_opened")) == 1
    assert told(book.rows, "alert_updated")


def test_another_danger_is_another_alert() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",), topic=0))
    book.post(T0 + 2 * HOUR, meaning(cues=("leak",), topic=1))
    assert len(told(book.rows, "alert_opened")) == 2


def test_many_negative_posts_after_quiet_days_alert_within_minutes() -> None:
    book = LogBook()
    now = book.quiet_days(10)
    for n in range(30):
        book.post(now + n * MINUTE, meaning(negative=0.9, kind="product"))
    opened = told(book.rows, "alert_opened")
    assert len(opened) == 1
    assert opened[0].at - now <= 15 * MINUTE
    assert told(book.rows, "alert_raised")[-1].level in {"orange", "red"}
    assert told(book.rows, "alert_raised")[-1].type == "product"


def test_quiet_days_raise_no_alert() -> None:
    book = LogBook()
    book.quiet_days(30, a_day=6)
    assert not told(book.rows, "alert_opened")


def test_a_known_launch_is_expected_and_never_mutes_a_grave_post() -> None:
    book = LogBook()
    now = book.quiet_days(10, a_day=48)
    launch = Settings(events=(Expected("launch", now, now + DAY),))
    book.rows.append(DecisionRow(book.until, now, launch))
    for n in range(16):
        book.post(now + n * MINUTE)
    assert not told(book.rows, "alert_opened")
    book.post(now + HOUR, meaning(cues=("injury",)))
    opened = told(book.rows, "alert_opened")
    assert [fact.level for fact in opened] == ["orange"]
    assert "event" in {found.kind for found in opened[0].against}


def test_silence_lowers_an_alert_step_by_step_and_closes_it() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",)))
    book.tick(T0 + 10 * DAY)
    names = [fact.fact for fact in facts_of(book.rows)]
    assert names == ["alert_opened", "alert_lowered", "alert_lowered", "alert_closed"]


def test_a_dismissed_alert_ends_and_says_who_and_why() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",)))
    judged = Judged("a1", "dismissed", "chen", "a fire sale")
    book.rows.append(DecisionRow(book.until, T0 + 2 * HOUR, judged))
    last = facts_of(book.rows)[-1]
    assert (last.fact, last.who, last.note) == ("alert_dismissed", "chen", "a fire sale")
    assert not advance(State(), book.rows).state.alerts


def test_an_acknowledged_alert_stays_open() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",)))
    acknowledged = Judged("a1", "acknowledged", "chen")
    book.rows.append(DecisionRow(book.until, T0 + 2 * HOUR, acknowledged))
    assert advance(State(), book.rows).state.alerts[0].judged == "acknowledged"


def test_the_first_fortnight_says_that_it_is_still_learning() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",)))
    assert "learning" in {found.kind for found in facts_of(book.rows)[0].against}
    later = LogBook()
    now = later.quiet_days(15)
    later.post(now, meaning(cues=("fire",), topic=3))
    assert "learning" not in {f.kind for f in told(later.rows, "alert_opened")[0].against}


def test_counting_goes_on_while_understanding_lags() -> None:
    book = LogBook()
    now = book.quiet_days(10)
    for n in range(40):
        book.post(now + n * MINUTE)
    counted = [row for row in book.rows if not isinstance(row, UnderstoodRow)]
    assert told(counted, "alert_opened")[0].reasons[0].kind == "volume"


def test_state_stays_under_100_kilobytes_with_stories_and_alerts_in_plenty() -> None:
    book = LogBook()
    for n in range(1500):
        book.post(T0 + n * HOUR // 2, meaning(negative=0.9, topic=n % 8, cues=("fire",)))
    state = advance(State(), book.rows).state
    story = state.stories[0]
    story.examples = [str(UUID(int=n)) for n in range(5)]
    story.langs = story.platforms = {f"platform {n}": 1000 for n in range(8)}
    state.stories = [story] * OPEN
    assert len(story.centroid + story.rest) == 768
    assert len(to_bytes(state)) < 100_000


def test_silent_sources_are_one_yellow_alert_until_the_last_is_heard() -> None:
    book = LogBook()
    book.quiet_days(1)
    for source, heard in (("a", False), ("b", False), ("a", True)):
        book.decide(T0 + DAY + HOUR, Silenced(source, heard))
    book.tick(T0 + 40 * DAY)
    told = [f for f in advance(State(), book.rows).facts if f.fact.startswith("alert_")]
    assert [(f.fact, f.reasons[0].words) for f in told] == [
        ("alert_opened", ("a",)),
        ("alert_updated", ("a", "b")),
    ]
    assert {f.level for f in told} == {"yellow"}
    book.decide(T0 + 40 * DAY, Silenced("b", True))
    assert advance(State(), book.rows).facts[-1].fact == "alert_closed"


def test_silence_that_was_logged_by_title_is_ended_by_id_and_title() -> None:
    book = LogBook()
    book.decide(T0 + HOUR, Silenced("Trade press"))
    book.decide(T0 + HOUR, Silenced("s2", title="Forum"))
    step = advance(State(), book.rows)
    (alert,) = step.state.alerts
    assert alert.findings["silent"].words == ("Trade press", "Forum")
    # As a memory of a version that knew titles only.
    alert.silent = {}
    book = LogBook(T0 + 2 * HOUR)
    book.decide(T0 + 2 * HOUR, Silenced("s1", heard=True, title="Trade press"))
    step = advance(step.state, book.rows)
    assert step.state.alerts[0].findings["silent"].words == ("Forum",)
    book.decide(T0 + 2 * HOUR, Silenced("s2", heard=True, title="Forum"))
    assert [fact.fact for fact in advance(step.state, book.rows[-1:]).facts] == ["alert_closed"]


def test_a_new_danger_in_an_open_alert_asks_anew_even_when_somebody_has_it_in_hand() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",)))
    book.decide(T0 + 2 * HOUR, Judged("a1", "acknowledged", "chen"))
    book.post(T0 + 3 * HOUR, meaning(cues=("fire", "hospital"), topic=3))
    found = [(f.fact, f.alert) for f in facts_of(book.rows) if f.fact.startswith("alert_")]
    assert found == [
        ("alert_opened", "a1"),
        ("alert_acknowledged", "a1"),
        ("alert_raised", "a1"),
    ]
    assert set(facts_of(book.rows)[-1].reasons[0].words) == {"fire", "hospital"}


def test_one_more_silent_source_asks_anew_once_somebody_has_the_others_in_hand() -> None:
    book = LogBook()
    book.decide(T0 + HOUR, Silenced("a"))
    book.decide(T0 + 2 * HOUR, Judged("a1", "acknowledged", "chen"))
    for source in ("a", "b", "c"):
        book.decide(T0 + 3 * HOUR, Silenced(source))
    found = [(f.fact, f.reasons[0].words) for f in facts_of(book.rows)]
    assert found[2:] == [("alert_raised", ("a", "b")), ("alert_updated", ("a", "b", "c"))]


def test_the_first_grave_posts_of_an_open_alert_are_each_told_and_shown_at_once() -> None:
    book = LogBook()
    names = [book.post(T0 + HOUR + n * MINUTE, meaning(cues=("fire",), topic=n % 3))
             for n in range(12)]  # fmt: skip
    facts = [f for f in facts_of(book.rows) if f.fact.startswith("alert_")]
    assert [f.fact for f in facts] == ["alert_opened"] + ["alert_updated"] * 5
    assert [f.reasons[0].seen for f in facts] == [1, 2, 3, 4, 5, 8]
    for fact, newest in zip(facts, [0, 1, 2, 3, 4, 7], strict=True):
        assert names[newest] in fact.examples
        assert names[0] in fact.examples


def test_harm_told_by_another_story_asks_anew_once_when_somebody_has_the_alert_in_hand() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",)))
    book.decide(T0 + 2 * HOUR, Judged("a1", "acknowledged", "chen"))
    book.post(T0 + 3 * HOUR, meaning(cues=("fire",)))
    assert told(book.rows, "alert_raised") == []
    book.post(T0 + 4 * HOUR, meaning(cues=("fire",), topic=4))
    assert len(told(book.rows, "alert_raised")) == 1
    book.decide(T0 + 5 * HOUR, Judged("a1", "acknowledged", "chen"))
    book.post(T0 + 6 * HOUR, meaning(cues=("fire",), topic=4))
    assert len(told(book.rows, "alert_raised")) == 1
    assert len(told(book.rows, "alert_opened")) == 1


def test_people_who_go_on_saying_what_was_dismissed_open_it_again() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("leak",)))
    book.decide(T0 + 2 * HOUR, Judged("a1", "dismissed", "chen", "no"))
    for n in range(2):
        book.post(T0 + 2 * HOUR + (n + 1) * MINUTE, meaning(cues=("leak",)))
    assert len(told(book.rows, "alert_opened")) == 1
    book.post(T0 + 2 * HOUR + 5 * MINUTE, meaning(cues=("leak",)))
    assert len(told(book.rows, "alert_opened")) == 2


def test_a_big_story_that_was_dismissed_needs_as_many_posts_again() -> None:
    book = LogBook()
    for n in range(20):
        book.post(T0 + HOUR + n * MINUTE, meaning(cues=("fire",)))
    book.decide(T0 + 2 * HOUR, Judged("a1", "dismissed", "chen", "a joke"))
    for n in range(19):
        book.post(T0 + 2 * HOUR + n * MINUTE, meaning(cues=("fire",)))
    assert len(told(book.rows, "alert_opened")) == 1
    book.post(T0 + 3 * HOUR, meaning(cues=("fire",)))
    assert len(told(book.rows, "alert_opened")) == 2


def test_an_alert_about_the_brand_shows_the_gravest_posts_of_late_first() -> None:
    book = LogBook()
    start = book.quiet_days(16)
    for minute in range(40):
        book.post(start + minute * MINUTE, meaning(negative=0.9, kind="product"))
    warning = book.post(start + 41 * MINUTE, meaning(cues=("authority", "fire"), topic=2))
    for minute in range(42, 90):
        book.post(start + minute * MINUTE, meaning(negative=0.95, kind="product"))
    brand = [f for f in facts_of(book.rows) if f.alert and not f.story]
    assert brand[-1].examples[0] == warning
    assert set(brand[0].examples) != set(brand[-1].examples)


def test_facts_about_an_alert_never_run_backwards_by_posts_that_come_late() -> None:
    book = LogBook()
    book.post(T0 + 3 * DAY, meaning(cues=("fire",)))
    for n in range(12):
        book.post(T0 + 3 * DAY - n * HOUR, meaning(cues=("fire",)), received=T0 + 3 * DAY + n)
    times = [f.at for f in facts_of(book.rows)]
    assert times == sorted(times)
    assert len(times) > 4


def test_another_death_is_another_alert_once_the_first_is_in_hand() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("death",)))
    book.decide(T0 + 2 * HOUR, Judged("a1", "acknowledged", "chen"))
    book.post(T0 + 3 * HOUR, meaning(cues=("death",), topic=5))
    assert [f.alert for f in told(book.rows, "alert_opened")] == ["a1", "a2"]


def test_a_false_alarm_mutes_its_danger_and_no_other() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",)))
    book.decide(T0 + 2 * HOUR, Judged("a1", "dismissed", "chen", "a joke"))
    book.post(T0 + 3 * HOUR, meaning(cues=("fire",)))
    assert len(told(book.rows, "alert_opened")) == 1
    book.post(T0 + 4 * HOUR, meaning(cues=("fire", "death")))
    assert len(told(book.rows, "alert_opened")) == 2


def test_a_lowered_alert_still_says_what_it_rested_on_and_a_closed_one_its_last_level() -> None:
    book = LogBook()
    book.post(T0 + HOUR, meaning(cues=("fire",)))
    book.tick(T0 + 10 * DAY)
    lowered = told(book.rows, "alert_lowered")
    assert lowered[0].reasons[0].words == ("fire",)
    assert [f.level for f in lowered] == ["yellow", "blue"]
    assert told(book.rows, "alert_closed")[0].level == "blue"


def test_a_crisis_that_goes_on_does_not_become_usual() -> None:
    book = LogBook()
    start = book.quiet_days(16)
    for minute in range(0, 60 * 60, 2):
        book.post(start + minute * MINUTE, meaning(negative=0.9, kind="product"))
    names = [f.fact for f in facts_of(book.rows)]
    assert "alert_lowered" not in names
    assert "alert_closed" not in names
