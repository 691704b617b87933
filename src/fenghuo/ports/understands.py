"""Understanding of posts: batch in, batch out."""

from collections.abc import Sequence
from typing import Protocol

from fenghuo.domain.post import Post
from fenghuo.domain.understanding import Understanding


class Understands(Protocol):
    """Judges language, sentiment, crisis type and grave cues of each post."""

    @property
    def name(self) -> str:
        """Name and version of the model; stored with every understanding."""
        ...

    def alarming(self, post: Post) -> bool:
        """A quick look, many times as fast as understanding: are there words of grave harm?

        It only says what to understand first; it may be wrong either way.
        """
        ...

    def understand(self, posts: Sequence[Post]) -> list[Understanding]:
        """One understanding a post, in the same order; each text is encoded on its own."""
        ...
