"""Which reader belongs to which platform, with its secrets opened and its way out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Protocol, cast

import msgspec
import numpy as np

from fenghuo import platforms
from fenghuo.config import Config
from fenghuo.domain.errors import BadInput, UserMove
from fenghuo.domain.source import Source
from fenghuo.platforms.simulated import Simulated
from fenghuo.ports.http import Web
from fenghuo.ports.reads import Option, Reads, Spec
from fenghuo.ports.seals import Seals
from fenghuo.prepare import Script, script_of, story
from fenghuo.security.egress import Egress

PROXY = Option(
    "proxy",
    "secret",
    "代理（可选）",
    "Proxy (optional)",
    help_zh="这台机器连不到时填写：http://主机:端口 或 socks5://主机:端口。只用于这个来源。",
    help_en="Where this machine cannot reach it: http://host:port or socks5://host:port. "
    "Used for this source only.",
)


class Platform(Protocol):
    """What a file of `platforms` offers when people can set it up."""

    SPEC: Spec

    def open_reader(self, options: Mapping[str, str], web: Web) -> Reads:
        """A reader of these options; BadInput when they cannot work."""
        ...


@cache
def known_platforms() -> dict[str, Platform]:
    """Every platform that people can set up, by name."""
    names = [f"{platforms.__name__}.{found.name}" for found in iter_modules(platforms.__path__)]
    found = [module for module in map(import_module, names) if hasattr(module, "SPEC")]
    return {module.SPEC.platform: cast(Platform, module) for module in found}


class Readers:
    """Opens readers; knows what each platform asks for."""

    def __init__(
        self, config: Config, seals: Callable[[], Seals], now: Callable[[str], datetime]
    ) -> None:
        """`seals` is asked for when a secret is first met; `now` by workspace."""
        self._config = config
        self._seals = seals
        self._now = now
        self._ways: dict[str, Egress] = {}

    def specs(self) -> list[Spec]:
        """What can be set up, each with its typed options; a proxy is one of them."""
        found = [platform.SPEC for platform in known_platforms().values()]
        return [msgspec.structs.replace(s, options=(*s.options, PROXY)) for s in found]

    def open(self, source: Source) -> Reads:
        """The reader of a source; BadInput when its options cannot work."""
        if source.platform == "simulated":
            start = datetime.fromisoformat(source.options["start"])
            rng = np.random.default_rng(int(source.options["seed"]))
            return Simulated(story(demo_script(), start, rng), lambda: self._now(source.workspace))
        platform = known_platforms().get(source.platform)
        if platform is None:
            raise BadInput("intake.no_source")
        options = self.options(source)
        options.pop(PROXY.name, "")
        return platform.open_reader(options, self.way(source))

    def way(self, source: Source) -> Egress:
        """How a source goes out: by its own proxy where it has one."""
        return self._way(self.options(source).get(PROXY.name, ""))

    def options(self, source: Source) -> dict[str, str]:
        """The options of a source, secrets opened."""
        secret = self._secrets(source.platform)
        return {
            name: self._seals().open(value) if name in secret and value else value
            for name, value in source.options.items()
        }

    def gist(self, source: Source) -> tuple[str, ...]:
        """What a source reads, apart from keys and proxy: two of one gist read the same."""
        known = known_platforms().get(source.platform)
        options = [o for o in known.SPEC.options if o.kind != "secret"] if known else []
        values = [source.options.get(o.name, "").strip() or o.default for o in options]
        return (source.platform, *values)

    def sealed(self, source: Source, before: Source | None = None) -> Source:
        """A source as people typed it, secrets sealed; BadInput when it cannot work.

        What it says as `before` did stays as it is kept there: a seal differs each time, and
        would pass for a change of the secret, as would a default that is now spelt out.
        """
        secret = self._secrets(source.platform)
        same = self._unchanged(source, before) if before else {}
        unsaid = self._unsaid(source, before) if before else set()
        options = {
            name: self._seals().seal(value) if name in secret and value else value
            for name, value in source.options.items()
            if name not in unsaid
        }
        ready = msgspec.structs.replace(source, options={**options, **same})
        self.open(ready)
        return ready

    def _unchanged(self, source: Source, before: Source) -> dict[str, str]:
        """The options as `before` keeps them whose value is still the same."""
        held = before.options if before.platform == source.platform else {}
        return {
            name: held[name]
            for name, value in source.options.items()
            if name in held and self._opened(before, name) == value
        }

    @staticmethod
    def _unsaid(source: Source, before: Source) -> set[str]:
        """The options of which `before` said nothing, and that are now as if nothing were said."""
        known = known_platforms().get(source.platform)
        defaults = {o.name: o.default for o in known.SPEC.options} if known else {}
        return {
            name
            for name, value in source.options.items()
            if name not in before.options and value and value == defaults.get(name)
        }

    def _opened(self, source: Source, name: str) -> str | None:
        """An option, opened; None where its seal is of a key that is gone."""
        value = source.options[name]
        if not value or name not in self._secrets(source.platform):
            return value
        try:
            return self._seals().open(value)
        except UserMove:
            return None

    def bare(self, source: Source) -> tuple[Source, tuple[str, ...]]:
        """A source whose secrets are empty, and their names; for what leaves this machine.

        Of a platform that is no longer known nobody can say what is secret: all is emptied.
        """
        known = source.platform == "simulated" or source.platform in known_platforms()
        secret = self._secrets(source.platform) if known else set(source.options)
        options = {name: "" if name in secret else text for name, text in source.options.items()}
        left_out = tuple(name for name in source.options if name in secret)
        return msgspec.structs.replace(source, options=options), left_out

    def _secrets(self, platform: str) -> set[str]:
        found = known_platforms().get(platform)
        options = (*found.SPEC.options, PROXY) if found else ()
        return {option.name for option in options if option.kind == "secret"}

    def _way(self, proxy: str) -> Egress:
        proxy = proxy or self._config.proxy
        if proxy not in self._ways:
            self._ways[proxy] = Egress(
                lambda: self._now(""), allow_private=self._config.private, proxy=proxy
            )
        return self._ways[proxy]


@cache
def demo_script() -> Script:
    """The shipped story of the demo."""
    folder = files("fenghuo.data") / "demo"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    return script_of(*((folder / n).read_bytes() for n in names if n != "watch.toml"))
