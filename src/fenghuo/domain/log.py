"""The rows of a watch's log: one order, never changed afterwards but for what `bare` takes out.

Each row carries `until`: up to which event time (milliseconds UTC) everything is final once
this row is in. A mention older than the `until` before it is late.
"""

from typing import Literal

import msgspec
from msgspec.structs import replace

from fenghuo.domain.understanding import CRISIS_TYPES, CueName

GRACE_MS = 120_000
"""How long a minute stays open for stragglers. Smaller: more posts are late. Bigger: levels
fall and baselines learn later."""


class Heard(msgspec.Struct, frozen=True):
    """What the detectors need to know of a mention, without its words.

    `old`: written long before we heard of it, as in an archive or an imported table. It counts
    in its story and wakes nobody.
    """

    mention: str
    at: int
    copy_of: str = ""
    platform: str = ""
    kind: str = "post"
    country: str = ""
    author: str = ""
    followers: int | None = None
    rating: float | None = None
    old: bool = False


class MentionRow(msgspec.Struct, frozen=True, tag="mention"):
    """A post that matched; counted at once. `future` marks a claimed time after its receipt."""

    until: int
    received: int
    source: Heard
    future: bool = False


class Meaning(msgspec.Struct, frozen=True):
    """An understanding as the log keeps it: numbers only.

    `crisis` follows CRISIS_TYPES; `cues` are those at or above one half; `vector` 512 int8.
    """

    lang: str
    negative: float
    positive: float
    crisis: tuple[float, ...]
    cues: tuple[tuple[CueName, float], ...] = ()
    vector: bytes = b""

    @property
    def type(self) -> str:
        """The likeliest crisis type, "none" included."""
        return CRISIS_TYPES[max(range(len(self.crisis)), key=self.crisis.__getitem__)]


class UnderstoodRow(msgspec.Struct, frozen=True, tag="understood"):
    """What a mention means: computed once, stored, never computed again."""

    until: int
    source: Heard
    meaning: Meaning


class Expected(msgspec.Struct, frozen=True):
    """A known event in milliseconds: drawn and expected, never muting a grave cue."""

    name: str
    start: int
    end: int


class Tuning(msgspec.Struct, frozen=True):
    """How easily the detectors speak: -log10 of a chance, posts, a probability."""

    surge_threshold: float = 6.0
    surge_least: int = 8
    tone_threshold: float = 6.0
    grave_least: float = 0.6


class Settings(msgspec.Struct, frozen=True, tag="settings"):
    """The watch's settings, the first ones included."""

    events: tuple[Expected, ...] = ()
    tuning: Tuning = Tuning()


class Judged(msgspec.Struct, frozen=True, tag="judged"):
    """A person's word on an alert: acknowledged, dismissed as false, escalated.

    `who` is a member's id; rows of the first versions hold a name.
    """

    alert: str
    verdict: Literal["acknowledged", "dismissed", "escalated"]
    who: str
    reason: str = ""


class Excluded(msgspec.Struct, frozen=True, tag="excluded"):
    """A mention that is not about us; `back` takes that back. `erased`: removed on request.

    `at` is when it was said, `story` what it had joined. A `late` one never was in a peak's
    counts. One that is erased stays in every count: it was said, and nobody may know by whom.
    `who` is the id of the member who said so.
    """

    mention: str
    at: int
    who: str
    story: str = ""
    erased: bool = False
    back: bool = False
    late: bool = False


class Reshaped(msgspec.Struct, frozen=True, tag="reshaped"):
    """A story's middle without the posts whose words went; empty where none is left.

    `centroid` 512 int8; `weight` is how many posts it stands for.
    """

    story: str
    centroid: bytes
    weight: float


class Silenced(msgspec.Struct, frozen=True, tag="silenced"):
    """A source of ours brings nothing any more; with `heard`, it does again.

    `source` is its id and `title` its name at that time; rows of the first versions hold the name
    in `source`.
    """

    source: str
    heard: bool = False
    title: str = ""


Decision = Settings | Judged | Excluded | Reshaped | Silenced


class DecisionRow(msgspec.Struct, frozen=True, tag="decision"):
    """A decision of a person or a setting, at the time it was taken."""

    until: int
    at: int
    decision: Decision


class TickRow(msgspec.Struct, frozen=True, tag="tick"):
    """Silence moves time too."""

    until: int
    at: int


Row = MentionRow | UnderstoodRow | DecisionRow | TickRow


def next_until(previous: int, event: int, received: int) -> int:
    """The `until` of the next row: it never falls, and trails the earlier of the two times."""
    return max(previous, min(event, received) - GRACE_MS)


def bare(row: Row) -> Row:
    """A row about a post whose words went: without its author and its vector.

    A story's middle goes as well: of two posts it may be the one that is left.
    Position, `until`, times and numbers stay, so that it still counts the same.
    """
    if isinstance(row, MentionRow):
        return replace(row, source=_without_author(row.source))
    if isinstance(row, UnderstoodRow):
        meaning = replace(row.meaning, vector=b"")
        return replace(row, source=_without_author(row.source), meaning=meaning)
    if isinstance(row, DecisionRow) and isinstance(row.decision, Reshaped):
        return replace(row, decision=Reshaped(row.decision.story, b"", 0.0))
    return row


def _without_author(source: Heard) -> Heard:
    return replace(source, author="", followers=None)


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Row] = msgspec.msgpack.Decoder(Row)


def encode_row(row: Row) -> bytes:
    """The bytes in which a row is stored."""
    return _encoder.encode(row)


def decode_row(data: bytes) -> Row:
    """The row of its stored bytes."""
    return _decoder.decode(data)
