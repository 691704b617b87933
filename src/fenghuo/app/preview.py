"""What a query would hit: a bounded sample of what each source sent lately."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime

import msgspec

from fenghuo.domain.errors import FenghuoError
from fenghuo.domain.post import Post
from fenghuo.listen import Hit, Matcher
from fenghuo.ports.reads import Reads

AT_MOST = 200
"""Posts of one source. More: small servers are asked for more than a look is worth."""
PATIENCE_S = 8.0
"""How long one source may take. A person waits for the slowest."""
SHOWN = 3


class Sampled(msgspec.Struct, frozen=True):
    """One source: how many posts were read, how many hit, the newest that did with what hit.

    `error` when it could not be read; `slow` when its time was over, which is usual for a stream.
    """

    posts: int
    hits: int
    shown: Sequence[tuple[Post, Sequence[Hit]]] = ()
    error: FenghuoError | None = None
    slow: bool = False


async def sample(readers: Sequence[Reads], matcher: Matcher, now: datetime) -> list[Sampled]:
    """All at the same time; `matcher` holds the query as "q"."""
    return list(await asyncio.gather(*(_sample(reads, matcher, now) for reads in readers)))


async def _sample(reads: Reads, matcher: Matcher, now: datetime) -> Sampled:
    posts: list[Post] = []
    slow = False
    batches = reads.read("", now)
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for batch in batches:
                posts += batch.posts
                if len(posts) >= AT_MOST:
                    break
    except TimeoutError:
        slow = True
    except FenghuoError as error:
        return Sampled(len(posts), 0, error=error)
    finally:
        if isinstance(batches, AsyncGenerator):
            await batches.aclose()
    hits = [post for post in posts if matcher.match(post)]
    hits.sort(key=lambda post: post.time, reverse=True)
    shown = [(post, matcher.why("q", post)) for post in hits[:SHOWN]]
    return Sampled(len(posts), len(hits), shown, slow=slow and not posts)
