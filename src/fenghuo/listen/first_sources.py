"""Where a new watch listens at once: public sources that need no key."""

import re
from collections.abc import Mapping

import msgspec

from fenghuo.domain.watch import Watch
from fenghuo.i18n import Language
from fenghuo.listen.query.fold import fold
from fenghuo.listen.recipes import Recipe, fill

HOME = "us"
"""Whose news are read when no market is named."""
NEWS = "bing_news"
FORUM = "reddit_search"
_NO_TAG = re.compile(r"[\W_]+")


class Start(msgspec.Struct, frozen=True):
    """A source to begin with: `name` in the form, `title` for people, its platform and options."""

    name: str
    title: str
    platform: str
    options: Mapping[str, str]


def starts(watch: Watch, recipes: Mapping[str, Recipe], language: Language) -> list[Start]:
    """News of each market, a forum, Hacker News, a Mastodon hashtag, Bluesky; in this order."""
    phrase = f'"{watch.brand}"'
    news = recipes[NEWS]
    markets = [m for m in watch.markets or (HOME,) if m in news.markets]
    found = [
        Start(
            f"news-{market}",
            f"{_name(news, language)} {market.upper()}: {watch.brand}",
            news.platform,
            fill(news, {"query": phrase, "market": market}),
        )
        for market in markets
    ]
    forum = recipes[FORUM]
    options = fill(forum, {"query": phrase})
    found.append(
        Start("forum", f"{_name(forum, language)}: {watch.brand}", forum.platform, options)
    )
    words = {"words": watch.brand}
    found.append(Start("hackernews", f"Hacker News: {watch.brand}", "hackernews", words))
    tag = _NO_TAG.sub("", fold(watch.brand))
    if tag:
        found.append(Start("mastodon", f"Mastodon: #{tag}", "mastodon", {"hashtags": tag}))
    found.append(Start("bluesky", "Bluesky", "bluesky", {}))
    return found


def without_news(watch: Watch, recipes: Mapping[str, Recipe]) -> list[str]:
    """The markets of a watch whose news no shipped recipe reads."""
    return [market for market in watch.markets if market not in recipes[NEWS].markets]


def _name(recipe: Recipe, language: Language) -> str:
    return recipe.name_zh if language == "zh-CN" else recipe.name_en
