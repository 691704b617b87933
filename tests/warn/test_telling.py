"""From a fact to a person who knows: the loop step over both databases."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count

import msgspec
import pytest

from fenghuo.domain.chain import walk
from fenghuo.domain.duty import Call, Duty, NewChannel, Person, Reader, Weekly
from fenghuo.domain.errors import BadInput, FenghuoError, OurMove
from fenghuo.domain.fact import Fact, FactName, Finding
from fenghuo.domain.level import Level
from fenghuo.domain.log import DecisionRow, Judged
from fenghuo.domain.people import Workspace
from fenghuo.domain.post import Post as Spoken
from fenghuo.domain.post import millis
from fenghuo.domain.understanding import Understanding
from fenghuo.domain.watch import Watch
from fenghuo.engines.apart import Apart
from fenghuo.listen import Listen
from fenghuo.ports.channel import Known, Letter, Message, Receipt
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.understands import Understands
from fenghuo.prepare import Prepare, Surroundings
from fenghuo.storage import Database
from fenghuo.storage.streams import Streams
from fenghuo.warn import calls as rules
from fenghuo.warn import telling
from fenghuo.warn.calls import LEASE, Subject, Team, sent
from fenghuo.warn.telling import LINK_LIVES, Telling

ALWAYS = Weekly(tuple(range(7)), "00:00", "00:00", "UTC")
MINUTE = timedelta(minutes=1)
BASE = "https://team.example"


class Hand:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2031, 3, 5, 2, 0, tzinfo=UTC)

    def now(self, workspace: str) -> datetime:
        return self.time


class Post:
    """A counter that keeps what was handed in; addresses named "dead…" cannot be reached."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.broken = False
        self.at_once: Callable[[], object] | None = None

    def read(self, typed: str, secret: str = "") -> Known:
        return Known("test", typed, f"test://{typed[:2]}…")

    def deliver(self, letters: Sequence[Letter]) -> list[Receipt | FenghuoError]:
        if self.broken and letters:
            raise KeyboardInterrupt
        return [self._one(letter) for letter in letters]

    def _one(self, letter: Letter) -> Receipt | FenghuoError:
        if letter.url.startswith("dead"):
            return OurMove("telling.unreachable")
        self.sent.append((letter.url, letter.message))
        if self.at_once:
            self.at_once()
        return Receipt()


class Thin:
    """A seal that is easy to see through, but a seal."""

    def seal(self, secret: str) -> str:
        return secret[::-1]

    def open(self, sealed: str) -> str:
        return sealed[::-1]


class House:
    """One workspace, one watch, its people, and everything around them."""

    def __init__(self, database: Database, public_url: str = BASE) -> None:
        self.store: Database = database
        self.clock = Hand()
        self.post = Post()
        numbers = count(1)
        around = Surroundings(
            database,
            self.clock,
            self.post,
            Thin(),
            lambda _: [Person("chen", "陈总")],
            lambda _: {"chen": "陈总", "li": "Li"},
            lambda: f"token-{next(numbers)}",
            public_url,
        )
        self.prepare = Prepare(around)
        self.listen = Listen(database, self.clock, _never)
        self.telling = Telling(
            database, self.clock, self.listen, self.prepare, around.tokens, public_url
        )
        self.watch = self.listen.watch("w", Watch("Auralux", "auralux")).id

    def channel(self, address: str, *, rings: bool = True, member: str = "") -> str:
        new = NewChannel(address, address, member=member, rings_through=rings)
        return self.prepare.add_channel("w", new, "chen").id

    def duty(self, member: str, *channels: str, order: int = 1, language: Reader = "zh-CN") -> None:
        person = Person(member, member.title(), channels, language)
        self.prepare.put_duty(Duty("", "w", person, "pr", order, weekly=ALWAYS), "chen")

    def fact(self, name: FactName, level: Level = "orange", who: str = "") -> None:
        with self.store.transaction() as tx:
            seq = len(tx.warn.facts(self.watch)) + 1
            grave = Finding("grave", 1.0, since=0, words=("fire", "injury"))
            at = millis(self.clock.time)
            fact = Fact(
                seq, at, name, "a1", "", level, "product", None, (grave,), mentions=3, who=who
            )
            tx.warn.add_facts(self.watch, [fact])

    def wait(self, minutes: float) -> None:
        self.clock.time += minutes * MINUTE

    def told(self) -> list[str]:
        return [address for address, _ in self.post.sent]

    def token(self) -> str:
        return self.post.sent[-1][1].body.rpartition("/")[2]

    def states(self) -> list[str]:
        return [call.state for call in self.telling.calls(self.watch, "a1")]

    def decisions(self) -> list[Judged]:
        with self.store.reading() as tx:
            rows = [row for _, row in tx.listen.rows(self.watch, 0, 100)]
        found = [row.decision for row in rows if isinstance(row, DecisionRow)]
        return [decision for decision in found if isinstance(decision, Judged)]


