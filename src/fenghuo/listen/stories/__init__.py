"""Posts about the same thing, across languages, online. Pure."""

from fenghuo.listen.stories.cluster import EVERYDAY, Stories, Story, middle

__all__ = ["EVERYDAY", "Stories", "Story", "middle"]
