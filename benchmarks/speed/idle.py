"""1,000 watches that hear nothing: memory of web, engine and readers together.

PSS of the three processes after they have settled, from /proc; one JSON line. Baseline: the same
processes over an empty database in the same run.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.people import Newcomer
from fenghuo.domain.watch import Watch
from fenghuo.storage import migrate

WATCHES = 1_000
SETTLE_S = 20
PARTS = ("web", "engine", "readers")
LIMIT_MB = 700


def pss_mb(pid: int) -> float:
    """Proportional set size of a process in MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    line = next(line for line in text.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


@contextmanager
def running(folder: str, port: int) -> Iterator[list[int]]:
    """The parts over the database of a folder; their process ids."""
    environment = {**os.environ, "FENGHUO_VAR": folder, "FENGHUO_PORT": str(port)}
    command = [sys.executable, "-m", "fenghuo", "part"]
    parts = [subprocess.Popen([*command, name], env=environment) for name in PARTS]
    try:
        yield [part.pid for part in parts]
    finally:
        for part in parts:
            part.send_signal(signal.SIGTERM)
        for part in parts:
            part.wait(20)


def measure(watches: int, port: int) -> float:
    """MB of all parts together with so many watches."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(var=Path(folder))
        migrate(config.database_url)
        app = App(config)
        new = Newcomer("bench@veyra.example", "Bench", "correct horse battery")
        app.access.create_first_owner(app.access.first_owner_secret(), new, "Bench")
        for number in range(watches):
            query = f"veyra{number} OR lumora{number} (fire OR smoke) -job{number}"
            app.listen.watch(f"place{number % 50}", Watch(f"Brand {number}", query))
        app.warn.tick_some()
        app.close()
        with running(folder, port) as pids:
            time.sleep(SETTLE_S)
            return sum(pss_mb(pid) for pid in pids)


def main() -> None:
    """Print the memory of idle watches beside that of none."""
    if not Path("/proc/self/smaps_rollup").exists():
        print(json.dumps({"bench": "idle", "skipped": "this system has no /proc"}))
        return
    none, many = measure(0, 8431), measure(WATCHES, 8432)
    line = {"bench": "idle", "watches": WATCHES, "pss_mb": round(many), "at_most_mb": LIMIT_MB}
    print(json.dumps({**line, "baseline": "no watch", "ratio": round(many / none, 3)}))


if __name__ == "__main__":
    main()