def _never() -> Understands:
    raise AssertionError("nobody asked for understanding", Understanding)


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def test_an_orange_alert_reaches_the_phone_of_the_one_on_duty(house: House) -> None:
    house.duty("li", house.channel("li-mail", rings=False), house.channel("li-phone"))
    house.fact("alert_opened")
    assert house.telling.call_due() == 1
    ((address, message),) = house.post.sent
    assert address == "li-phone"
    assert message.title == "【烽火·橙色】Auralux：产品质量与安全"
    assert message.body.splitlines() == [
        "一条就够：起火、冒烟、爆炸、有人受伤",
        "3 条，从 2031-03-05 10:00（上海）起。",
        "请在 5 分钟内认领，否则会再叫您一次：现在名单上只有您。",
        f"认领：{BASE}/a/{house.token()}",
    ]


@pytest.mark.parametrize(
    ("others", "escalated_by", "last"),
    [
        (0, "", "or you are called again: nobody else is on the list now."),
        (1, "", "or the next person is called."),
        (1, "li", "or you are called again: nobody else is on the list now."),
        (2, "li", "or the next person is called."),
    ],
)
def test_a_message_promises_a_next_person_only_where_there_is_one(
    house: House, others: int, escalated_by: str, last: str
) -> None:
    house.duty("bea", house.channel("bea"), language="en", order=1)
    for number, name in enumerate(["li", "wu"][:others], 2):
        house.duty(name, house.channel(name), order=number)
    house.fact("alert_opened")
    if escalated_by:
        house.fact("alert_escalated", who=escalated_by)
    house.telling.call_due()
    [(address, message)] = house.post.sent
    assert address == "bea"
    assert last in message.body


def test_a_message_speaks_the_language_of_who_gets_it(house: House) -> None:
    house.duty("bea", house.channel("bea"), language="en")
    house.fact("alert_opened", "red")
    house.telling.call_due()
    message = house.post.sent[0][1]
    assert message.title.endswith("Red] Auralux: Product quality and safety")
    assert "One post is enough: fire, smoke or explosion, someone hurt" in message.body


def test_without_a_public_address_the_message_says_where_to_go(database: Database) -> None:
    house = House(database, public_url="")
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    body = house.post.sent[0][1].body
    assert "http" not in body
    assert "“警报”" in body
    assert "a1" in body


def test_nobody_acknowledges_so_the_next_is_called_and_then_the_first_again(house: House) -> None:
    house.duty("li", house.channel("li"), order=1)
    house.duty("bea", house.channel("bea"), order=2)
    house.fact("alert_opened")
    for _ in range(13):
        house.telling.call_due()
        house.wait(1)
    assert house.told() == ["li", "bea", "li"]


def test_a_dead_channel_costs_no_time(house: House) -> None:
    house.duty("li", house.channel("dead"), house.channel("mail", rings=False), order=1)
    house.fact("alert_opened")
    house.telling.call_due()
    house.telling.call_due()
    assert house.told() == ["mail"]
    failed = house.telling.calls(house.watch, "a1")[0]
    assert (failed.state, failed.error) == ("failed", "telling.unreachable")


