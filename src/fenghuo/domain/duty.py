"""Who is told, over what, and each attempt to tell them."""

from datetime import datetime
from typing import Literal

import msgspec

from fenghuo.domain.level import Level

Reader = Literal["zh-CN", "en"]


class Weekly(msgspec.Struct, frozen=True):
    """Hours that come back every week: `days` 0 (Monday) to 6, "HH:MM" in `time_zone`.

    An end at or before the start is on the next day, so 22:00-06:00 is a night and 00:00-00:00 a
    whole day.
    """

    days: tuple[int, ...]
    start: str
    end: str
    time_zone: str


class Person(msgspec.Struct, frozen=True):
    """Somebody who can be told. `channels` are ids in the order in which they are tried.

    `quiet_hours` ("HH:MM-HH:MM" in `time_zone`, or empty) hold back blue and yellow, nothing else.
    `wait_minutes`: so long this person may take to acknowledge; 0 for what is usual at the level.
    """

    member: str
    name: str
    channels: tuple[str, ...] = ()
    language: Reader = "zh-CN"
    time_zone: str = "Asia/Shanghai"
    quiet_hours: str = ""
    wait_minutes: int = 0


class Duty(msgspec.Struct, frozen=True):
    """A person's turn: one stretch between two aware times, or weekly hours; within both if both.

    `order` says who is called first (1), second (2)…; `role` is the member's role in it.
    """

    id: str
    workspace: str
    person: Person
    role: str = ""
    order: int = 1
    start: datetime | None = None
    end: datetime | None = None
    weekly: Weekly | None = None


class ChannelAddress(msgspec.Struct, frozen=True):
    """Where a message goes. `sealed` is the address with its secrets, sealed; `masked` may be seen.

    `member` owns a personal address; "" is shared, such as a group's robot. `rings_through` says
    that this channel wakes a sleeper.
    """

    id: str
    workspace: str
    kind: str
    title: str
    sealed: str
    masked: str = ""
    member: str = ""
    rings_through: bool = False


class NewChannel(msgspec.Struct, frozen=True):
    """A channel as somebody typed it; `secret` is a robot's signing secret."""

    typed: str
    title: str
    secret: str = ""
    member: str = ""
    rings_through: bool = False

    def __repr__(self) -> str:
        """Without what was typed: it must not reach a log."""
        return f"NewChannel({self.title!r})"


class Hole(msgspec.Struct, frozen=True):
    """A stretch of time in which the duty list has a gap.

    "nobody": no one is on duty. "silent": those on duty have no channel that rings through.
    """

    start: datetime
    end: datetime
    kind: Literal["nobody", "silent"]


CallState = Literal["due", "sending", "sent", "failed", "answered", "passed"]


class Call(msgspec.Struct, frozen=True):
    """One attempt to tell one person of one alert over one channel.

    due: not before `due_at`, in workspace time. sending: claimed. sent: under way, waiting for an
    answer. failed: `error` is a message key, `values` its blanks. answered: acknowledged by this
    person. passed: nobody waits for it any more, since its time ran out or the alert needs none.
    `occasion` numbers the fact that this call tells of, `turn` the call within the alert. `owner`
    marks a call to an owner because nobody was on duty. `token` is the digest of its link's token.
    """

    id: str
    workspace: str
    watch: str
    alert: str
    occasion: int
    turn: int
    level: Level
    member: str
    name: str
    channel: str
    due_at: datetime
    state: CallState = "due"
    owner: bool = False
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    error: str = ""
    values: dict[str, str | int | float] = {}
    token: str = ""


class WakeTest(msgspec.Struct, frozen=True):
    """A test call: was this person reached, and when did they answer?

    `asked_by` is the id of the member who asked, in tests of the first versions a name.
    """

    id: str
    workspace: str
    member: str
    name: str
    asked_by: str
    asked_at: datetime
    state: Literal["sending", "sent", "failed", "answered"] = "sending"
    channel: str = ""
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    error: str = ""
    values: dict[str, str | int | float] = {}
    token: str = ""
