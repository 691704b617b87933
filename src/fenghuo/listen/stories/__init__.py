"""Posts about the same thing, across languages, online. Pure."""

from fenghuo.listen.stories.cluster import NEAR, Stories, Story, middle

__all__ = ["NEAR", "Stories", "Story", "middle"]
