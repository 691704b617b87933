"""FAKE: what the listening room needs around it: a clock that stands, a model nobody asks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fenghuo.domain.post import Post
from fenghuo.domain.understanding import Understanding

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Still:
    """FAKE clock: stands still."""

    def now(self, workspace: str) -> datetime:
        return NOW


class Unasked:
    """FAKE model: nobody asks it here."""

    name = "unasked"

    def alarming(self, post: Post) -> bool:
        raise AssertionError(post)

    def understand(self, posts: Sequence[Post]) -> list[Understanding]:
        raise AssertionError(posts)
