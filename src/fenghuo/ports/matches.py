"""Which watches does a post hit?"""

from typing import Protocol

from fenghuo.domain.post import Post


class Matches(Protocol):
    """All queries at once."""

    def match(self, post: Post) -> tuple[str, ...]:
        """Ids of the watches that this post hits."""
        ...
