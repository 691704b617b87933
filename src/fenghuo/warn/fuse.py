"""From the findings of the detectors to one level."""

from collections.abc import Iterable

from fenghuo.domain.fact import Finding
from fenghuo.domain.level import Level, higher

ORANGE_SURPRISE, ORANGE_SEEN = 10.0, 30
RED_SURPRISE, RED_SEEN = 20.0, 100


def level_of(findings: Iterable[Finding]) -> Level:
    """The level that these findings call for together.

    A source that fell silent is yellow: a person must see to it.

    A grave post is orange whatever the count, red when negative posts pour in besides. Negative
    posts alone rise from yellow to red by how surprising and how many they are. More posts, or a
    worse tone alone, are blue: something to watch.
    """
    level: Level = "calm"
    grave = pouring = False
    for found in findings:
        if found.kind == "grave":
            grave = True
        elif found.kind == "negative":
            level = higher(level, _pour(found))
            pouring = pouring or found.surprise >= ORANGE_SURPRISE
        elif found.kind == "silent":
            level = higher(level, "yellow")
        else:
            level = higher(level, "blue")
    if grave:
        level = higher(level, "red" if pouring else "orange")
    return level


def _pour(found: Finding) -> Level:
    if found.surprise >= RED_SURPRISE and found.seen >= RED_SEEN:
        return "red"
    if found.surprise >= ORANGE_SURPRISE and found.seen >= ORANGE_SEEN:
        return "orange"
    return "yellow"
