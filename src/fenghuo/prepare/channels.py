"""How people are reached: channels, their sealed addresses, and sending over them."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from fenghuo.domain.duty import ChannelAddress, NewChannel, Person, Reader
from fenghuo.domain.errors import FenghuoError, Missing, UserMove
from fenghuo.domain.identity import identity
from fenghuo.domain.post import millis
from fenghuo.i18n import say
from fenghuo.ports.channel import Delivers, Letter, Message, Receipt
from fenghuo.ports.clock import Clock
from fenghuo.ports.seals import Seals
from fenghuo.ports.store import Store


class Surroundings(msgspec.Struct, frozen=True):
    """What the room is given. `owners` answers the owners of a workspace, channels left empty.

    `names` answers the names of its people by id, those who left included. `tokens` makes a new
    secret token; `public_url` is "" where nobody can open a link.
    """

    store: Store
    clock: Clock
    delivers: Delivers
    seals: Seals
    owners: Callable[[str], Sequence[Person]]
    names: Callable[[str], Mapping[str, str]]
    tokens: Callable[[], str]
    public_url: str = ""


class Channels:
    """The part of the room that knows addresses; its face is `Prepare`."""

    def __init__(self, around: Surroundings) -> None:
        """Everything comes from `app`."""
        self._around = around
        self._store = around.store

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
            tx.changes.record(workspace, now, "channel_added", {"who": who, "channel": shown})
        return made

    def try_address(self, new: NewChannel, words: Reader) -> None:
        """Send a test message to an address that is not kept yet; raises the error it meets."""
        known = self._around.delivers.read(new.typed, new.secret)
        letter = Letter(known.url, _test_message(new.title.strip() or known.masked, words))
        (outcome,) = self._around.delivers.deliver([letter])
        if isinstance(outcome, FenghuoError):
            raise outcome

    def set_ringing(self, workspace: str, channel: str, rings: bool, who: str) -> None:
        """Say whether a channel wakes a sleeper; Missing when there is none of this id."""
        now = self._now(workspace)
        what = {"who": who, "channel": channel, "rings_through": rings}
        with self._store.transaction() as tx:
            known = tx.prepare.channel(workspace, channel, to_change=True)
            if known is None:
                raise Missing("telling.no_channel_found")
            tx.prepare.save_channel(msgspec.structs.replace(known, rings_through=rings))
            tx.changes.record(workspace, now, "channel_ringing_set", what)

    def remove_channel(self, workspace: str, channel: str, who: str) -> None:
        """Forget a channel with its address; Missing when there is none of this id."""
        now = self._now(workspace)
        with self._store.transaction() as tx:
            if not tx.prepare.remove_channel(workspace, channel):
                raise Missing("telling.no_channel_found")
            tx.changes.record(workspace, now, "channel_removed", {"who": who, "channel": channel})

    def test_channel(self, workspace: str, channel: str, words: Reader) -> Receipt:
        """Send a test message now; raises the error that the channel gives."""
        title = self._channel(workspace, channel).title
        return self._one(workspace, channel, _test_message(title, words))

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

    def _one(self, workspace: str, channel: str, message: Message) -> Receipt:
        (outcome,) = self.send([(workspace, channel, message)])
        if isinstance(outcome, FenghuoError):
            raise outcome
        return outcome

    def _channel(self, workspace: str, channel: str) -> ChannelAddress:
        for known in self.channels(workspace):
            if known.id == channel:
                return known
        raise Missing("telling.no_channel_found")

    def _address(self, channel: ChannelAddress | None) -> str:
        if channel is None:
            raise UserMove("telling.channel_missing")
        return self._around.seals.open(channel.sealed)

    def _now(self, workspace: str) -> int:
        return millis(self._around.clock.now(workspace))


def _test_message(title: str, words: Reader) -> Message:
    body = say("telling.channel_test_body", words)
    return Message(say("telling.channel_test_title", words, title=title), body)
