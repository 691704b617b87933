"""The whole memory of a watch: one small value, without a single post in it."""

import msgspec

from fenghuo.domain.errors import UserMove
from fenghuo.domain.fact import Finding
from fenghuo.domain.level import Level
from fenghuo.domain.log import GRACE_MS, Expected, Tuning
from fenghuo.listen import Story
from fenghuo.warn.detect.surge import SurgeState
from fenghuo.warn.detect.tone import ToneState
from fenghuo.warn.profile import HOUR_MS, MINUTE_MS

VERSION = 1
"""Of the bytes. A new field with a default needs no new one; whoever counts it up makes
`from_bytes` read the older versions too, since nothing else can."""


class OpenAlert(msgspec.Struct):
    """An alert that people see, rewritten in place.

    `story` is the story it is about, or "" for the brand as a whole. `findings` holds the
    strongest finding of each kind; `supported` is when one last called for this level. `silent`
    are the silent sources of an alert about them, title by id.
    """

    id: str
    level: Level
    type: str
    opened: int
    supported: int
    story: str = ""
    graved: int = 0
    judged: str = ""
    mentions: int = 0
    copies: int = 0
    told: int = 0
    findings: dict[str, Finding] = {}
    examples: list[str] = []
    others: list[str] = []
    silent: dict[str, str] = {}


class Telling(msgspec.Struct):
    """A recent negative post that may be shown as an example: its id, time and weight."""

    mention: str
    at: int
    weight: float


class State(msgspec.Struct):
    """Baselines, open stories, detector states, open alerts, the next fact number.

    `quiet` is until when a dismissed story, or a danger in it, raises nothing; `muted` how many
    more grave posts of the story do not change that.
    """

    until: int = 0
    latest: int = 0
    began: int = 0
    settled: int = 0
    next_fact: int = 1
    next_alert: int = 1
    next_story: int = 1
    mentions: int = 0
    late: int = 0
    events: tuple[Expected, ...] = ()
    tuning: Tuning = Tuning()
    volume: SurgeState = msgspec.field(default_factory=SurgeState)
    negative: SurgeState = msgspec.field(default_factory=SurgeState)
    tone: ToneState = msgspec.field(default_factory=ToneState)
    stories: list[Story] = []
    alerts: list[OpenAlert] = []
    quiet: dict[str, int] = {}
    muted: dict[str, int] = {}
    mood: list[float] = []
    tellings: list[Telling] = []


class Open(msgspec.Struct):
    """The part of a state that says what is open now."""

    until: int = 0
    began: int = 0
    events: tuple[Expected, ...] = ()
    alerts: list[OpenAlert] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(State)
_open = msgspec.msgpack.Decoder(Open)


def to_bytes(state: State) -> bytes:
    """A version byte, then the state."""
    return bytes([VERSION]) + _encoder.encode(state)


def from_bytes(data: bytes) -> State:
    """The state of its bytes, a new one for b"".

    Raises UserMove when a later version wrote it: only that one knows what it means.
    """
    return _decoder.decode(_of_ours(data)) if data else State()


def still_open(data: bytes) -> list[OpenAlert]:
    """The open alerts of a state's bytes, oldest first, without making the rest of it."""
    return what_is_open(data).alerts


def what_is_open(data: bytes) -> Open:
    """As `still_open`, with what may speak against an alert."""
    return _open.decode(_of_ours(data)) if data else Open()


def is_tick_due(data: bytes, now: int, *, listening: bool) -> bool:
    """Whether silence must move a watch's time: each minute while an alert is open, else each hour.

    `data` are the state's bytes, `now` in milliseconds UTC. What is paused and has no alert rests.
    """
    seen = what_is_open(data)
    if not (seen.alerts or (listening and data)):
        return False
    return now - seen.until >= GRACE_MS + (MINUTE_MS if seen.alerts else HOUR_MS)


def _of_ours(data: bytes) -> bytes:
    if data[0] != VERSION:
        raise UserMove("warn.state_version", f"state version {data[0]}, ours {VERSION}")
    return data[1:]
