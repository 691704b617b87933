"""Hacker News, by its public search: stories and comments that hold one of our words.

The search gives the newest first and at most a thousand of a query, so time is gone through in
slices, oldest first, each small enough to be read whole. What was posted is sometimes found only
minutes later: each reading begins a little before the last one ended and leaves out what it gave.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from fenghuo.domain.errors import BadInput, OurMove
from fenghuo.domain.markup import plain, web_address
from fenghuo.domain.post import Author, Metrics, Post
from fenghuo.ports.http import Web
from fenghuo.ports.reads import Batch, Health, Option, Reads, Remark, Spec

SEARCH = "https://hn.algolia.com/api/v1/search_by_date"
ITEM = "https://news.ycombinator.com/item?id="
MOST = 1000
"""Hits of one query that the search gives at all, by its own rule."""
PAGE = 200
OVERLAP_S = 600
LATELY_S = 86_400
"""How far back the first reading goes."""
AGAIN = timedelta(minutes=2)
MOST_WORDS = 20
"""Each word is a request at every visit."""

SPEC = Spec(
    "hackernews",
    "Hacker News",
    "Hacker News",
    (
        Option(
            "words", "list", "词语", "Words", required=True,
            help_zh="品牌名、别名、产品名，一行一个；出现其中任一个就读取。最多 20 个。",
            help_en="Brand, aliases, products, one a line; any of them is enough. At most 20.",
        ),
    ),
)  # fmt: skip


class _Place(msgspec.Struct):
    """The cursor: everything up to `until` (s) was given; `given` ids near it, with their times."""

    until: int
    given: dict[str, int] = {}


class _Hit(msgspec.Struct, rename={"id": "objectID"}):
    id: str
    created_at_i: Annotated[int, msgspec.Meta(ge=0, le=1 << 33)]
    author: str = ""
    title: str | None = None
    url: str | None = None
    story_text: str | None = None
    comment_text: str | None = None
    parent_id: int | None = None
    points: int | None = None
    num_comments: int | None = None


class _Hits(msgspec.Struct, rename="camel"):
    hits: list[msgspec.Raw]
    nb_hits: int


class _Slice(msgspec.Struct):
    """What was posted in a piece of time; `over` when there was more than the search gives."""

    hits: dict[str, _Hit] = {}
    bad: int = 0
    over: bool = False

    def add(self, hits: Sequence[msgspec.Raw]) -> None:
        """Take hits that can be read; count the others."""
        for raw in hits:
            try:
                hit = msgspec.json.decode(raw, type=_Hit)
            except (msgspec.DecodeError, UnicodeDecodeError):
                self.bad += 1
                continue
            if hit.title or hit.comment_text or hit.story_text:
                self.hits[hit.id] = hit


def open_reader(options: Mapping[str, str], web: Web) -> Reads:
    """A reader of what holds one of the words; BadInput when there is none, or too many."""
    typed = options.get("words", "")
    words = list(dict.fromkeys(filter(None, map(str.strip, re.split("[,，\n]", typed)))))
    if not words:
        raise BadInput("sources.option_missing", option="words")
    if len(words) > MOST_WORDS:
        raise BadInput("sources.option_wrong", option="words", value=typed[:200])
    return HackerNews(words, web)


class HackerNews:
    """Implements Reads."""

    def __init__(self, words: Sequence[str], web: Web, search: str = SEARCH) -> None:
        """`search` is the address of the search."""
        self._words = words
        self._web = web
        self._search = search

    def spec(self) -> Spec:
        """Words."""
        return SPEC

    async def check(self) -> Health:
        """Asks for one hit of the first word."""
        found = await self._ask(self._words[0], {"hitsPerPage": "1"})
        return Health(True, f"{self._words[0]}: {found.nb_hits}")

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        """What was posted since, oldest first."""
        end = int(now.timestamp())
        place = msgspec.json.decode(cursor, type=_Place) if cursor else _Place(end - LATELY_S)
        end = max(end, place.until)
        start = place.until - OVERLAP_S
        step = end - start
        while start < end:
            until = min(end, start + step)
            found = await self._slice(start, until)
            if found is None:
                step = (until - start) // 2
                continue
            start, step = until, 2 * step
            new = [hit for name, hit in found.hits.items() if name not in place.given]
            known = place.given | {hit.id: hit.created_at_i for hit in new}
            place.until = max(place.until, until)
            place.given = {n: at for n, at in known.items() if at > place.until - OVERLAP_S}
            posts = [_post(hit) for hit in sorted(new, key=_order)]
            text = msgspec.json.encode(place).decode()
            yield Batch(posts, text, now + AGAIN if until == end else now, self._remarks(found))

    async def _slice(self, since: int, until: int) -> _Slice | None:
        """All that was posted up to `until`; None when it is too much and time can be cut finer."""
        found = _Slice()
        between = f"created_at_i>{since},created_at_i<={until}"
        for word in self._words:
            for page in range(MOST // PAGE):
                answer = await self._ask(
                    word,
                    {"numericFilters": between, "hitsPerPage": str(PAGE), "page": str(page)},
                )
                if answer.nb_hits > MOST:
                    if until - since > 1:
                        return None
                    found.over = True
                found.add(answer.hits)
                if (page + 1) * PAGE >= answer.nb_hits:
                    break
        return found

    async def _ask(self, word: str, more: Mapping[str, str]) -> _Hits:
        query = word.replace('"', " ")
        asked = {"query": f'"{query}"', "tags": "(story,comment)", **more}
        answer = (await self._web.get(self._search, params=asked)).accepted()
        try:
            return msgspec.json.decode(answer.body, type=_Hits)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise OurMove("sources.unreadable", str(error), host=answer.host) from error

    def _remarks(self, found: _Slice) -> list[Remark]:
        host = urlsplit(self._search).netloc
        remarks = []
        if found.over:
            remarks.append(Remark("sources.slice_full", {"host": host, "limit": MOST}))
        if found.bad:
            remarks.append(Remark("sources.messages_broken", {"host": host, "count": found.bad}))
        return remarks


def _order(hit: _Hit) -> tuple[int, int, str]:
    """By time, and within a second by number, which counts up."""
    return hit.created_at_i, len(hit.id), hit.id


def _post(hit: _Hit) -> Post:
    words = plain(hit.comment_text or hit.story_text or "")
    own = web_address(hit.url or "")
    return Post(
        platform=SPEC.platform,
        id=hit.id,
        time=datetime.fromtimestamp(hit.created_at_i, UTC),
        text=words.text,
        kind="post" if hit.parent_id is None else "comment",
        title=hit.title or "",
        url=f"{ITEM}{hit.id}",
        author=Author(id=hit.author, name=hit.author),
        in_reply_to="" if hit.parent_id is None else str(hit.parent_id),
        links=tuple(dict.fromkeys(filter(None, (own, *words.links)))),
        metrics=Metrics(likes=hit.points, replies=hit.num_comments),
    )
