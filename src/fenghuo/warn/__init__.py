"""Is it a crisis, how bad, how fast? Detectors, alerts, advance."""

from fenghuo.warn.advance import Step, advance, usual_volume
from fenghuo.warn.alerts import SOURCES
from fenghuo.warn.letter import against, reason, subject
from fenghuo.warn.replay import Counted, Found, Replay
from fenghuo.warn.room import Warn
from fenghuo.warn.state import OpenAlert, State, from_bytes, to_bytes
from fenghuo.warn.telling import Shown, Telling

__all__ = [
    "SOURCES",
    "Counted",
    "Found",
    "OpenAlert",
    "Replay",
    "Shown",
    "State",
    "Step",
    "Telling",
    "Warn",
    "advance",
    "against",
    "from_bytes",
    "reason",
    "subject",
    "to_bytes",
    "usual_volume",
]
