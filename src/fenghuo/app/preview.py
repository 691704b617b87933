"""What a query would hit: a bounded sample of what each source sent lately."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime

from fenghuo.domain.errors import FenghuoError
from fenghuo.domain.post import Post
from fenghuo.listen import Matcher, WouldHit, hits_of
from fenghuo.ports.reads import Reads

AT_MOST = 200
"""Posts of one source. More: small servers are asked for more than a look is worth."""
PATIENCE_S = 8.0
"""How long one source may take. A person waits for the slowest."""


class Sampled(WouldHit, frozen=True):
    """What a query hits of one source.

    `error` when it could not be read; `slow` when its time was over, which is usual for a stream.
    """

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
    found = hits_of(matcher, posts)
    return Sampled(found.posts, found.hits, found.shown, slow=slow and not posts)
