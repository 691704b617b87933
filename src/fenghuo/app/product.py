"""The product: the faces of the rooms over one database."""

import asyncio
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property, partial
from importlib.resources import files
from secrets import token_urlsafe
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from fenghuo.app.models import understands
from fenghuo.app.preview import Sampled, sample
from fenghuo.app.pulse import Pulse
from fenghuo.app.readers import PROXY, Readers, demo_script, known_platforms
from fenghuo.app.shipped import known_recipes
from fenghuo.app.telling import owners, switchboard
from fenghuo.app.translating import Translating, translator_of
from fenghuo.config import Config
from fenghuo.domain.fact import Fact
from fenghuo.domain.people import Role, Scale, Workspace
from fenghuo.domain.source import Source
from fenghuo.domain.watch import Watch
from fenghuo.engines.clock import SystemClock
from fenghuo.i18n import Language
from fenghuo.listen import (
    Erasing,
    Exclusion,
    Forgetting,
    Listen,
    Lists,
    Looks,
    Matcher,
    Recipe,
    Sources,
    Spreading,
    Start,
    fill,
    parse,
    starts,
    without_news,
)
from fenghuo.platforms import webhook
from fenghuo.ports.change_store import Change
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.ports.reads import Reads
from fenghuo.prepare import Prepare, Surroundings, first_day, known_events, outbreak
from fenghuo.security.access import Access
from fenghuo.security.guests import Guests
from fenghuo.security.sealing import Sealer
from fenghuo.storage import Database
from fenghuo.warn import State, Telling, Warn, against, reason, subject, usual_volume

SEAL = "seal.key"
"""The file under `var` whose key seals secrets."""
DEMO_BEFORE = timedelta(days=16)
"""The demo's first quiet day lies so far back that its fire breaks out about now."""
DEMO_EARLY = timedelta(minutes=20)
DEMO_FACTOR = 60.0
"""An hour of the demo takes a minute: the fire breaks out after 20 s, the peak comes in 6 min."""


