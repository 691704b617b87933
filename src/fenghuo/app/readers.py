"""Which reader belongs to which platform."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files

import numpy as np

from fenghuo.domain.errors import BadInput
from fenghuo.domain.source import Source
from fenghuo.platforms.simulated import Simulated
from fenghuo.ports.reads import Reads
from fenghuo.prepare import Script, script_of, story


def reader_of(source: Source, now: Callable[[], datetime]) -> Reads:
    """The reader of a source; `now` is the time of its workspace."""
    if source.platform == "simulated":
        start = datetime.fromisoformat(source.options["start"])
        rng = np.random.default_rng(int(source.options["seed"]))
        return Simulated(story(demo_script(), start, rng), now)
    raise BadInput("intake.no_source")


@cache
def demo_script() -> Script:
    """The shipped story of the demo."""
    folder = files("fenghuo.data") / "demo"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    return script_of(*((folder / n).read_bytes() for n in names if n != "watch.toml"))
