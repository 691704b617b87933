"""Posts about the same thing, across languages, online. Pure."""

from fenghuo.listen.stories.cluster import NEAR, Stories, Story

__all__ = ["NEAR", "Stories", "Story"]
