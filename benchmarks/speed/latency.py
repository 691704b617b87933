"""At 300 matched posts a second: from the commit of the row that makes a fact to the open page.

Web and engine run as processes of their own over SQLite. Posts come in by the API, a tenth of a
second's worth at a time, four in five in Latin script. Once a second one grave post of the next
watch comes among them: its understood row makes the fact "alert_opened", and the page of that
watch, held open by its event stream, is told. When the row is committed is seen by looking at the
log every 20 ms. Printed as one JSON line, in seconds; the baseline is the same for a page that
would ask anew every 2 s (median 1 s, p99 2 s, by arithmetic).
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.log import Row, UnderstoodRow
from fenghuo.domain.people import Newcomer
from fenghuo.domain.watch import Watch
from fenghuo.storage import migrate

RATE, SECONDS, WARM = 300, 60, 10
LOOK_S = 0.02
PORT = 8441
LATIN = (
    "the {b} power bank arrived late and support does not answer my mails at all",
    "mein {b} Ladegerät lädt nur noch langsam, hat das noch jemand bei euch zu Hause",
    "mi cargador {b} dejó de funcionar después de dos semanas, nadie responde",
    "le chargeur {b} est arrivé sans câble, je demande un remboursement depuis lundi",
)
HAN = "{b} 充电宝用了两个星期就充不进电了，客服一直没有回复我的消息"
GRAVE = "my {b} power bank caught fire tonight and my daughter is in hospital with burns"


class Run:
    """One run: what is sent, and when each grave post was accepted, committed and shown."""

    def __init__(self, app: App, place: str) -> None:
        self.app = app
        self.watches = [
            app.listen.watch(place, Watch(f"brand{n}", f"brand{n}")).id for n in range(SECONDS)
        ]
        self.token = app.access.create_token(place, "bench", ["posts:write"])
        self.rng = random.Random(3)  # noqa: S311 - repeatable, not secret
        self.number = 0
        self.accepted: dict[int, float] = {}
        self.committed: dict[int, float] = {}
        self.events: dict[int, list[tuple[int, float]]] = {n: [] for n in range(SECONDS)}

    def listen(self, session: str, brand: int) -> None:
        """Hold the page of a brand open; note when it is told of which fact."""
        address = f"http://127.0.0.1:{PORT}/events?watch={self.watches[brand]}&seen=0"
        cookies = {"fenghuo_session": session}
        with (
            suppress(httpx.TransportError),  # the web ends while the page is open
            httpx.stream("GET", address, cookies=cookies, timeout=300) as stream,
        ):
            for line in stream.iter_lines():
                if line.startswith("id: "):
                    self.events[brand].append((int(line[4:]), time.monotonic()))

    def shown(self) -> dict[int, float]:
        """When each page was told of the alert that its grave post opened."""
        found = {}
        for brand, events in self.events.items():
            facts = self.app.warn.facts(self.watches[brand])
            alert = next((f.seq for f in facts if f.fact == "alert_opened"), None)
            times = [at for seq, at in events if alert is not None and seq >= alert]
            if times:
                found[brand] = times[0]
        return found

    def look(self, over: threading.Event) -> None:
        """Note when the understood row of each grave post is in the log."""
        position = dict.fromkeys(range(SECONDS), 0)
        while not over.wait(LOOK_S):
            for brand in [n for n in self.accepted if n not in self.committed]:
                with self.app.store.reading() as tx:
                    rows = self.app.listen.rows(tx, self.watches[brand], position[brand], 10_000)
                if any(_is_grave(row) for _, row in rows):
                    self.committed[brand] = time.monotonic()
                if rows:
                    position[brand] = rows[-1][0]

    def send(self, client: httpx.Client, words: list[str]) -> None:
        """Post texts; every one must be accepted."""
        now = datetime.now(UTC).isoformat()  # noqa: TID251 - the product runs on the real clock
        lines = []
        for text in words:
            self.number += 1
            post = {"platform": "x", "id": str(self.number), "time": now, "text": text}
            lines.append(json.dumps(post))
        answer = client.post("/api/v1/posts", content="\n".join(lines))
        assert answer.json()["accepted"] == len(words), answer.text

    def ordinary(self) -> str:
        """An ordinary post of any brand, with a tail of its own so that it is no copy."""
        text = HAN if self.rng.random() < 0.2 else self.rng.choice(LATIN)
        tail = " ".join(f"{self.rng.getrandbits(32):x}" for _ in range(6))
        return f"{text.format(b=f'brand{self.rng.randrange(SECONDS)}')} {tail}"

    def play(self, client: httpx.Client) -> None:
        """The run itself: a warm-up, then one grave post a second."""
        start = time.monotonic()
        for tenth in range((WARM + SECONDS) * 10):
            self.send(client, [self.ordinary() for _ in range(RATE // 10)])
            second = tenth // 10 - WARM
            if tenth % 10 == 0 and second >= 0:
                self.send(client, [GRAVE.format(b=f"brand{second}")])
                self.accepted[second] = time.monotonic()
            time.sleep(max(0.0, start + (tenth + 1) / 10 - time.monotonic()))


def _is_grave(row: Row) -> bool:
    return isinstance(row, UnderstoodRow) and any(p >= 0.6 for _, p in row.meaning.cues)


@contextmanager
def running(folder: str) -> Iterator[None]:
    """Web and engine over the database of a folder."""
    environment = {**os.environ, "FENGHUO_VAR": folder, "FENGHUO_PORT": str(PORT)}
    command = [sys.executable, "-m", "fenghuo", "part"]
    parts = [subprocess.Popen([*command, name], env=environment) for name in ("web", "engine")]
    try:
        yield
    finally:
        for part in parts:
            part.send_signal(signal.SIGTERM)
        for part in parts:
            part.wait(20)


def reached() -> None:
    """Wait until the web answers."""
    for _ in range(200):
        try:
            httpx.get(f"http://127.0.0.1:{PORT}/sign-in", timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the web did not start")


def spread(values: list[float]) -> dict[str, float]:
    """Median and p99 in seconds; nothing when nothing was seen."""
    if not values:
        return {}
    ordered = sorted(values)
    at = min(len(ordered) - 1, round(0.99 * (len(ordered) - 1)))
    return {"median_s": round(median(ordered), 3), "p99_s": round(ordered[at], 3)}


def main() -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(var=Path(folder))
        migrate(config.database_url)
        app = App(config)
        new = Newcomer("bench@veyra.example", "Bench", "correct horse battery")
        session = app.access.create_first_owner(app.access.first_owner_secret(), new, "Bench")
        found = app.access.session(session)
        assert found is not None
        run = Run(app, found.members[0].workspace.id)
        with running(folder):
            reached()
            pages = [
                threading.Thread(target=run.listen, args=(session, n), daemon=True)
                for n in range(SECONDS)
            ]
            for page in pages:
                page.start()
            over = threading.Event()
            looker = threading.Thread(target=run.look, args=(over,))
            looker.start()
            headers = {"authorization": f"Bearer {run.token}"}
            with httpx.Client(
                base_url=f"http://127.0.0.1:{PORT}", headers=headers, timeout=60
            ) as client:
                run.play(client)
            deadline = time.monotonic() + 60
            while len(run.shown()) < SECONDS and time.monotonic() < deadline:
                time.sleep(1)
            over.set()
            looker.join()
            shown = run.shown()
        app.close()
    seen = sorted(shown.keys() & run.committed.keys() & run.accepted.keys())
    line = {"bench": "latency", "posts_per_s": RATE, "facts": len(seen), "of": SECONDS}
    line |= {"row_to_page": spread([shown[n] - run.committed[n] for n in seen])}
    line |= {"accepted_to_page": spread([shown[n] - run.accepted[n] for n in seen])}
    print(json.dumps({**line, "baseline": {"median_s": 1.0, "p99_s": 2.0}, "aim_p99_s": 2.0}))


if __name__ == "__main__":
    main()
