"""The only place that plugs adapters into rooms: configuration in, faces out."""

import asyncio
import os
import signal
import socket
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Event

import msgspec
import numpy as np

from fenghuo.config import Config, load
from fenghuo.domain.errors import BadInput, FenghuoError, UserMove
from fenghuo.domain.log import Expected, Settings, Tuning
from fenghuo.domain.people import Scale, Workspace
from fenghuo.domain.post import Post, millis
from fenghuo.domain.source import Source
from fenghuo.domain.watch import Watch
from fenghuo.engines.clock import SystemClock
from fenghuo.engines.embedded import Step, work
from fenghuo.engines.readers import Duties, read_all
from fenghuo.engines.supervisor import Supervisor
from fenghuo.inference.langid import Langid
from fenghuo.inference.usem3 import Usem3
from fenghuo.listen import (
    LANGUAGES,
    Explanation,
    Judge,
    Listen,
    Matcher,
    Sources,
    Use,
    check,
    decode,
    explain,
    parse,
    read,
    unpack,
)
from fenghuo.platforms.files import read_lines
from fenghuo.platforms.simulated import Simulated
from fenghuo.ports.reads import Batch, Reads
from fenghuo.ports.understands import Understands
from fenghuo.prepare import Script, first_day, known_events, outbreak, script_of, story
from fenghuo.security.access import Access
from fenghuo.storage import Database, backup_before, migrate
from fenghuo.warn import Replay, State, Warn, usual_volume

TICK_S = 60.0
DEMO_BEFORE = timedelta(days=16)
"""The demo's first quiet day lies so far back that its fire breaks out about now."""
DEMO_EARLY = timedelta(minutes=20)
DEMO_FACTOR = 60.0
"""An hour of the demo takes a minute: the fire breaks out after 20 s, the peak comes in 6 min."""


@cache
def understands() -> Understands:
    """The embedded model: usem3 vectors, small heads, grave cues. Loaded when first needed."""
    data = files("fenghuo.data")
    heads = data / "heads"
    with (heads / "heads.npz").open("rb") as file:
        arrays = dict(np.load(file))
    card, examples = (heads / "card.json").read_bytes(), (heads / "examples.jsonl").read_bytes()
    words = [(data / "lexicon" / name).read_text("utf8") for name in ("cues.toml", "topics.toml")]
    entries = [entry for text in words for entry in read(tomllib.loads(text))]
    return Judge(Usem3(), Langid(LANGUAGES), entries, unpack(arrays, card, examples))


class App:
    """The faces of the rooms over one database."""

    def __init__(self, config: Config) -> None:
        """Connects when first used; `prepare_to_serve` brings the database up to date."""
        self.config = config
        self.store = Database(config.database_url)
        self.clock = SystemClock(self._scales)
        self.access = Access(self.store, lambda: self.clock.now(""))
        self.listen = Listen(self.store, self.clock, understands)
        self.sources = Sources(self.store, self.clock, self.listen)
        self.warn = Warn(self.store, self.clock, self.listen)

    def begin_demo(self, person: str) -> Workspace:
        """A workspace marked DEMO with its watch and its public, shortly before the fire."""
        now = self.clock.now("")
        script = demo_script()
        start = first_day(script, now - DEMO_BEFORE)
        scale = Scale(outbreak(script, start) - DEMO_EARLY, now, DEMO_FACTOR)
        place = self.access.begin_workspace(person, "Veyra 维芮", "demo", scale)
        self.clock.refresh()
        text = (files("fenghuo.data") / "demo" / "watch.toml").read_text("utf8")
        watch = msgspec.convert(tomllib.loads(text), Watch)
        watch = msgspec.structs.replace(watch, events=known_events(script, start))
        self.listen.watch(place.id, watch, since=start)
        options = {"start": start.isoformat(), "seed": "7"}
        self.sources.save(Source(f"demo-{place.id}", place.id, "simulated", "DEMO", options))
        return place

    def reads(self, source: Source) -> Reads:
        """The reader of a source."""
        if source.platform == "simulated":
            start = datetime.fromisoformat(source.options["start"])
            rng = np.random.default_rng(int(source.options["seed"]))
            posts = story(demo_script(), start, rng)
            return Simulated(posts, lambda: self.clock.now(source.workspace))
        raise BadInput("intake.no_source")

    def _scales(self) -> dict[str, Scale]:
        with self.store.reading() as tx:
            places = tx.access.workspaces()
        return {place.id: place.scale for place in places if place.scale}

    def change_mark(self, workspace: str, watch: str) -> str:
        """Changes when a fact of the watch has come."""
        return str(self.warn.heads(workspace).get(watch, 0))

    def usual(self, state: State, start: int, end: int) -> tuple[float, float] | None:
        """The usual range of posts of a watch between two times (ms), or None when unknown."""
        return usual_volume(state, start, end)

    def tick(self) -> int:
        """Move time in the logs of every workspace."""
        by_workspace: dict[str, list[str]] = {}
        for watch in self.listen.watches():
            by_workspace.setdefault(watch.workspace, []).append(watch.id)
        for workspace, watches in by_workspace.items():
            self.listen.tick(workspace, watches)
        return len(by_workspace)


