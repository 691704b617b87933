"""The exam of every channel: what a sender of messages must do when all is well and when not.

A stranger's channel sits it too: build a `Stage` around a real server on this machine that behaves
as asked, and run each of `QUESTIONS` over it. A failed question raises Failed.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from fenghuo.domain.errors import FenghuoError, OurMove, Reconnect, TimeMove, UserMove
from fenghuo.ports.channel import Channel, Message, Receipt

Behaviour = Literal["takes", "refuses", "forgets", "too_many", "breaks", "hangs", "absent"]
"""How the other side behaves: takes the message; refuses this message; no longer knows the address
or key; says that it gets too many; has trouble of its own; takes the connection and says nothing;
is not there at all."""

MESSAGE = Message(
    "【烽火·橙色】Auralux",
    "有人受伤 – someone hurt\nhttps://team.example/a/c0ffee",
    "orange",
)


class Failed(AssertionError):
    """The channel does not do what the port asks."""


class Stage(Protocol):
    """What the examinee brings: a channel, the other side, and the secrets it was given."""

    @property
    def secrets(self) -> Sequence[str]:
        """What must never be seen."""
        ...

    @property
    def cannot(self) -> Sequence[Behaviour]:
        """What this kind of other side cannot do."""
        ...

    def channel(self, behaviour: Behaviour) -> Channel:
        """A channel whose other side behaves so; "hangs" must end within 30 s."""
        ...

    def received(self) -> list[str]:
        """Texts that arrived, as the other side read them."""
        ...


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def delivers_the_whole_text(stage: Stage) -> None:
    """The other side reads title and body whole, Chinese included, and gets it once."""
    receipt = asyncio.run(stage.channel("takes").send(MESSAGE))
    got = stage.received()
    _check(isinstance(receipt, Receipt), "a delivery gives a receipt")
    _check(len(got) == 1, f"it arrives once, not {len(got)} times")
    for line in (MESSAGE.title, *MESSAGE.body.splitlines()):
        _check(line in got[0], f"{line!r} arrives whole in {got[0]!r}")


def a_refusal_is_the_users_move(stage: Stage) -> None:
    """A refused message is never taken for delivered."""
    _check(isinstance(_error(stage, "refuses"), UserMove), "a refusal is the user's to mend")


def a_forgotten_key_asks_for_a_new_one(stage: Stage) -> None:
    """An address or key that the other side no longer takes must be renewed."""
    _check(isinstance(_error(stage, "forgets"), Reconnect), "a dead key asks to reconnect")


def too_many_waits(stage: Stage) -> None:
    """Too many messages is a matter of time, and says until when."""
    error = _error(stage, "too_many")
    _check(isinstance(error, TimeMove) and error.retry_at.tzinfo is not None, "says until when")


def trouble_over_there_is_tried_again(stage: Stage) -> None:
    """Trouble of the other side is ours to try again."""
    _check(isinstance(_error(stage, "breaks"), OurMove), "their trouble is ours to try again")


def silence_ends(stage: Stage) -> None:
    """A time-out is an error, never a delivery."""
    _check(isinstance(_error(stage, "hangs"), OurMove), "a time-out is ours to try again")


def nobody_there(stage: Stage) -> None:
    """An unreachable host is ours to try again."""
    _check(isinstance(_error(stage, "absent"), OurMove), "unreachable is ours to try again")


def secrets_stay_secret(stage: Stage) -> None:
    """No secret in repr, in the masked address, in errors or in any log line."""
    recorder = _Recorder()
    root = logging.getLogger()
    level = root.level
    root.addHandler(recorder)
    root.setLevel(logging.DEBUG)
    try:
        channel = stage.channel("takes")
        asyncio.run(channel.send(MESSAGE))
        told = [repr(channel), channel.masked]
        for behaviour in ("refuses", "forgets", "absent"):
            if behaviour not in stage.cannot:
                error = _error(stage, behaviour)
                told += [repr(error), str(error), error.engineer, repr(dict(error.values))]
    finally:
        root.setLevel(level)
        root.removeHandler(recorder)
    for secret in stage.secrets:
        for line in (*told, *recorder.lines):
            _check(secret not in line, f"a secret is in {line!r}")


QUESTIONS: Mapping[str, Callable[[Stage], None]] = {
    question.__name__: question
    for question in (
        delivers_the_whole_text,
        a_refusal_is_the_users_move,
        a_forgotten_key_asks_for_a_new_one,
        too_many_waits,
        trouble_over_there_is_tried_again,
        silence_ends,
        nobody_there,
        secrets_stay_secret,
    )
}
NEEDS: Mapping[str, Behaviour] = {
    "a_refusal_is_the_users_move": "refuses",
    "a_forgotten_key_asks_for_a_new_one": "forgets",
    "too_many_waits": "too_many",
    "trouble_over_there_is_tried_again": "breaks",
    "silence_ends": "hangs",
    "nobody_there": "absent",
}
"""What a question needs of the other side; one that a service cannot do is left out (`cannot`)."""


def _error(stage: Stage, behaviour: Behaviour) -> FenghuoError:
    try:
        asyncio.run(stage.channel(behaviour).send(MESSAGE))
    except FenghuoError as error:
        return error
    raise Failed(f"the other side {behaviour}, and the channel says delivered")


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(what)
