"""Made-up posts with a chosen likeness: unit vectors in int8, and meanings with a chosen harm."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from warn.rows import HOUR, MINUTE, T0

from fenghuo.domain.log import Heard, Meaning
from fenghuo.domain.understanding import CRISIS_TYPES, CueName
from fenghuo.listen import Stories

__all__ = ["HOUR", "MINUTE", "T0", "Teller", "about"]


def axis(name: str) -> NDArray[np.float64]:
    """A direction for a name; different names are nearly at right angles."""
    raw = np.random.default_rng(list(name.encode())).normal(size=512)
    unit: NDArray[np.float64] = raw / np.linalg.norm(raw)
    return unit


def about(things: Mapping[str, float]) -> bytes:
    """A vector that is about these things, each as much as said."""
    mixed = np.sum([share * axis(name) for name, share in things.items()], axis=0)
    unit: bytes = np.rint(mixed / np.linalg.norm(mixed) * 127).astype(np.int8).tobytes()
    return unit


class Teller:
    """Tells posts to the stories of one watch."""

    def __init__(self, stories: Stories | None = None) -> None:
        self.stories = stories or Stories([], 1)
        self.number = 0

    def tell(
        self,
        at: int,
        things: Mapping[str, float],
        *,
        kind: str = "none",
        p: float = 0.9,
        cues: Sequence[CueName] = (),
        lang: str = "en",
    ) -> str:
        """One post; answers its story."""
        self.number += 1
        crisis = tuple(p if name == kind else (1 - p) / 6 for name in CRISIS_TYPES)
        # What only this post says: no two are quite alike.
        vector = about({**things, f"post {self.number}": 0.4})
        meaning = Meaning(lang, 0.5, 0.1, crisis, tuple((cue, 0.9) for cue in cues), vector)
        return self.stories.join(Heard(f"m{self.number}", at), meaning).id
