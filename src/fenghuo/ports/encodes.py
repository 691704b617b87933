"""A sentence encoder."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encodes(Protocol):
    """Turns texts into unit vectors; the same batch gives the same bytes."""

    @property
    def name(self) -> str:
        """Name and version; stored with every vector."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 of shape [len(texts), dimensions], each row of unit length."""
        ...
