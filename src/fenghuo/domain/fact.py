"""Past-tense events of a watch, as `advance` finds them; numbered by (watch, seq)."""

from typing import Literal

import msgspec

from fenghuo.domain.level import Level

FactName = Literal[
    "alert_opened", "alert_raised", "alert_lowered", "alert_closed", "alert_updated",
    "alert_acknowledged", "alert_dismissed", "alert_escalated",
    "story_opened", "story_grew", "story_corrected", "story_closed",
]  # fmt: skip


class Finding(msgspec.Struct, frozen=True):
    """One reason of an alert: what was seen beside what is usual, and how surprising that is.

    `kind` names the detector; `expected` is the usual range (low, high); `surprise` is
    -log10 of the chance of seeing this much on a usual day; `words` are cue names or labels;
    `count` is how many posts it rests on.
    """

    kind: str
    seen: float
    low: float = 0.0
    high: float = 0.0
    window_ms: int = 0
    since: int = 0
    surprise: float = 0.0
    words: tuple[str, ...] = ()
    count: int = 0


ENDED: frozenset[FactName] = frozenset({"alert_closed", "alert_dismissed"})
"""After one of these nothing more happens to an alert."""


class Fact(msgspec.Struct, frozen=True):
    """One finding or change, at its event time in milliseconds UTC.

    `probability` is null until something calibrates it. `against` are findings that speak
    against the alert. `examples` are mention ids. `who` is a member's
    id, in facts of the first versions a name.
    """

    seq: int
    at: int
    fact: FactName
    alert: str = ""
    story: str = ""
    level: Level = "calm"
    type: str = "none"
    probability: float | None = None
    reasons: tuple[Finding, ...] = ()
    against: tuple[Finding, ...] = ()
    mentions: int = 0
    examples: tuple[str, ...] = ()
    who: str = ""
    note: str = ""
