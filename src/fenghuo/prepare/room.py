"""The preparing room's face: duty list, channels, wake tests."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from fenghuo.domain.duty import ChannelAddress, Duty, Hole, Person, Reader, WakeTest
from fenghuo.domain.errors import BadInput, FenghuoError, UserMove
from fenghuo.domain.identity import identity
from fenghuo.domain.level import Level
from fenghuo.domain.post import millis
from fenghuo.i18n import say
from fenghuo.ports.channel import Delivers, Letter, Message, Receipt
from fenghuo.ports.clock import Clock
from fenghuo.ports.seals import Seals
from fenghuo.ports.store import Store, Transaction
from fenghuo.prepare.links import digest, link
from fenghuo.prepare.roster import chain, check, holes, on_duty, ordered_channels


class Surroundings(msgspec.Struct, frozen=True):
    """What the room is given. `owners` answers the owners of a workspace, channels left empty.

    `tokens` makes a new secret token; `public_url` is "" where nobody can open a link.
    """

    store: Store
    clock: Clock
    delivers: Delivers
    seals: Seals
    owners: Callable[[str], Sequence[Person]]
    tokens: Callable[[], str]
    public_url: str = ""


class NewChannel(msgspec.Struct, frozen=True):
    """A channel as somebody typed it; `secret` is a robot's signing secret."""

    typed: str
    title: str
    secret: str = ""
    member: str = ""
    rings_through: bool = False


