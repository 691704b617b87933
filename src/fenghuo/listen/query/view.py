"""One post as the tree looks at it: segments, links and names, each made when first asked for."""

from functools import cached_property

import msgspec

from fenghuo.domain.post import Post
from fenghuo.domain.understanding import CrisisType, CueName, Sentiment
from fenghuo.listen.query.fold import fold
from fenghuo.listen.query.links import host_of, links_in
from fenghuo.listen.query.units import Segment, segment


class Understood(msgspec.Struct, frozen=True):
    """What understanding says of a post; None where it has not come yet."""

    sentiment: Sentiment | None = None
    crisis: CrisisType | None = None
    cues: frozenset[CueName] = frozenset()


class View:
    """A post and what is known about it."""

    def __init__(self, post: Post, facts: Understood | None = None) -> None:
        """`facts` None: not understood yet, then `sentiment:` and its like do not hold."""
        self.post = post
        self.facts = facts or Understood()

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """Title and text, cut into units; nothing stands near or beside across them."""
        text = segment(self.post.text)
        return (segment(self.post.title, "title"), text) if self.post.title else (text,)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Links of the post and those written in its words, in small letters."""
        return tuple(link.lower() for link in (*self.post.links, *links_in(self.post.words)))

    @cached_property
    def host(self) -> str:
        """The host of the post's own address."""
        return host_of(self.post.url)

    @cached_property
    def author(self) -> frozenset[str]:
        """Name and id of the author, folded."""
        return author_names(self.post)


def author_names(post: Post) -> frozenset[str]:
    """Name and id of the author, folded, without "@"."""
    return frozenset(
        fold(name).strip().removeprefix("@") for name in (post.author.name, post.author.id) if name
    )


def hosts_above(host: str) -> list[str]:
    """The host and every host it is under: news.bbc.co.uk, bbc.co.uk, co.uk, uk."""
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))] if host else []
