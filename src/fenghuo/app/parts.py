"""The parts that `serve` starts, each a process: web, engine, readers; and their supervisor."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import msgspec

from fenghuo.app.demo import show_demo
from fenghuo.app.ground import address, lay_ground
from fenghuo.app.product import SEAL, App
from fenghuo.app.pulse import BEAT_S
from fenghuo.config import Config, load
from fenghuo.domain.errors import FenghuoError, UserMove
from fenghuo.domain.source import Source
from fenghuo.engines.apart import Apart
from fenghuo.engines.embedded import Step, work
from fenghuo.engines.readers import Duties, read_all
from fenghuo.engines.supervisor import Supervisor
from fenghuo.ports.reads import Batch, Reads
from fenghuo.security.sealing import Sealer

TICK_S = 60.0
FORGET_S = 20.0
"""How often a few old words go. Longer: a big archive takes weeks to be forgotten."""
TELL_S = 1.0
"""How often is looked whether somebody has to be told. Longer: people are told later."""


class Ready(msgspec.Struct, frozen=True):
    """Where the product is; `owner_url` while nobody owns it.

    `copy` is that of the database before it was changed; `demo` names the demo's workspace, or
    says "new" while the link leads to it.
    """

    url: str
    owner_url: str
    copy: str = ""
    demo: str = ""


def prepare_to_serve() -> Ready:
    """Bring the database up to date, after a copy of it, and make the first owner's link."""
    config = load(os.environ)
    _check_port(config)
    copy = lay_ground(config)
    url = address(config)
    app = App(config)
    secret = app.access.first_owner_secret()
    app.close()
    # Made before the parts start, which would otherwise make one each.
    Sealer(config.var / SEAL)
    owner_url = f"{url}/first-owner/{secret}" if secret else ""
    return Ready(url, owner_url, str(copy) if copy else "")


def prepare_demo() -> Ready:
    """As `prepare_to_serve`, and begin the demo, or make the owner's link lead to it."""
    ready = prepare_to_serve()
    if ready.owner_url:
        return msgspec.structs.replace(ready, owner_url=f"{ready.owner_url}?then=demo", demo="new")
    app = App(load(os.environ))
    place = show_demo(app)
    app.close()
    return msgspec.structs.replace(ready, demo=place.name if place else "")


def supervise(commands: Mapping[str, Sequence[str]]) -> None:
    """Keep the parts running until asked to stop."""
    Supervisor(commands).run()


def run_engine() -> None:
    """The engine: understanding, advance, ticks, and telling people, until asked to stop."""
    app = App(load(os.environ))
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    apart, apart_telling = Apart(), Apart()
    steps = [
        Step("advance", partial(app.warn.advance_some, apart)),
        Step("understand", app.listen.understand_some),
        Step("tick", partial(app.warn.tick_some, apart), TICK_S),
        Step("look", app.sources.look, TICK_S),
        Step("forget", app.forgetting.forget_some, FORGET_S),
        Step("beat", lambda: app.pulse.beat("engine", apart.failing()), BEAT_S),
    ]
    # In a thread of its own: a mail server that takes its time must not hold up the counting.
    telling_steps = [
        Step("tell", partial(app.telling.call_due, apart_telling), TELL_S),
        Step("beat", lambda: app.pulse.beat("telling", apart_telling.failing()), BEAT_S),
    ]
    with ThreadPoolExecutor(1, "telling") as pool:
        telling = pool.submit(work, telling_steps, stop, apart_telling)
        telling.add_done_callback(lambda _: stop.set())
        try:
            work(steps, stop, apart)
        finally:
            stop.set()
        telling.result()
    app.close()


def run_readers() -> None:
    """The readers: every source, until asked to stop."""
    app = App(load(os.environ))
    known: dict[str, tuple[Source, Reads]] = {}

    def sources() -> dict[str, Reads]:
        active = app.sources.active()
        for source in active:
            if source.id not in known or known[source.id][0] != source:
                try:
                    known[source.id] = (source, app.reads(source))
                except FenghuoError as error:
                    # One that was imported without its key, say; the others are read.
                    app.sources.failed(source, error)
        return {s.id: known[s.id][1] for s in active if s.id in known and known[s.id][0] == s}

    def bring(name: str, batch: Batch) -> None:
        app.sources.bring(known[name][0], batch)

    def failed(name: str, error: FenghuoError) -> None:
        app.sources.failed(known[name][0], error)

    alive = partial(Apart(), "beat", partial(app.pulse.beat, "readers"))
    duties = Duties(sources, app.sources.cursor, bring, failed, lambda: app.clock.now(""), alive)

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await read_all(duties, stop)

    asyncio.run(until_stopped())


def new_app() -> App:
    """The product by the environment's configuration."""
    return App(load(os.environ))


def _check_port(config: Config) -> None:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except (OSError, OverflowError) as error:
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise UserMove("serve.port_taken", str(error), port=config.port) from error
            where = f"{config.host}:{config.port}"
            raise UserMove("serve.cannot_listen", str(error), where=where) from error
