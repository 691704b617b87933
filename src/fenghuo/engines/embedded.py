"""The embedded engine: one process that works through steps, over and over, until told to stop."""

from collections.abc import Callable, Sequence
from threading import Event
from time import monotonic

import msgspec

from fenghuo.ports.attempt import Attempt

IDLE_S = 0.2
"""Rest when there was nothing to do. Longer: alerts come later. Shorter: an idle machine warms."""


class Step(msgspec.Struct, frozen=True):
    """A piece of work: `run` answers how much it did; at most once in `every_s` seconds."""

    name: str
    run: Callable[[], int]
    every_s: float = 0.0


def work(
    steps: Sequence[Step],
    stop: Event,
    attempt: Attempt,
    clock: Callable[[], float] = monotonic,
) -> None:
    """Run the steps in turn until `stop` is set; `attempt` says what becomes of one that fails."""
    due = dict.fromkeys((step.name for step in steps), 0.0)
    while not stop.is_set():
        done = 0
        for step in steps:
            if clock() >= due[step.name]:
                done += attempt(step.name, step.run)
                due[step.name] = clock() + step.every_s
        if not done:
            stop.wait(IDLE_S)
