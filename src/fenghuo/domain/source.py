"""A configured reader, and how it has been doing."""

from collections.abc import Mapping, Sequence

import msgspec

from fenghuo.domain.errors import Move

HOUR_MS = 3_600_000
QUIET_AT_LEAST_MS = 6 * HOUR_MS
QUIET_GAPS = 12.0
"""A source is quiet after so many of its usual gaps without a post. Fewer: every night is an
alarm. More: a dead source is noticed late."""
GAP_WEIGHT = 0.1
SAID = 5
TROUBLED_MS: Mapping[Move, int] = {"user": 5 * 60_000, "nobody": 5 * 60_000, "ours": 30 * 60_000}
"""Failing for so long is an alert, by whose move it is; what waits for its time is none. Sooner:
every short trouble of a network rings. Later: we are deaf without knowing."""


class Source(msgspec.Struct, frozen=True):
    """One configured reader. `options` as its Spec asks; secret ones are sealed."""

    id: str
    workspace: str
    platform: str
    title: str
    options: Mapping[str, str]
    active: bool = True


class Said(msgspec.Struct, frozen=True):
    """Something to tell about a source that stops nothing: a message key with its values.

    `at` in milliseconds UTC.
    """

    key: str
    values: Mapping[str, str | int | float] = {}
    at: int = 0


class Health(msgspec.Struct, frozen=True):
    """How a source has been doing; times in milliseconds UTC, 0 for never.

    `error` is a message key with `values`, empty while all is well; `move` says whose it is.
    `usual_gap` is the faded mean of the time between posts. `told` is the watch in whose alert
    the trouble stands, "" while there is none.
    """

    last_read: int = 0
    last_post: int = 0
    posts: int = 0
    usual_gap: float = 0.0
    error: str = ""
    values: Mapping[str, str | int | float] = {}
    move: str = ""
    failing_since: int = 0
    next_at: int = 0
    told: str = ""
    said: tuple[Said, ...] = ()


def read_well(
    health: Health, at: int, posts: int, next_at: int, said: Sequence[Said] = ()
) -> Health:
    """The health after a good read that brought `posts` posts and had something to say."""
    gap, last = health.usual_gap, health.last_post
    if posts and last:
        each = (at - last) / posts
        gap = each if not gap else gap + GAP_WEIGHT * (each - gap)
    return Health(
        last_read=at,
        last_post=at if posts else last,
        posts=health.posts + posts,
        usual_gap=gap,
        next_at=next_at,
        told=health.told,
        said=_latest(health.said, said, at),
    )


def _latest(before: Sequence[Said], said: Sequence[Said], at: int) -> tuple[Said, ...]:
    """What was said in the last day, the newest first, each only once."""
    new = [msgspec.structs.replace(one, at=at) for one in said]
    recent = [one for one in before if at - one.at < 24 * HOUR_MS]
    once = {(one.key, tuple(one.values.items())): one for one in (*recent, *new)}
    return tuple(sorted(once.values(), key=lambda one: -one.at)[:SAID])


def failed(
    health: Health, at: int, error: str, values: Mapping[str, str | int | float], move: str
) -> Health:
    """The health after a failed read."""
    return msgspec.structs.replace(
        health, error=error, values=values, move=move, failing_since=health.failing_since or at
    )


def troubled(health: Health, now: int) -> bool:
    """Whether somebody must know that nothing is heard here: it fails for long, or is quiet."""
    patience = TROUBLED_MS.get(msgspec.convert(health.move or "time", Move))
    failing = bool(health.error) and patience is not None
    return (failing and now - health.failing_since >= (patience or 0)) or quiet(health, now)


def quiet(health: Health, now: int) -> bool:
    """Whether a source that used to bring posts has brought none for suspiciously long."""
    if not health.last_post or not health.usual_gap:
        return False
    return now - health.last_post > max(QUIET_AT_LEAST_MS, QUIET_GAPS * health.usual_gap)
