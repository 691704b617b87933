"""The counter over all families of channels."""

from fenghuo.channels.switchboard import Switchboard
from fenghuo.domain.errors import OurMove
from fenghuo.ports.channel import Channel, Known, Letter, Message, Receipt

MESSAGE = Message("Title", "Body", "orange")


class Broken:
    """A plug-in with a bug."""

    masked = "broken"

    async def send(self, message: Message) -> Receipt:
        raise KeyError("a bug of a stranger")


class Sound:
    """A plug-in that works."""

    masked = "sound"

    async def send(self, message: Message) -> Receipt:
        return Receipt("taken")


class Kind:
    """A family with one of each."""

    def read(self, typed: str, secret: str = "") -> Known | None:
        return Known("test", typed, typed)

    def open(self, url: str) -> Channel:
        return Broken() if url == "broken" else Sound()


def test_a_plugin_that_raises_costs_its_own_letter_and_no_other() -> None:
    counter = Switchboard([Kind()])
    first, fault, last = counter.deliver([Letter(u, MESSAGE) for u in ("a", "broken", "b")])
    counter.close()
    assert first == last == Receipt("taken")
    assert isinstance(fault, OurMove)
    assert fault.key == "telling.plugin_failed"
