"""Keeps the processes of `fenghuo serve` running: web, engine and readers over one database."""

import logging
import signal
import subprocess
from collections.abc import Mapping, Sequence
from threading import Event
from time import monotonic
from types import FrameType

log = logging.getLogger("fenghuo.supervisor")

GRACE_S = 10.0
"""So long a process may take to end by itself before it is killed; it loses nothing by that."""
QUICK_S = 5.0
LOOK_S = 0.25
HEAD_START_S = 2.0
"""So long the first part has the machine for itself: somebody waits for its first page."""


class Supervisor:
    """Starts each command, the first one first; starts it again when it dies; ends all if asked."""

    def __init__(self, commands: Mapping[str, Sequence[str]]) -> None:
        """`commands`: name of a part to its argument list."""
        self._commands = commands
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._born: dict[str, float] = {}
        self._wait: dict[str, float] = dict.fromkeys(commands, 0.0)
        self.stop = Event()

    def run(self) -> None:
        """Until SIGINT or SIGTERM: every part runs."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked)
        for name in list(self._commands)[1:]:
            self._born[name], self._wait[name] = monotonic(), HEAD_START_S
        try:
            while not self.stop.is_set():
                for name in self._commands:
                    self._keep(name)
                self.stop.wait(LOOK_S)
        finally:
            self._end_all()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()

    def _keep(self, name: str) -> None:
        process = self._running.get(name)
        if process is None:
            if monotonic() >= self._born.get(name, 0.0) + self._wait[name]:
                self._start(name)
            return
        if process.poll() is None:
            return
        del self._running[name]
        lived = monotonic() - self._born[name]
        # One that dies at once is started ever more slowly, so that its log can be read.
        self._wait[name] = 0.0 if lived > QUICK_S else min(30.0, 2 * self._wait[name] + 1.0)
        log.error("%s ended with %s; starting it again", name, process.returncode)

    def _start(self, name: str) -> None:
        self._born[name] = monotonic()
        self._running[name] = subprocess.Popen(self._commands[name], start_new_session=True)  # noqa: S603 - our own commands

    def _end_all(self) -> None:
        for process in self._running.values():
            process.terminate()
        for name, process in self._running.items():
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                log.error("%s did not end in time; killed", name)
                process.kill()
                process.wait()
