"""What sources sent and no watch matched: counted, and a bounded sample kept for previews."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from fenghuo.domain.post import Post, millis
from fenghuo.listen.lists import terms_for
from fenghuo.listen.query import Hit, Matcher, parse
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.store import Transaction

MINUTE_MS = 60_000
OF_EACH_BATCH = 20
"""Posts of a batch that are kept. More: a stream of everything fills the disk for nothing."""
LATELY = 1_000
SHOWN = 3


class WouldHit(msgspec.Struct, frozen=True):
    """Of the posts that a source sent lately: how many were looked at, how many a query hits."""

    posts: int
    hits: int
    shown: Sequence[tuple[Post, Sequence[Hit]]] = ()


def keep_aside(tx: Transaction, source: str, posts: Sequence[Post]) -> None:
    """Count these posts of a source by minute and keep a few of them."""
    minutes = Counter(millis(post.time) // MINUTE_MS * MINUTE_MS for post in posts)
    tx.listen.count_unmatched(source, minutes)
    # For previews their own words are enough.
    kept = [msgspec.structs.replace(post, extra={}) for post in posts[-OF_EACH_BATCH:]]
    tx.listen.keep_sample(source, kept)


def would_hit(
    tx: Transaction, workspace: str, query: str, sources: Sequence[str]
) -> tuple[WouldHit, dict[str, WouldHit]]:
    """What a query hits of what was heard lately, and of the sample kept of each source.

    Raises QueryError when the query cannot be read.
    """
    lists = terms_for(tx, workspace, [query])
    matcher = Matcher({"q": parse(query, lists=lists, use="watch")})
    heard = tx.listen.search(MentionSearch(workspace, limit=LATELY))
    once = {(m.post.platform, m.post.id): m.post for m in heard}
    kept = {source: tx.listen.sample(source, LATELY) for source in sources}
    found = {source: hits_of(matcher, posts) for source, posts in kept.items()}
    return hits_of(matcher, [*once.values()]), found


def hits_of(matcher: Matcher, posts: Sequence[Post]) -> WouldHit:
    """What the query "q" of a matcher hits of these posts, the newest first."""
    hits = [post for post in posts if matcher.match(post)]
    hits.sort(key=lambda post: post.time, reverse=True)
    shown = [(post, matcher.why("q", post)) for post in hits[:SHOWN]]
    return WouldHit(len(posts), len(hits), shown)
