"""The preparing room's face: duty list, channels, wake tests."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from fenghuo.domain.duty import ChannelAddress, Duty, Hole, Person, WakeTest
from fenghuo.domain.errors import BadInput, FenghuoError, Missing, UserMove
from fenghuo.domain.identity import identity
from fenghuo.domain.level import Level
from fenghuo.domain.post import millis
from fenghuo.i18n import say
from fenghuo.ports.channel import Message
from fenghuo.ports.store import Transaction
from fenghuo.prepare.channels import Channels
from fenghuo.prepare.links import digest, link
from fenghuo.prepare.roster import chain, check, holes, on_duty, ordered_channels

WAKE_LIVES = timedelta(hours=24)
"""A wake test can be answered for so long. Longer: an answer says nothing about that night."""


class Prepare(Channels):
    """Who is on duty, how people are reached, and whether that works at night."""

    def duties(self, workspace: str) -> list[Duty]:
        """The duty list."""
        with self._store.reading() as tx:
            return tx.prepare.duties(workspace)

    def put_duty(self, duty: Duty, who: str) -> Duty:
        """Add a duty (its `id` empty) or change one; BadInput when it cannot be on, or is gone."""
        check(duty)
        now, known = self._now(duty.workspace), duty.id
        if not known:
            parts = (duty.workspace, duty.person.member, repr(duty))
            duty = msgspec.structs.replace(duty, id=identity(now, *parts))
        with self._store.transaction() as tx:
            if known and tx.prepare.duty(duty.workspace, known, to_change=True) is None:
                raise Missing("telling.no_duty")
            tx.prepare.save_duty(duty)
            tx.changes.record(duty.workspace, now, "duty_put", {"who": who, "duty": duty})
        return duty

    def remove_duty(self, workspace: str, duty: str, who: str) -> None:
        """Take a duty off the list; Missing when there is none of this id."""
        now = self._now(workspace)
        with self._store.transaction() as tx:
            if not tx.prepare.remove_duty(workspace, duty):
                raise Missing("telling.no_duty")
            tx.changes.record(workspace, now, "duty_removed", {"who": who, "duty": duty})

    def let_go(self, workspace: str, member: str, who: str, tx: Transaction) -> None:
        """Take the duties and the channels of somebody who leaves, in the leave's transaction."""
        now = self._now(workspace)
        for duty in tx.prepare.duties(workspace):
            if duty.person.member == member and tx.prepare.remove_duty(workspace, duty.id):
                told = {"who": who, "duty": duty.id}
                tx.changes.record(workspace, now, "duty_removed", told)
        for channel in tx.prepare.channels(workspace):
            if channel.member == member and tx.prepare.remove_channel(workspace, channel.id):
                told = {"who": who, "channel": channel.id}
                tx.changes.record(workspace, now, "channel_removed", told)

    def on_duty(self, workspace: str) -> list[Person]:
        """Who is on duty now, the first to be called in front."""
        return on_duty(self.duties(workspace), self._around.clock.now(workspace))

    def holes(self, workspace: str) -> list[Hole]:
        """When, in the next seven days, nobody is on duty or nobody could be woken."""
        with self._store.reading() as tx:
            duties, channels = tx.prepare.duties(workspace), tx.prepare.channels(workspace)
        ringing = {c.id for c in channels if c.rings_through}
        return holes(duties, ringing, self._around.clock.now(workspace))

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

    def name_of(self, workspace: str, who: str) -> str:
        """The name of whoever a fact names by id; what is no id of ours stays as it is."""
        return self._around.names(workspace).get(who, who)

    @staticmethod
    def tells(tx: Transaction, workspace: str) -> bool:
        """Whether alerts of a workspace are told to people.

        Those of a demo or a drill are not, unless it has channels of its own.
        """
        kinds = {place.id: place.kind for place in tx.access.workspaces()}
        return kinds.get(workspace, "real") == "real" or bool(tx.prepare.channels(workspace))

    def wake(self, workspace: str, member: str, asked_by: str) -> WakeTest:
        """Send a test call to somebody on the duty list or an owner, over each channel in turn.

        It stops at the first channel that takes it; the answer comes by `answer_wake`. `asked_by`
        is the id of the member who asks.
        """
        person = self.reached(workspace, member)
        now = self._around.clock.now(workspace)
        token = "w" + self._around.tokens()
        test = WakeTest(
            identity(millis(now), workspace, member, token), workspace, member, person.name,
            asked_by, now, token=digest(token),
        )  # fmt: skip
        with self._store.transaction() as tx:
            self._keep(tx, test, "wake_asked")
        message = self._wake_message(person, self.name_of(workspace, asked_by), token)
        error: FenghuoError = UserMove("telling.no_channel", name=person.name)
        for channel in person.channels:
            try:
                self._one(workspace, channel, message)
            except FenghuoError as failed:
                error = failed
                continue
            return self._wake_sent(test, channel)
        return self._turn(
            test, "wake_failed", {"state": "failed", "error": error.key, "values": error.values}
        )

    def reached(self, workspace: str, member: str) -> Person:
        """Somebody on the duty list or an owner; Missing for anybody else.

        Channels stand in the order in which a grave alert tries them.
        """
        with self._store.reading() as tx:
            duties, channels = tx.prepare.duties(workspace), tx.prepare.channels(workspace)
        known = {c.id for c in channels}
        ringing = {c.id for c in channels if c.rings_through}
        listed = [d.person for d in duties]
        owners = [_with_channels(p, channels) for p in self._around.owners(workspace)]
        for person in (*listed, *owners):
            if person.member == member:
                return ordered_channels(person, "red", ringing, known)
        raise Missing("telling.no_member")

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
        """Somebody pressed the button of a wake test's link; the first time counts.

        BadInput when the link is not ours or too old.
        """
        return self._answered(self.wake_of(token))

    def answer_wake_here(self, workspace: str, test: str, member: str) -> WakeTest:
        """A signed-in member says that the test reached them; Missing when it was not for them."""
        for known in self.wakes(workspace):
            if (known.id, known.member) == (test, member):
                return self._answered(known)
        raise Missing("telling.no_wake")

    def awaits(self, test: WakeTest) -> bool:
        """Whether an answer to a wake test still counts."""
        return test.state != "answered" and not self._is_old(test)

    def _answered(self, test: WakeTest) -> WakeTest:
        if test.state == "answered":
            return test
        if self._is_old(test):
            raise BadInput("telling.wake_expired")
        now = self._around.clock.now(test.workspace)
        return self._turn(test, "wake_answered", {"state": "answered", "answered_at": now})

    def _is_old(self, test: WakeTest) -> bool:
        return self._around.clock.now(test.workspace) - test.asked_at > WAKE_LIVES

    def _wake_sent(self, test: WakeTest, channel: str) -> WakeTest:
        now = self._around.clock.now(test.workspace)
        went = {"channel": channel, "sent_at": now}
        return self._turn(test, "wake_sent", {"state": "sent", **went}, although_answered=went)

    def _turn(
        self,
        test: WakeTest,
        fact: str,
        turn: Mapping[str, object],
        although_answered: Mapping[str, object] | None = None,
    ) -> WakeTest:
        """Change a test as it stands now: somebody quick may answer before we note that it went.

        Of a test that is answered only `although_answered` changes.
        """
        with self._store.transaction() as tx:
            stands = tx.prepare.wake_by_token(test.token, to_change=True) or test
            change = although_answered if stands.state == "answered" else turn
            if change is None:
                return stands
            return self._keep(tx, msgspec.structs.replace(stands, **change), fact)

    def _keep(self, tx: Transaction, test: WakeTest, fact: str) -> WakeTest:
        shown = msgspec.structs.replace(test, token="")
        tx.prepare.save_wake(test)
        tx.changes.record(test.workspace, self._now(test.workspace), fact, shown)
        return test

    def _wake_message(self, person: Person, asker: str, token: str) -> Message:
        words = person.language
        address = link(self._around.public_url, token)
        last = (
            say("telling.wake_link", words, link=address)
            if address
            else say("telling.wake_link_missing", words)
        )
        body = say("telling.wake_body", words, asker=asker)
        return Message(say("telling.wake_title", words, name=person.name), f"{body}\n{last}")


def _with_channels(owner: Person, channels: Sequence[ChannelAddress]) -> Person:
    """An owner's own channels; where there are none, those that everybody shares."""
    own = [c.id for c in channels if c.member == owner.member]
    shared = [c.id for c in channels if not c.member]
    return msgspec.structs.replace(owner, channels=owner.channels or tuple(own or shared))
