"""A platform that exists in a demo or drill only: its posts are written before they are posted."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

from fenghuo.domain.post import Post
from fenghuo.ports.reads import Batch, Health, Spec

AT_ONCE = 256
LOOK = timedelta(seconds=1)
"""How often the public is looked at; in scaled time that is minutes."""


class Simulated:
    """Implements Reads: gives each post once the workspace's own time has come to it."""

    def __init__(self, posts: Sequence[Post], now: Callable[[], datetime]) -> None:
        """`posts` in order of time; `now` is the workspace's time."""
        self._posts = posts
        self._now = now

    def spec(self) -> Spec:
        """A simulated public asks for nothing."""
        return Spec("simulated", "模拟的公众", "Simulated public", ())

    async def check(self) -> Health:
        """Always there."""
        return Health(True)

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        """What was posted since; the cursor is the number of posts given."""
        place = int(cursor or 0)
        come = self._now()
        while place < len(self._posts) and self._posts[place].time <= come:
            end = min(place + AT_ONCE, len(self._posts))
            batch = [post for post in self._posts[place:end] if post.time <= come]
            place += len(batch)
            yield Batch(batch, str(place), now + LOOK)
        if place == int(cursor or 0):
            yield Batch((), str(place), now + LOOK)
