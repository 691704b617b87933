"""How our own people are told."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from fenghuo.domain.errors import FenghuoError
from fenghuo.domain.level import Level


class Message(msgspec.Struct, frozen=True):
    """Plain text in the receiver's language; `level` is for channels that can ring louder."""

    title: str
    body: str
    level: Level = "calm"


class Receipt(msgspec.Struct, frozen=True):
    """The other side took the message. `reference` is its own number for it, where it gives one."""

    reference: str = ""


class Channel(Protocol):
    """One address, ready to send. Its repr, its log lines and its errors hold no secret."""

    @property
    def masked(self) -> str:
        """The address as people may see it: enough to tell two apart, no secret."""
        ...

    async def send(self, message: Message) -> Receipt:
        """Send once; no retry.

        Raises domain errors only: UserMove (wrong address, refused by the egress rule), Reconnect
        (the other side no longer takes the credential), TimeMove (too many messages), OurMove
        (unreachable, timed out, trouble on the other side).
        """
        ...


class Known(msgspec.Struct, frozen=True):
    """What somebody typed, understood: `url` is secret and goes to be sealed."""

    kind: str
    url: str
    masked: str


class ChannelKind(Protocol):
    """A family of channels: knows its addresses as people copy them, and opens them."""

    def read(self, typed: str, secret: str = "") -> Known | None:
        """None for another family's address; BadInput for one of ours that cannot work.

        `secret` is a signing secret that was typed beside the address; a family that cannot use it
        refuses, since dropping it would look like success.
        """
        ...

    def open(self, url: str) -> Channel:
        """The channel of `Known.url`."""
        ...


class Letter(msgspec.Struct, frozen=True):
    """A message and the unsealed address that it goes to."""

    url: str
    message: Message


class Delivers(Protocol):
    """All families of channels behind one counter."""

    def read(self, typed: str, secret: str = "") -> Known:
        """What an address is; BadInput when no family knows it or it cannot work."""
        ...

    def deliver(self, letters: Sequence[Letter]) -> list[Receipt | FenghuoError]:
        """Send at the same time; one outcome a letter, in order. Ends within a bounded time."""
        ...
