"""A post with nothing but words, and an encoder that notes its calls."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from fenghuo.domain.post import Post


class Counted:
    """An encoder that notes what it was asked for; each vector is the first axis."""

    name = "counted/1"
    dimensions = 512

    def __init__(self) -> None:
        """Nothing asked yet."""
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The first axis for each text."""
        self.asked.append(list(texts))
        vectors = np.zeros((len(texts), 512), np.float32)
        vectors[:, 0] = 1.0
        return vectors


def post(text: str, *, title: str = "", lang: str = "") -> Post:
    """A post with nothing but words."""
    at = datetime(2020, 1, 1, tzinfo=UTC)
    return Post(platform="x", id="1", time=at, text=text, title=title, lang=lang)
