"""FAKE: the public search of Hacker News, by date.

It keeps to the rules of the real one that a reader feels: newest first, at most a thousand hits
of a query whatever the page, filters on the second of creation, words escaped as HTML. It takes
every item for a hit of every word.
"""

import json
import re
from html import escape

from fakes.polled import Polled, PolledStand
from fakes.site import Asked, Say

from fenghuo.platforms.hackernews import HackerNews
from fenghuo.ports.reads import Reads

MOST = 1000
FILTER = re.compile(r"created_at_i(>|<=)(\d+)")


class Search(Polled):
    """Every other post is a story, the rest are comments."""

    def name(self, number: int) -> str:
        return str(4_000_000 + number)

    def reads(self) -> Reads:
        return HackerNews(["veyra", "power bank"], self.web, f"{self.url}/api/v1/search_by_date")

    def say(self, asked: Asked) -> Say:
        return Say(
            200, {"content-type": "application/json"}, json.dumps(self.found(asked)).encode()
        )

    def found(self, asked: Asked) -> dict[str, object]:
        hits = []
        bounds = FILTER.findall(asked.query.get("numericFilters", ""))
        for n, (name, text) in enumerate(self.posts):
            at = int(self.at(n).timestamp())
            if all((at > int(bound)) == (sign == ">") for sign, bound in bounds):
                hits.append(self.hit(n, name, text))
        size, page = int(asked.query["hitsPerPage"]), int(asked.query.get("page", 0))
        newest = hits[::-1][:MOST]
        return {"hits": newest[page * size : (page + 1) * size], "nbHits": len(hits)}

    def hit(self, number: int, name: str, text: str) -> dict[str, object]:
        at = int(self.at(number).timestamp())
        own = {"objectID": name, "created_at_i": at, "author": "pg", "url": None}
        if number % 2:
            return {**own, "comment_text": f"<p>{escape(text)}", "parent_id": 1, "points": None}
        return {**own, "title": text, "story_text": None, "points": 3, "num_comments": 0}


STANDS = [PolledStand("hackernews", "hackernews", Search)]