class App:
    """The faces of the rooms over one database."""

    def __init__(self, config: Config) -> None:
        """Connects when first used; `prepare_to_serve` brings the database up to date."""
        self.config = config
        self.store = Database(config.database_url)
        self.clock = SystemClock(self._scales)
        self.access = Access(self.store, lambda: self.clock.now(""))
        self.guests = Guests(self.store, self.clock)
        self.listen = Listen(self.store, self.clock, understands)
        self.lists = Lists(self.store, self.clock)
        self.sources = Sources(self.store, self.clock, self.listen)
        self.warn = Warn(self.store, self.clock, self.listen)
        self.exclusion = Exclusion(self.store, self.clock)
        self.spreading = Spreading(self.store)
        self.erasing = Erasing(self.store, self.clock)
        looks = Looks(self.warn.evidence, self.warn.middles)
        self.forgetting = Forgetting(self.store, self.clock, looks)
        self.pulse = Pulse(self.store, lambda: self.clock.now(""))
        self.readers = Readers(config, lambda: self.seals, self.clock.now)
        self.switchboard = switchboard(config, lambda: self.clock.now(""))

    @cached_property
    def prepare(self) -> Prepare:
        """Duty list, channels, wake tests."""
        return Prepare(
            Surroundings(
                self.store,
                self.clock,
                self.switchboard,
                self.seals,
                partial(owners, self.access),
                self.access.names,
                token_urlsafe,
                self.config.public_url,
            )
        )

    @cached_property
    def telling(self) -> Telling:
        """Sees to it that somebody knows of an alert."""
        face = self.prepare
        public_url = self.config.public_url
        return Telling(self.store, self.clock, self.listen, face, token_urlsafe, public_url)

    def close(self) -> None:
        """End the loop that sends, and the connections."""
        self.switchboard.close()
        self.store.close()

    @cached_property
    def translating(self) -> Translating:
        """Posts in the reader's language."""
        return Translating(self.store, translator_of(self.config, lambda: self.clock.now("")))

    @cached_property
    def seals(self) -> Sealer:
        """Seals secrets with the key under `var`, which is made when first needed."""
        return Sealer(self.config.var / SEAL)

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
        self.listen.watch(place.id, watch, since=start, who=person)
        options = {"start": start.isoformat(), "seed": "7"}
        public = Source(f"demo-{place.id}", place.id, "simulated", "DEMO", options)
        self.sources.save(public, person)
        return place

    def reads(self, source: Source) -> Reads:
        """The reader of a source."""
        return self.readers.open(source)

    def source_options(self, source: Source) -> dict[str, str]:
        """The options of a source, secrets opened."""
        return self.readers.options(source)

    def save_source(self, source: Source, who: str = "") -> str:
        """Keep a source as people typed it; BadInput when it cannot work.

        Answers the secret that was made for it, "" where one was given or none is needed.
        """
        ready, secret = _with_secret(source)
        self.sources.put(source.workspace, source.id, partial(self.readers.sealed, ready), who)
        return secret

    def change_source(
        self, workspace: str, source: str, typed: Callable[[Source], Source], who: str = ""
    ) -> str:
        """Change a source: `typed` answers it as people typed it from how it stands.

        Nobody else changes it meanwhile. BadInput when it cannot work or is gone; answers as
        `save_source` does.
        """
        secret = ""

        def made(before: Source) -> Source:
            nonlocal secret
            ready, secret = _with_secret(typed(before))
            return self.readers.sealed(ready, before)

        self.sources.change(workspace, source, made, who)
        return secret

    def starts(
        self, workspace: str, watch: Watch, language: Language, proxy: str = ""
    ) -> list[tuple[Start, Source]]:
        """Where a watch can listen at once; what the workspace reads already is left out."""
        with_proxy = {PROXY.name: proxy} if proxy else {}
        have = {self.readers.gist(view.source) for view in self.sources.overview(workspace)}
        offered = [
            (start, Source(uuid4().hex, workspace, start.platform, start.title, {**start.options}))
            for start in starts(watch, known_recipes(), language)
            if start.platform in known_platforms()
        ]
        return [
            (start, replace(source, options={**source.options, **with_proxy}))
            for start, source in offered
            if self.readers.gist(source) not in have
        ]

    @staticmethod
    def without_news(watch: Watch) -> list[str]:
        """The markets of a watch whose news must come from elsewhere."""
        return without_news(watch, known_recipes())

    @staticmethod
    def recipes() -> dict[str, Recipe]:
        """The shipped recipes by name."""
        return known_recipes()

    @staticmethod
    def fill_recipe(recipe: Recipe, values: Mapping[str, str]) -> dict[str, str]:
        """The options of a source by a recipe; BadInput when a blank does not fit."""
        return fill(recipe, values)

    def begin_watch(
        self, workspace: str, watch: Watch, sources: Sequence[Source], who: str
    ) -> StoredWatch:
        """A new watch and the sources to begin with; BadInput before anything is kept."""
        ready = [self.readers.sealed(source) for source in sources]
        made = self.listen.watch(workspace, watch, who=who)
        for source in ready:
            self.sources.save(source, who)
        return made

    async def preview(self, workspace: str, query: str, sources: Sequence[Source]) -> list[Sampled]:
        """What a query would hit of what these sources sent lately; they need not be kept."""
        lists = await asyncio.to_thread(self.lists.terms, workspace)
        matcher = Matcher({"q": parse(query, lists=lists, use="watch")})
        readers = [self.readers.open(self.readers.sealed(source)) for source in sources]
        return await sample(readers, matcher, self.clock.now(""))

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

    def changes(
        self, workspace: str, facts: Sequence[str] = (), *, before: int = 0, limit: int = 50
    ) -> list[Change]:
        """What was changed in a workspace, newest first."""
        with self.store.reading() as tx:
            return tx.changes.latest(workspace, facts, before, limit)

    def change_roles(self, workspace: str, person: str, roles: Sequence[Role], who: str) -> None:
        """New roles for a member; whoever is taken out is told of nothing any more."""
        besides = None if roles else partial(self.prepare.let_go, workspace, person, who)
        self.access.change_roles(workspace, person, roles, besides, who)

    @staticmethod
    def in_words(fact: Fact, language: Language) -> tuple[str, list[str], list[str]]:
        """What an alert is about, its reasons, and what speaks against it, as in a message."""
        reasons = [reason(found, language) for found in fact.reasons]
        doubts = [against(found, language) for found in fact.against]
        return subject(fact, language), reasons, doubts


def _with_secret(source: Source) -> tuple[Source, str]:
    """A source with the signing secret that it needs, and that secret where it had to be made."""
    if source.platform != webhook.SPEC.platform:
        return source, ""
    ready = replace(source, options=webhook.completed(source.options))
    return ready, "" if ready == source else ready.options[webhook.SECRET]
