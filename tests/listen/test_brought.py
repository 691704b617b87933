"""What a source brought in a day, and how much of it matched nothing, by our own clock."""

from datetime import timedelta

from listen.places import Place, post
from msgspec.structs import replace

from fenghuo.domain.post import Post
from fenghuo.domain.source import Source
from fenghuo.listen import Sources
from fenghuo.ports.reads import Batch
from fenghuo.storage import Database

HOUR = timedelta(hours=1)


def other(number: int) -> Post:
    return replace(post(number), text=f"something else {number}")


def test_what_came_in_the_last_day_is_told_by_source_whenever_it_was_written(
    database: Database,
) -> None:
    place = Place(database)
    sources = Sources(database, place.clock, place.listen)
    feed, quiet = (Source(name, place.name, "feeds", name, {}) for name in ("feed", "quiet"))
    for source in (feed, quiet):
        sources.save(source, "li")
    sources.bring(feed, Batch([post(1), other(2), other(3)], "c1"))
    old = replace(other(4), time=place.clock.at - timedelta(days=300))
    sources.bring(feed, Batch([old, post(1)], "c2"))
    assert sources.brought(place.name) == {"feed": (5, 3)}
    place.clock.at += 26 * HOUR
    assert sources.brought(place.name) == {}
    sources.bring(feed, Batch([post(5)], "c3"))
    sources.pushed(quiet, [b'{"broken'])
    assert sources.brought(place.name) == {"feed": (1, 0)}
    assert sources.brought("elsewhere") == {}
