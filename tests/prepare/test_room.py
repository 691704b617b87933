"""The preparing room's face: duty list, channels, wake tests, over both databases."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from fenghuo.domain.chain import walk
from fenghuo.domain.duty import Duty, NewChannel, Person, Weekly
from fenghuo.domain.errors import BadInput, FenghuoError, OurMove
from fenghuo.ports.channel import Known, Letter, Message, Receipt
from fenghuo.prepare import Prepare, Surroundings
from fenghuo.prepare.room import WAKE_LIVES
from fenghuo.prepare.roster import LONGEST_WAIT
from fenghuo.storage import Database
from fenghuo.storage.streams import Streams

ALWAYS = Weekly(tuple(range(7)), "00:00", "00:00", "UTC")
SECRET = "robot-s3cret"


class Around:
    """Everything outside the room."""

    def __init__(self) -> None:
        self.time = datetime(2031, 3, 5, 2, 0, tzinfo=UTC)
        self.sent: list[tuple[str, Message]] = []
        self.at_once: Callable[[], object] | None = None
        self.tokens = iter(f"t{n}" for n in range(100))

    def now(self, workspace: str) -> datetime:
        return self.time

    def read(self, typed: str, secret: str = "") -> Known:
        if typed == "wrong":
            raise BadInput("telling.address_unknown")
        return Known("test", typed + secret, "test://…")

    def deliver(self, letters: Sequence[Letter]) -> list[Receipt | FenghuoError]:
        self.sent += [(letter.url, letter.message) for letter in letters]
        if self.at_once:
            self.at_once()
        dead = OurMove("telling.unreachable")
        return [dead if letter.url.startswith("dead") else Receipt() for letter in letters]

    def seal(self, secret: str) -> str:
        return secret.encode().hex()

    def open(self, sealed: str) -> str:
        return bytes.fromhex(sealed).decode()


@pytest.fixture
def around() -> Around:
    return Around()


@pytest.fixture
def room(database: Database, around: Around) -> Prepare:
    owners = [Person("chen", "陈总")]
    return Prepare(
        Surroundings(
            database,
            around,
            around,
            around,
            lambda _: owners,
            lambda _: {"chen": "陈总"},
            lambda: next(around.tokens),
            "https://team.example/",
        )
    )


def channel(room: Prepare, address: str, *, rings: bool = True, workspace: str = "w") -> str:
    new = NewChannel(address, address.title(), rings_through=rings)
    return room.add_channel(workspace, new, "chen").id


def duty(room: Prepare, *channels: str, workspace: str = "w") -> Duty:
    person = Person("li", "李梅", channels)
    return room.put_duty(Duty("", workspace, person, "pr", weekly=ALWAYS), "chen")


def test_a_duty_is_put_changed_and_taken_off(room: Prepare) -> None:
    made = duty(room)
    assert [p.member for p in room.on_duty("w")] == ["li"]
    changed = Duty(made.id, "w", Person("bea", "Bea"), "pr", weekly=ALWAYS)
    room.put_duty(changed, "chen")
    assert room.duties("w") == [changed]
    room.remove_duty("w", made.id, "chen")
    assert room.duties("w") == []


def test_whoever_leaves_keeps_all_or_loses_duties_and_channels_with_the_leave(
    room: Prepare, database: Database
) -> None:
    duty(room)
    others = room.put_duty(Duty("", "w", Person("bea", "Bea"), "pr", weekly=ALWAYS), "chen")
    shared = channel(room, "robot")
    room.add_channel("w", NewChannel("phone", "Phone", member="li"), "chen")

    def leave(*, breaks: bool) -> None:
        with database.transaction() as tx:
            room.let_go("w", "li", "chen", tx)
            if breaks:
                raise LookupError

    with pytest.raises(LookupError):
        leave(breaks=True)
    assert (len(room.duties("w")), len(room.channels("w"))) == (2, 2)
    leave(breaks=False)
    assert room.duties("w") == [others]
    assert [c.id for c in room.channels("w")] == [shared]


def test_one_workspace_neither_sees_nor_removes_what_is_anothers(room: Prepare) -> None:
    made, mine = duty(room), channel(room, "phone")
    assert room.duties("other") == []
    assert room.channels("other") == []
    with pytest.raises(BadInput, match="no_duty"):
        room.remove_duty("other", made.id, "eve")
    with pytest.raises(BadInput, match="no_channel_found"):
        room.remove_channel("other", mine, "eve")
    with pytest.raises(BadInput, match="no_channel_found"):
        room.test_channel("other", mine, "en")


def test_every_change_is_a_fact_in_one_whole_chain_without_a_secret(
    room: Prepare, database: Database
) -> None:
    made = duty(room)
    new = NewChannel("robot", "Group", SECRET)
    kept = room.add_channel("w", new, "chen")
    room.remove_channel("w", kept.id, "chen")
    room.remove_duty("w", made.id, "chen")
    with database.reading() as tx:
        facts = Streams(tx.prepare.connection).linked("workspace:w")
    assert walk("workspace:w", facts).broken == 0
    assert len(facts) == 4
    for fact in facts:
        assert fact.payload
        assert SECRET.encode() not in fact.payload
        assert SECRET.encode().hex().encode() not in fact.payload


def test_an_address_rests_sealed(room: Prepare, around: Around) -> None:
    kept = room.add_channel("w", NewChannel("robot", "Group", SECRET), "chen")
    assert SECRET not in repr(room.channels("w"))
    room.test_channel("w", kept.id, "zh-CN")
    assert around.sent[0][0] == "robot" + SECRET
    assert around.sent[0][1].title == "【烽火·测试】Group"


def test_a_wrong_address_is_not_kept(room: Prepare) -> None:
    with pytest.raises(BadInput, match="address_unknown"):
        room.add_channel("w", NewChannel("wrong", ""), "chen")
    assert room.channels("w") == []


def test_a_duty_without_a_channel_that_rings_is_a_hole_for_seven_days(room: Prepare) -> None:
    duty(room, channel(room, "mail", rings=False))
    (hole,) = room.holes("w")
    assert (hole.kind, hole.end - hole.start) == ("silent", timedelta(days=7))


def test_a_wake_test_records_who_answered_and_when(room: Prepare, around: Around) -> None:
    duty(room, channel(room, "dead"), channel(room, "phone"))
    test = room.wake("w", "li", "chen")
    assert [address for address, _ in around.sent] == ["dead", "phone"]
    body = around.sent[-1][1].body
    assert "陈总" in body
    assert body.endswith("收到了：https://team.example/a/wt0")
    assert room.wake_of("wt0").state == "sent"
    around.time += timedelta(seconds=40)
    room.answer_wake("wt0")
    around.time += timedelta(hours=1)
    room.answer_wake("wt0")
    (kept,) = room.wakes("w")
    assert (kept.id, kept.state, kept.name) == (test.id, "answered", "李梅")
    assert kept.asked_by == "chen"
    assert kept.answered_at
    assert kept.answered_at - kept.asked_at == timedelta(seconds=40)


def test_a_wake_test_that_reaches_nobody_keeps_its_reason(room: Prepare) -> None:
    duty(room, channel(room, "dead"))
    assert room.wake("w", "li", "x").error == "telling.unreachable"
    room.remove_channel("w", room.channels("w")[0].id, "chen")
    failed = room.wake("w", "li", "x")
    assert (failed.state, failed.error) == ("failed", "telling.no_channel")


def test_an_owner_can_be_woken_over_what_everybody_shares(room: Prepare, around: Around) -> None:
    channel(room, "group")
    assert room.wake("w", "chen", "x").state == "sent"
    with pytest.raises(BadInput, match="no_member"):
        room.wake("w", "stranger", "x")


def test_a_link_that_is_not_ours_answers_nothing(room: Prepare) -> None:
    with pytest.raises(BadInput, match="link_unknown"):
        room.answer_wake("w-guessed")


def test_a_member_answers_a_wake_test_without_a_link_and_only_their_own(
    room: Prepare, around: Around
) -> None:
    duty(room, channel(room, "phone"))
    test = room.wake("w", "li", "chen")
    assert room.awaits(test)
    for workspace, member in (("w", "bea"), ("other", "li")):
        with pytest.raises(BadInput, match="no_wake"):
            room.answer_wake_here(workspace, test.id, member)
    room.answer_wake_here("w", test.id, "li")
    assert not room.awaits(room.wakes("w")[0])


def test_an_answer_of_the_next_day_does_not_count(room: Prepare, around: Around) -> None:
    duty(room, channel(room, "phone"))
    room.wake("w", "li", "chen")
    around.time += WAKE_LIVES + timedelta(minutes=1)
    with pytest.raises(BadInput, match="wake_expired"):
        room.answer_wake("wt0")
    assert room.wakes("w")[0].state == "sent"


def test_an_answer_at_the_very_moment_of_the_send_waits_and_loses_neither(
    room: Prepare, around: Around, database: Database
) -> None:
    duty(room, channel(room, "phone"))
    before = room.wake("w", "li", "chen")
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            asked = tx.prepare.wake_by_token(before.token, to_change=True)
            assert asked
            answer = pool.submit(room.answer_wake, "wt0")
            wait([answer], timeout=0.5)
            tx.prepare.save_wake(msgspec.structs.replace(asked, channel="robot"))
        answer.result()
    assert [(test.state, test.channel) for test in room.wakes("w")] == [("answered", "robot")]


def test_an_answer_that_came_although_the_send_failed_counts(room: Prepare, around: Around) -> None:
    duty(room, channel(room, "dead"))
    around.at_once = lambda: room.answer_wake("wt0")
    assert room.wake("w", "li", "chen").state == "answered"


def test_an_address_is_tried_before_it_is_kept(room: Prepare, around: Around) -> None:
    room.try_address(NewChannel("robot", "Group"), "zh-CN")
    assert around.sent[0][1].title == "【烽火·测试】Group"
    with pytest.raises(OurMove):
        room.try_address(NewChannel("dead", "Group"), "en")
    assert room.channels("w") == []


def test_what_was_typed_for_a_channel_is_not_in_its_repr() -> None:
    assert SECRET not in repr(NewChannel("https://x.example/" + SECRET, "Group", SECRET))


def test_a_channel_is_said_to_ring_or_not(room: Prepare) -> None:
    kept = channel(room, "mail", rings=False)
    room.set_ringing("w", kept, True, "chen")
    assert room.channels("w")[0].rings_through
    with pytest.raises(BadInput, match="no_channel_found"):
        room.set_ringing("other", kept, False, "eve")


@pytest.mark.parametrize("minutes", [-1, LONGEST_WAIT + 1])
def test_a_wait_that_leaves_everybody_asleep_is_refused(room: Prepare, minutes: int) -> None:
    person = Person("li", "李梅", wait_minutes=minutes)
    with pytest.raises(BadInput, match="wait_wrong"):
        room.put_duty(Duty("", "w", person, weekly=ALWAYS), "chen")


def rings(room: Prepare, channel: str) -> None:
    room.set_ringing("w", channel, rings=False, who="chen")


def goes(room: Prepare, channel: str) -> None:
    room.remove_channel("w", channel, "chen")


@pytest.mark.parametrize("second", [rings, goes])
def test_a_channel_removed_at_the_same_moment_does_not_come_back_with_its_address(
    room: Prepare, database: Database, second: Callable[[Prepare, str], None]
) -> None:
    name = channel(room, "phone")
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            assert tx.prepare.channel("w", name, to_change=True)
            other = pool.submit(second, room, name)
            wait([other], timeout=0.5)
            assert tx.prepare.remove_channel("w", name)
        with pytest.raises(BadInput, match="no_channel_found"):
            other.result()
    assert room.channels("w") == []


def test_a_duty_taken_off_at_the_same_moment_does_not_come_back(
    room: Prepare, database: Database
) -> None:
    made = duty(room)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as tx:
            assert tx.prepare.duty("w", made.id, to_change=True)
            other = pool.submit(room.put_duty, made, "chen")
            wait([other], timeout=0.5)
            assert tx.prepare.remove_duty("w", made.id)
        with pytest.raises(BadInput, match="no_duty"):
            other.result()
    assert room.duties("w") == []
