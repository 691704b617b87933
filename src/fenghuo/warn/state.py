"""The whole memory of a watch: one small value, without a single post in it."""

import msgspec

from fenghuo.domain.errors import OurMove
from fenghuo.domain.fact import Finding
from fenghuo.domain.level import Level
from fenghuo.domain.log import Expected, Tuning
from fenghuo.listen import Story
from fenghuo.warn.detect.surge import SurgeState
from fenghuo.warn.detect.tone import ToneState

VERSION = 1


class OpenAlert(msgspec.Struct):
    """An alert that people see, rewritten in place.

    `story` is the story it is about, or "" for the brand as a whole. `findings` holds the
    strongest finding of each kind; `supported` is when one last called for this level.
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


class Telling(msgspec.Struct):
    """A recent negative post that may be shown as an example: its id, time and weight."""

    mention: str
    at: int
    weight: float


class State(msgspec.Struct):
    """Baselines, open stories, detector states, open alerts, the next fact number."""

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
    mood: list[float] = []
    tellings: list[Telling] = []


class _Open(msgspec.Struct):
    alerts: list[OpenAlert] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(State)
_open = msgspec.msgpack.Decoder(_Open)


def to_bytes(state: State) -> bytes:
    """A version byte, then the state."""
    return bytes([VERSION]) + _encoder.encode(state)


def from_bytes(data: bytes) -> State:
    """The state of its bytes, a new one for b"".

    Raises OurMove when another version wrote it: it must then be replayed from the log.
    """
    return _decoder.decode(_of_ours(data)) if data else State()


def still_open(data: bytes) -> list[OpenAlert]:
    """The open alerts of a state's bytes, oldest first, without making the rest of it."""
    return _open.decode(_of_ours(data)).alerts if data else []


def _of_ours(data: bytes) -> bytes:
    if data[0] != VERSION:
        raise OurMove("warn.state_version", f"state version {data[0]}, ours {VERSION}")
    return data[1:]
