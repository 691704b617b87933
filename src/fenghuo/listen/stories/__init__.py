"""Posts about the same thing, across languages, online. Pure."""

from fenghuo.listen.stories.cluster import EVERYDAY, Stories, Story, middle, unshow

__all__ = ["EVERYDAY", "Stories", "Story", "middle", "unshow"]
