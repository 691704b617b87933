"""Is it a crisis, how bad, how fast? Detectors, alerts, advance."""

from fenghuo.warn.advance import Step, advance
from fenghuo.warn.replay import Counted, Found, Replay
from fenghuo.warn.state import OpenAlert, State, from_bytes, to_bytes

__all__ = [
    "Counted",
    "Found",
    "OpenAlert",
    "Replay",
    "State",
    "Step",
    "advance",
    "from_bytes",
    "to_bytes",
]
