"""From an understanding to what the log keeps of it, and from a post to its source line."""

from fenghuo.domain.log import Heard, Meaning
from fenghuo.domain.post import Post, millis
from fenghuo.domain.understanding import CRISIS_TYPES, Understanding

OLD_MS = 7 * 24 * 3_600_000
"""A post written so long before we hear of it is old. Smaller: a grave review that a shop shows
a few days late wakes nobody. Bigger: an imported archive wakes everybody."""


def meaning_of(understanding: Understanding) -> Meaning:
    """Numbers only; no words of the post go into the log."""
    return Meaning(
        understanding.lang,
        understanding.negative,
        understanding.sentiment["positive"],
        tuple(understanding.crisis_type[name] for name in CRISIS_TYPES),
        tuple((cue.cue, cue.p) for cue in understanding.grave),
        understanding.vector,
    )


def source_of(post: Post, mention: str, copy_of: str, received: int) -> Heard:
    """A post from the future counts at its receipt."""
    return Heard(
        mention,
        min(millis(post.time), received),
        copy_of,
        post.platform,
        post.kind,
        post.country,
        post.author.id or post.author.name,
        post.author.followers,
        post.rating,
        received - millis(post.time) > OLD_MS,
    )