def test_with_nobody_on_duty_the_owner_is_called_and_told_why(house: House) -> None:
    house.channel("chen", member="chen")
    house.channel("group", rings=False)
    house.fact("alert_opened")
    house.telling.call_due()
    assert house.told() == ["chen"]
    assert "现在没有人值班" in house.post.sent[0][1].body
    assert house.telling.calls(house.watch, "a1")[0].owner


def test_with_no_channel_at_all_it_is_a_failure_with_a_reason_and_tried_again(
    house: House,
) -> None:
    house.fact("alert_opened")
    assert house.telling.call_due() == 0
    failed, due = house.telling.calls(house.watch, "a1")
    assert (failed.state, failed.error, due.state) == ("failed", "telling.no_channel", "due")
    house.channel("group")
    house.wait(5)
    house.telling.call_due()
    assert house.told() == ["group"]


def test_looking_at_a_link_spends_nothing_and_pressing_it_acknowledges(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    for _ in range(3):
        shown = house.telling.show(house.token())
        assert (shown.open, shown.brand, shown.call.state) == (True, "Auralux", "sent")
    house.telling.answer(house.token())
    assert house.states() == ["answered", "passed"]
    assert [(j.alert, j.verdict, j.who) for j in house.decisions()] == [
        ("a1", "acknowledged", "li")
    ]
    house.wait(60)
    assert house.telling.call_due() == 0
    assert not house.telling.show(house.token()).open


def test_a_link_answers_once(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    house.telling.answer(house.token())
    with pytest.raises(BadInput) as error:
        house.telling.answer(house.token())
    assert (error.value.key, error.value.values) == ("telling.already_answered", {"who": "Li"})
    assert len(house.decisions()) == 1


def test_a_link_of_a_closed_alert_says_that_it_is_over(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    house.fact("alert_closed", "calm")
    house.telling.call_due()
    with pytest.raises(BadInput, match="alert_over"):
        house.telling.answer(house.token())
    assert house.states() == ["passed", "passed"]


def test_an_old_link_and_a_wrong_link_answer_nothing(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    with pytest.raises(BadInput, match="link_unknown"):
        house.telling.answer("c-guessed")
    house.clock.time += LINK_LIVES + MINUTE
    with pytest.raises(BadInput, match="link_expired"):
        house.telling.answer(house.token())


def test_the_first_link_still_answers_after_the_second_person_was_called(house: House) -> None:
    house.duty("li", house.channel("li"), order=1)
    house.duty("bea", house.channel("bea"), order=2)
    house.fact("alert_opened")
    house.telling.call_due()
    first = house.token()
    house.wait(5)
    house.telling.call_due()
    house.telling.answer(first)
    assert house.states() == ["answered", "passed", "passed"]


def test_acknowledging_on_the_page_ends_the_calls_too(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    house.fact("alert_acknowledged")
    house.wait(5)
    house.telling.call_due()
    assert house.states() == ["passed", "passed"]


def test_an_alert_that_came_and_went_while_we_were_away_wakes_nobody(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.fact("alert_closed", "calm")
    assert house.telling.call_due() == 0
    assert house.states() == []


def test_a_process_that_dies_while_sending_loses_no_call(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.post.broken = True
    with pytest.raises(KeyboardInterrupt):
        house.telling.call_due()
    assert house.states() == ["sending"]
    house.post.broken = False
    house.clock.time += LEASE
    house.telling.call_due()
    assert house.telling.calls(house.watch, "a1")[0].error == "telling.interrupted"
    house.wait(5)
    house.telling.call_due()
    assert house.told() == ["li"]


def test_no_secret_rests_in_calls_or_facts(house: House) -> None:
    house.duty("li", house.channel("very-secret-address"))
    house.fact("alert_opened")
    house.telling.call_due()
    token = house.token()
    (channel,) = house.prepare.channels("w")
    kept = repr(house.telling.calls(house.watch, "a1")) + repr(channel)
    assert token not in kept
    assert "very-secret-address" not in kept.replace(channel.title, "")


def test_an_answer_that_comes_before_the_send_is_noted_counts(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.post.at_once = lambda: house.telling.answer(house.token())
    house.telling.call_due()
    assert house.states() == ["answered"]
    house.wait(60)
    assert house.telling.call_due() == 0


def test_two_loops_at_the_same_time_call_a_person_once(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: house.telling.call_due(), range(4)))
    assert sum(made) == 1
    assert house.told() == ["li"]


def test_every_step_of_a_call_is_a_fact_in_one_whole_chain(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    house.telling.answer(house.token())
    stream = f"calls:{house.watch}"
    with house.store.reading() as tx:
        facts = Streams(tx.telling.connection).linked(stream)
    told = [msgspec.json.decode(fact.payload or b"")["fact"] for fact in facts]
    assert told == [
        "call_due", "call_sending", "call_sent", "call_due", "call_answered", "call_passed",
    ]  # fmt: skip
    assert walk(stream, facts).broken == 0


def demo(house: House) -> None:
    with house.store.transaction() as tx:
        tx.access.save_workspace(Workspace("w", "Demo", "demo"))


def test_a_demonstration_tells_nobody_without_channels_of_its_own(house: House) -> None:
    demo(house)
    house.fact("alert_opened")
    assert house.telling.call_due() == 0
    assert house.states() == []
    assert house.telling.call_due() == 0


def test_a_demonstration_tells_over_its_own_channels_until_they_are_gone(house: House) -> None:
    demo(house)
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    assert house.told() == ["li"]
    house.prepare.remove_channel("w", house.prepare.channels("w")[0].id, "chen")
    house.wait(5)
    house.telling.call_due()
    assert house.states() == ["passed", "passed"]


def test_the_message_names_the_wait_of_its_receiver(house: House) -> None:
    mine = Person("li", "Li", (house.channel("li"),), "en", wait_minutes=12)
    house.prepare.put_duty(Duty("", "w", mine, "pr", weekly=ALWAYS), "chen")
    house.fact("alert_opened")
    house.telling.call_due()
    assert "Acknowledge within 12 minutes" in house.post.sent[0][1].body


def test_a_link_says_why_it_can_no_longer_be_pressed(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened")
    house.telling.call_due()
    token = house.token()
    house.fact("alert_closed", "calm")
    problem = house.telling.show(token).problem
    assert problem
    assert problem.key == "telling.alert_over"


def test_a_source_that_fell_silent_is_told_by_its_name(house: House) -> None:
    house.duty("li", house.channel("li"), language="en")
    with house.store.transaction() as tx:
        silent = Finding("silent", 1.0, words=("Forum feed",))
        at = millis(house.clock.time)
        fact = Fact(1, at, "alert_opened", "a1", "", "blue", "none", None, (silent,))
        tx.warn.add_facts(house.watch, [fact])
    house.telling.call_due()
    message = house.post.sent[0][1]
    assert message.title.endswith("Blue] Auralux: a source is silent")
    assert "Not heard: Forum feed" in message.body
    assert "0 posts" not in message.body
    assert "Acknowledge within" not in message.body


def test_the_days_of_learning_are_counted_from_the_first(house: House) -> None:
    house.duty("li", house.channel("li"), language="en")
    with house.store.transaction() as tx:
        grave = Finding("grave", 1.0, words=("fire",))
        early = Finding("learning", -1, 14, 14)
        at = millis(house.clock.time)
        fact = Fact(1, at, "alert_opened", "a1", "", "orange", reasons=(grave,), against=(early,))
        tx.warn.add_facts(house.watch, [fact])
    house.telling.call_due()
    assert "day 1 of 14" in house.post.sent[0][1].body


def test_an_outcome_that_cannot_be_kept_is_kept_later_and_nobody_is_called_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.duty("li", house.channel("li"))
    house.duty("wu", house.channel("wu"), order=1)
    house.fact("alert_opened")
    busy = ["once"]

    def sometimes(call: Call, now: datetime) -> Call:
        if busy:
            busy.pop()
            raise OurMove("storage.busy")
        return sent(call, now)

    monkeypatch.setattr(rules, "sent", sometimes)
    seconds = [0.0]
    attempt = Apart(lambda: seconds[0])
    house.telling.call_due(attempt)
    assert "sending" in house.states()
    for _ in range(5):
        seconds[0] += 60
        house.telling.call_due(attempt)
    assert "sending" not in house.states()
    house.wait((LEASE + MINUTE) / MINUTE)
    house.telling.call_due(attempt)
    assert len(house.told()) == len({*house.told()})


def test_one_alert_that_cannot_be_planned_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.duty("li", house.channel("li"))
    other = house.listen.watch("w", Watch("Lumora", "lumora")).id

    def choosy(
        subject: Subject, facts: list[Fact], made: list[Call], team: Team, now: datetime
    ) -> list[Call]:
        if subject.watch == other:
            raise ValueError("a bug of ours")
        return rules.plan(subject, facts, made, team, now)

    monkeypatch.setattr(telling, "plan", choosy)
    house.fact("alert_opened")
    with house.store.transaction() as tx:
        tx.warn.add_facts(other, [msgspec.structs.replace(tx.warn.facts(house.watch)[0], seq=1)])
    house.telling.call_due(Apart())
    assert house.told() == ["li"]


def test_an_acknowledgement_on_the_page_stops_the_calls_though_the_engine_stands_still(
    house: House,
) -> None:
    house.duty("li", house.channel("li"), order=1)
    house.duty("wu", house.channel("wu"), order=2)
    house.fact("alert_opened")
    house.telling.call_due()
    assert house.told() == ["li"]
    house.telling.judge("w", house.watch, Judged("a1", "acknowledged", "chen"))
    for _ in range(8):
        house.wait(5)
        house.telling.call_due()
    assert house.told() == ["li"]
    first, *rest = house.telling.calls(house.watch, "a1")
    assert (first.state, first.answered_by) == ("answered", "chen")
    assert {call.state for call in rest} == {"passed"}


def test_an_acknowledgement_before_anybody_was_told_stops_the_first_call(house: House) -> None:
    house.duty("li", house.channel("li"))
    house.fact("alert_opened", level="yellow")
    house.telling.judge("w", house.watch, Judged("a1", "acknowledged", "chen"))
    house.fact("alert_acknowledged", who="chen")
    house.telling.call_due()
    assert house.told() == []


@pytest.mark.parametrize(
    ("judged", "key"),
    [
        (Judged("a9", "acknowledged", "chen"), "warn.no_alert"),
        (Judged("a1", "dismissed", "chen", "  "), "warn.reason_missing"),
        (Judged("a1", "acknowledged", "chen"), "warn.alert_ended"),
    ],
)
def test_a_word_on_an_alert_that_cannot_take_it_is_refused(
    house: House, judged: Judged, key: str
) -> None:
    house.fact("alert_opened")
    house.fact("alert_closed")
    with pytest.raises(BadInput) as refused:
        house.telling.judge("w", house.watch, judged)
    assert refused.value.key == key


def test_who_is_called_anew_reads_what_is_new_and_since_whose_acknowledgement(
    house: House,
) -> None:
    house.duty("li", house.channel("li"))
    at = house.clock.time - MINUTE
    texts = ("the auralux lamp caught fire", "an auralux heater shocked a child in Lyon")
    for text in texts:
        house.listen.accept("w", [Spoken(platform="x", id=text[:9], time=at, text=text)])
    found = house.listen.mentions(MentionSearch("w", house.watch))
    old, new = (next(m.id for m in found if m.post.text == text) for text in texts)
    steps: list[tuple[FactName, str, tuple[str, ...]]] = [
        ("alert_opened", "", (old,)),
        ("alert_acknowledged", "chen", (old,)),
        ("alert_raised", "", (old, new)),
    ]
    for seq, (name, who, examples) in enumerate(steps, 1):
        told = Fact(seq, millis(house.clock.time), name, "a1", "s1", "orange", "product",
                    mentions=seq, examples=examples, who=who)  # fmt: skip
        with house.store.transaction() as tx:
            tx.warn.add_facts(house.watch, [told])
        house.telling.call_due()
        house.wait(30)
    first, again = (message.body for _, message in house.post.sent)
    assert texts[0] in first
    assert "认领之后" not in first
    assert again.splitlines()[0] == "陈总 认领之后，又有新情况。"
    assert texts[1] in again
