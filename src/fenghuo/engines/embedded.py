"""The embedded engine: one process that works through steps, over and over, until told to stop."""

import logging
from collections.abc import Callable, Sequence
from threading import Event
from time import monotonic

import msgspec

from fenghuo.domain.errors import OurMove, TimeMove

log = logging.getLogger("fenghuo.engine")

IDLE_S = 0.2
"""Rest when there was nothing to do. Longer: alerts come later. Shorter: an idle machine warms."""
WORST_S = 30.0


class Step(msgspec.Struct, frozen=True):
    """A piece of work: `run` answers how much it did; at most once in `every_s` seconds."""

    name: str
    run: Callable[[], int]
    every_s: float = 0.0


def work(steps: Sequence[Step], stop: Event) -> None:
    """Run the steps in turn until `stop` is set.

    A step whose error is ours or time's to mend is tried again, ever more slowly; any other error
    ends the process, and the supervisor starts it anew on what was committed.
    """
    due = dict.fromkeys((step.name for step in steps), 0.0)
    pause = dict.fromkeys((step.name for step in steps), 0.0)
    while not stop.is_set():
        done = 0
        for step in steps:
            if monotonic() < due[step.name]:
                continue
            try:
                done += step.run()
                pause[step.name] = step.every_s
            except (OurMove, TimeMove) as error:
                pause[step.name] = min(WORST_S, max(1.0, 2 * pause[step.name]))
                log.warning("%s: %s; again in %.0f s", step.name, error.key, pause[step.name])
            due[step.name] = monotonic() + pause[step.name]
        if not done:
            stop.wait(IDLE_S)