class Ready(msgspec.Struct, frozen=True):
    """Where the product is; `owner_url` while nobody owns it."""

    url: str
    owner_url: str


def prepare_to_serve() -> Ready:
    """Bring the database up to date, after a copy of it, and make the first owner's link."""
    config = load(os.environ)
    config.var.mkdir(parents=True, exist_ok=True)
    _check_port(config)
    backup_before(config.database_url)
    migrate(config.database_url)
    url = config.public_url or f"http://{config.host}:{config.port}"
    secret = App(config).access.first_owner_secret()
    return Ready(url, f"{url}/first-owner/{secret}" if secret else "")


def supervise(commands: Mapping[str, Sequence[str]]) -> None:
    """Keep the parts running until asked to stop."""
    Supervisor(commands).run()


def run_engine() -> None:
    """The engine: understanding, advance and ticks, until asked to stop."""
    app = App(load(os.environ))
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # One row a minute a watch while anything is open; the hour itself is closed by `advance`.
    steps = [
        Step("advance", app.warn.advance_some),
        Step("understand", app.listen.understand_some),
        Step("tick", app.tick, TICK_S),
    ]
    work(steps, stop)


def run_readers() -> None:
    """The readers: every source, until asked to stop."""
    app = App(load(os.environ))
    known: dict[str, tuple[Source, Reads]] = {}

    def sources() -> dict[str, Reads]:
        for source in app.sources.active():
            held = known.get(source.id)
            if held is None or held[0] != source:
                known[source.id] = (source, app.reads(source))
        return {source.id: known[source.id][1] for source in app.sources.active()}

    def bring(name: str, batch: Batch) -> None:
        next_at = millis(batch.next_at) if batch.next_at else 0
        app.sources.bring(known[name][0], batch.posts, batch.cursor, next_at)

    def failed(name: str, error: FenghuoError) -> None:
        app.sources.failed(known[name][0], error)

    duties = Duties(sources, app.sources.cursor, bring, failed, lambda: app.clock.now(""))

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await read_all(duties, stop)

    asyncio.run(until_stopped())


@cache
def demo_script() -> Script:
    """The shipped story of the demo."""
    folder = files("fenghuo.data") / "demo"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    return script_of(*((folder / n).read_bytes() for n in names if n != "watch.toml"))


def new_app() -> App:
    """The product by the environment's configuration."""
    return App(load(os.environ))


def read_posts(files: Sequence[Path]) -> Iterator[tuple[str, int, Post | FenghuoError]]:
    """Posts of files in turn, each with its file and line; a bad one comes as its error."""
    now = datetime.now(UTC)  # noqa: TID251 - a replay has no workspace and so no clock
    for file in files:
        for number, line in read_lines(file):
            yield str(file), number, _post(line, now)


def new_replay(watches: Mapping[str, Watch], sets: Mapping[str, str]) -> Replay:
    """A replay of these watches with detectors tuned by `sets`."""
    tuning = _tuning(sets)
    queries = {name: parse(watch.query, use="watch") for name, watch in watches.items()}
    settings = {name: Settings(_expected(watch), tuning) for name, watch in watches.items()}
    return Replay(settings, Matcher(queries), understands())


def explain_query(
    text: str, posts: Sequence[Post], lists: Mapping[str, Sequence[str]], use: Use
) -> Explanation:
    """How a query reads, and its verdict on sample posts."""
    return explain(parse(text, lists=lists, use=use), posts)


def _post(line: bytes | BadInput, now: datetime) -> Post | FenghuoError:
    if isinstance(line, BadInput):
        return line
    try:
        return check(decode(line), now).post
    except BadInput as error:
        return error


def _expected(watch: Watch) -> tuple[Expected, ...]:
    return tuple(Expected(e.name, millis(e.start), millis(e.end)) for e in watch.events)


def _tuning(sets: Mapping[str, str]) -> Tuning:
    known = Tuning.__struct_fields__
    for key in sets:
        if key not in known:
            raise BadInput("replay.set_unknown", key=key, known=", ".join(known))
    try:
        return msgspec.convert(sets, Tuning, strict=False)
    except msgspec.ValidationError as error:
        key, value = next(iter(sets.items()))
        raise BadInput("replay.set_wrong", key=key, value=value, detail=str(error)) from error


def _check_port(config: Config) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise UserMove("serve.port_taken", str(error), port=config.port) from error