class Prepare:
    """Who is on duty, how people are reached, and whether that works at night."""

    def __init__(self, around: Surroundings) -> None:
        """Everything comes from `app`."""
        self._around = around
        self._store = around.store

    def duties(self, workspace: str) -> list[Duty]:
        """The duty list."""
        with self._store.reading() as tx:
            return tx.prepare.duties(workspace)

    def put_duty(self, duty: Duty, who: str) -> Duty:
        """Add a duty (its `id` empty) or change one; BadInput when it can never be on."""
        check(duty)
        now = self._now(duty.workspace)
        if not duty.id:
            parts = (duty.workspace, duty.person.member, repr(duty))
            duty = msgspec.structs.replace(duty, id=identity(now, *parts))
        with self._store.transaction() as tx:
            tx.prepare.save_duty(duty)
            tx.prepare.record(duty.workspace, now, "duty_put", {"who": who, "duty": duty})
        return duty

    def remove_duty(self, workspace: str, duty: str, who: str) -> None:
        """Take a duty off the list; BadInput when there is none of this id."""
        now = self._now(workspace)
        with self._store.transaction() as tx:
            if not tx.prepare.remove_duty(workspace, duty):
                raise BadInput("telling.no_duty")
            tx.prepare.record(workspace, now, "duty_removed", {"who": who, "duty": duty})

    def on_duty(self, workspace: str) -> list[Person]:
        """Who is on duty now, the first to be called in front."""
        return on_duty(self.duties(workspace), self._around.clock.now(workspace))

    def holes(self, workspace: str) -> list[Hole]:
        """When, in the next seven days, nobody is on duty or nobody could be woken."""
        with self._store.reading() as tx:
            duties, channels = tx.prepare.duties(workspace), tx.prepare.channels(workspace)
        ringing = {c.id for c in channels if c.rings_through}
        return holes(duties, ringing, self._around.clock.now(workspace))

    def channels(self, workspace: str) -> list[ChannelAddress]:
        """The channels; their addresses stay sealed."""
        with self._store.reading() as tx:
            return tx.prepare.channels(workspace)

    def add_channel(self, workspace: str, new: NewChannel, who: str) -> ChannelAddress:
        """Keep a channel, its address sealed; BadInput when the address cannot work."""
        known = self._around.delivers.read(new.typed, new.secret)
        now = self._now(workspace)
        made = ChannelAddress(
            identity(now, workspace, known.url, new.title),
            workspace,
            known.kind,
            new.title.strip() or known.masked,
            self._around.seals.seal(known.url),
            known.masked,
            new.member,
            new.rings_through,
        )
        shown = msgspec.structs.replace(made, sealed="")
        with self._store.transaction() as tx:
            tx.prepare.save_channel(made)
            tx.prepare.record(workspace, now, "channel_added", {"who": who, "channel": shown})
        return made

    def remove_channel(self, workspace: str, channel: str, who: str) -> None:
        """Forget a channel with its address; BadInput when there is none of this id."""
        now = self._now(workspace)
        with self._store.transaction() as tx:
            if not tx.prepare.remove_channel(workspace, channel):
                raise BadInput("telling.no_channel_found")
            tx.prepare.record(workspace, now, "channel_removed", {"who": who, "channel": channel})

    def test_channel(self, workspace: str, channel: str, words: Reader) -> Receipt:
        """Send a test message now; raises the error that the channel gives."""
        mine = [c for c in self.channels(workspace) if c.id == channel]
        if not mine:
            raise BadInput("telling.no_channel_found")
        title = say("telling.channel_test_title", words, title=mine[0].title)
        message = Message(title, say("telling.channel_test_body", words))
        return self._one(workspace, channel, message)

    def team(
        self, tx: Transaction, workspace: str, at: datetime, level: Level
    ) -> tuple[list[Person], bool]:
        """Whom to call, in order, channels in order; True when they are owners for want of others.

        Owners stand in when nobody is on duty, and when nobody on duty can be reached at all.
        """
        channels = tx.prepare.channels(workspace)
        known = {c.id for c in channels}
        ringing = {c.id for c in channels if c.rings_through}
        found = chain(tx.prepare.duties(workspace), at, level)
        people = [ordered_channels(p, level, ringing, known) for p in found]
        if any(person.channels for person in people):
            return people, False
        owners = [_with_channels(p, channels) for p in self._around.owners(workspace)]
        return [ordered_channels(p, level, ringing, known) for p in owners], True

    def send(self, messages: Sequence[tuple[str, str, Message]]) -> list[Receipt | FenghuoError]:
        """Send to channels, each (workspace, channel id, message); one outcome each, in order."""
        with self._store.reading() as tx:
            asked = {workspace for workspace, _, _ in messages}
            known = {(w, c.id): c for w in asked for c in tx.prepare.channels(w)}
        outcomes: dict[int, Receipt | FenghuoError] = {}
        letters: dict[int, Letter] = {}
        for number, (workspace, channel, message) in enumerate(messages):
            try:
                letters[number] = Letter(self._address(known.get((workspace, channel))), message)
            except FenghuoError as error:
                outcomes[number] = error
        sent = self._around.delivers.deliver(list(letters.values()))
        outcomes.update(zip(letters, sent, strict=True))
        return [outcomes[number] for number in range(len(messages))]

    def wake(self, workspace: str, member: str, asked_by: str) -> WakeTest:
        """Send a test call to somebody on the duty list or an owner, over each channel in turn.

        It stops at the first channel that takes it; the answer comes by `answer_wake`.
        """
        person = self._person(workspace, member)
        now = self._around.clock.now(workspace)
        token = "w" + self._around.tokens()
        test = WakeTest(
            identity(millis(now), workspace, member, token), workspace, member, person.name,
            asked_by, now, token=digest(token),
        )  # fmt: skip
        self._keep(test, "wake_asked")
        message = self._wake_message(person, asked_by, token)
        error: FenghuoError = UserMove("telling.no_channel", name=person.name)
        for channel in person.channels:
            try:
                self._one(workspace, channel, message)
            except FenghuoError as failed:
                error = failed
                continue
            return self._wake_sent(test, channel)
        failed_test = msgspec.structs.replace(
            test, state="failed", error=error.key, values=dict(error.values)
        )
        return self._keep(failed_test, "wake_failed")

    def wakes(self, workspace: str) -> list[WakeTest]:
        """Wake tests, newest first: who answered, and when."""
        with self._store.reading() as tx:
            return tx.prepare.wakes(workspace)

    def wake_of(self, token: str) -> WakeTest:
        """The wake test of a link, for the page that asks; BadInput for a link that is not ours."""
        with self._store.reading() as tx:
            found = tx.prepare.wake_by_token(digest(token))
        if found is None:
            raise BadInput("telling.link_unknown")
        return found

    def answer_wake(self, token: str) -> WakeTest:
        """Somebody pressed the button of a wake test's link; the first time counts."""
        test = self.wake_of(token)
        if test.state == "answered":
            return test
        now = self._around.clock.now(test.workspace)
        return self._keep(
            msgspec.structs.replace(test, state="answered", answered_at=now), "wake_answered"
        )

    def _wake_sent(self, test: WakeTest, channel: str) -> WakeTest:
        now = self._around.clock.now(test.workspace)
        # Somebody quick may have answered before we noted that it went out.
        with self._store.reading() as tx:
            test = tx.prepare.wake_by_token(test.token) or test
        state = "answered" if test.state == "answered" else "sent"
        return self._keep(
            msgspec.structs.replace(test, state=state, channel=channel, sent_at=now), "wake_sent"
        )

    def _keep(self, test: WakeTest, fact: str) -> WakeTest:
        shown = msgspec.structs.replace(test, token="")
        with self._store.transaction() as tx:
            tx.prepare.save_wake(test)
            tx.prepare.record(test.workspace, self._now(test.workspace), fact, shown)
        return test

    def _wake_message(self, person: Person, asked_by: str, token: str) -> Message:
        words = person.language
        address = link(self._around.public_url, token)
        last = (
            say("telling.wake_link", words, link=address)
            if address
            else say("telling.wake_link_missing", words)
        )
        body = say("telling.wake_body", words, asker=asked_by)
        return Message(say("telling.wake_title", words, name=person.name), f"{body}\n{last}")

    def _person(self, workspace: str, member: str) -> Person:
        with self._store.reading() as tx:
            duties, channels = tx.prepare.duties(workspace), tx.prepare.channels(workspace)
        known = {c.id for c in channels}
        ringing = {c.id for c in channels if c.rings_through}
        listed = [d.person for d in duties]
        owners = [_with_channels(p, channels) for p in self._around.owners(workspace)]
        for person in (*listed, *owners):
            if person.member == member:
                return ordered_channels(person, "red", ringing, known)
        raise BadInput("telling.no_member")

    def _one(self, workspace: str, channel: str, message: Message) -> Receipt:
        (outcome,) = self.send([(workspace, channel, message)])
        if isinstance(outcome, FenghuoError):
            raise outcome
        return outcome

    def _address(self, channel: ChannelAddress | None) -> str:
        if channel is None:
            raise UserMove("telling.channel_missing")
        return self._around.seals.open(channel.sealed)

    def _now(self, workspace: str) -> int:
        return millis(self._around.clock.now(workspace))


def _with_channels(owner: Person, channels: Sequence[ChannelAddress]) -> Person:
    """An owner's own channels; where there are none, those that everybody shares."""
    own = [c.id for c in channels if c.member == owner.member]
    shared = [c.id for c in channels if not c.member]
    return msgspec.structs.replace(owner, channels=owner.channels or tuple(own or shared))
