"""What a person pastes from a chat group: its link, its words, where it is from.

    "Mira esto https://vm.tiktok.com/ZM1/ La Nuvolt echa humo"
        → platform "tiktok", url "https://vm.tiktok.com/ZM1/", words "Mira esto La Nuvolt echa humo"

The id is the one under which the platform's own reader brings the same post, where the link holds
it; else it is the link without what only tells who passed it on.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import msgspec

from fenghuo.domain.handed import BY_HAND
from fenghuo.domain.post import Author, Kind, Post

WEB = "web"
"""The platform of a link to a place that is not known here."""
MOST_LINKS = 20
ID_LONGEST, LINK_LONGEST = 400, 4000

_HOSTS: Mapping[str, tuple[str, ...]] = {
    "x": ("x.com", "twitter.com", "t.co"),
    "tiktok": ("tiktok.com",),
    "youtube": ("youtube.com", "youtu.be"),
    "instagram": ("instagram.com", "instagr.am"),
    "facebook": ("facebook.com", "fb.com", "fb.watch"),
    "threads": ("threads.net", "threads.com"),
    "reddit": ("reddit.com", "redd.it"),
    "bluesky": ("bsky.app",),
    "hackernews": ("news.ycombinator.com",),
    "weibo": ("weibo.com", "weibo.cn"),
    "xiaohongshu": ("xiaohongshu.com", "xhslink.com"),
    "trustpilot": ("trustpilot.com",),
    "amazon": ("amzn.to", "amzn.eu", "amzn.asia"),
}
_AMAZON = re.compile(r"(?:^|\.)amazon\.(?:com|[a-z]{2}|com?\.[a-z]{2})$")
_PATHS: Mapping[str, tuple[str, ...]] = {
    "x": (r"^/i/(?:web/)?status/(?P<id>\d+)", r"^/(?P<who>\w{1,15})/status(?:es)?/(?P<id>\d+)"),
    "tiktok": (r"^/@(?P<who>[\w.]+)/(?:video|photo)/(?P<id>\d+)", r"^/v/(?P<id>\d+)"),
    "youtube": (r"^/(?:shorts|live|embed)/(?P<id>[\w-]{11})(?:/|$)", r"^/(?P<id>[\w-]{11})$"),
    "instagram": (r"^/(?:(?P<who>[\w.]+)/)?(?:p|reels?|tv)/(?P<id>[\w-]+)",),
    "facebook": (
        r"^/groups/[^/]+/(?:posts|permalink)/(?P<id>\w+)",
        r"^/(?P<who>[\w.-]+)/(?:posts|videos)/(?:[^/]+/)?(?P<id>\w+)/?$",
        r"^/reel/(?P<id>\d+)",
    ),
    "threads": (r"^/@(?P<who>[\w.]+)/post/(?P<id>[\w-]+)",),
    "reddit": (
        r"/comments/[a-z0-9]+/[^/]*/(?P<comment>[a-z0-9]+)",
        r"/comments/(?P<id>[a-z0-9]+)",
    ),
    "bluesky": (r"^/profile/(?P<who>[\w.:-]+)/post/(?P<id>\w+)",),
    "weibo": (r"^/(?:status|detail)/(?P<id>\w+)", r"^/\d+/(?P<id>\w+)/?$"),
    "xiaohongshu": (r"^/(?:explore|discovery/item)/(?P<id>[0-9a-f]{24})",),
    "trustpilot": (r"^/reviews/(?P<id>[0-9a-f]{24})",),
    "amazon": (r"/customer-reviews/(?P<id>R[A-Z0-9]+)",),
}
_QUERIES: Mapping[str, tuple[str, ...]] = {
    "youtube": ("lc", "v"),
    "facebook": ("story_fbid", "fbid", "v"),
    "hackernews": ("id",),
}
"""Parts of a link's query that hold the id of a post, the narrower one first."""
# A server of the fediverse is known by its way of naming posts only.
_MASTODON = re.compile(r"^/@(?P<who>\w[\w.-]*)/(?P<id>\d{15,20})/?$")
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|twclid|ttclid|igshid?|mc_[ce]id|_ga|_gl|spm|scm"
    r"|mibextid|rdid|__tn__|__cft__.*|ref(?:_\w*)?|share_\w+|xsec_\w+|si|feature|_[rt]|cxt"
)
_WHO_PASSED_IT_ON = {"x": {"s", "t"}, "reddit": {"context"}, "tiktok": {"lang", "q"}}

_ENDS = "\\s<>\"'`“”‘’«»\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_KNOWN = "|".join(re.escape(host) for hosts in _HOSTS.values() for host in hosts)
_LINK = re.compile(
    rf"(?:https?://|(?<![\w@./-])(?:www\.|(?:[a-z0-9-]+\.)*(?:{_KNOWN})/))[^{_ENDS}]{{1,{LINK_LONGEST}}}",
    re.IGNORECASE,
)


class Recognised(msgspec.Struct, frozen=True):
    """What was recognised in a text. `url` is the link to the post, or "" when there is none.

    `native` is the id that the link holds, or "" when there is no link; `author` a handle.
    """

    words: str
    platform: str = BY_HAND
    native: str = ""
    url: str = ""
    author: str = ""
    kind: Kind = "post"
    links: tuple[str, ...] = ()

    def post(self, time: datetime, picture: bytes = b"", instead: str = "") -> Post:
        """The post of it, counted at an aware `time`.

        `instead` stands for words where there is only a picture.
        """
        own = picture if picture and not self.words else plain_words(self.words).encode()
        return Post(
            platform=self.platform,
            id=self.native or sha256(own).hexdigest()[:24],
            time=time,
            text=self.words or self.url or (instead if picture else ""),
            kind=self.kind,
            url=self.url,
            author=Author(id=self.author, name=self.author and f"@{self.author}"),
            links=self.links,
            media=("image",) if picture else (),
        )


class _Link(NamedTuple):
    platform: str
    native: str
    url: str
    author: str = ""
    kind: Kind = "post"
    known: bool = False


def recognise(text: str) -> Recognised:
    """The links of a pasted text, the words beside them, and the post that they lead to.

    Of several links the first that holds the id of a post counts, else the first.
    """
    links: dict[str, _Link] = {}
    words, place = [], 0
    for found in _LINK.finditer(text):
        address = _without_end(found[0])
        link = _read(address if "://" in address else f"https://{address}")
        if link is not None:
            words.append(text[place : found.start()])
            place = found.start() + len(address)
            links.setdefault(link.url, link)
    words.append(text[place:])
    said = "\n".join(filter(None, (" ".join(line.split()) for line in " ".join(words).split("\n"))))
    if not links:
        return Recognised(said)
    link = next((link for link in links.values() if link.known), next(iter(links.values())))
    every = tuple(links)[:MOST_LINKS]
    return Recognised(said, link.platform, link.native, link.url, link.author, link.kind, every)


def _without_end(link: str) -> str:
    """The link without the signs of the sentence around it."""
    while link and (link[-1] in ".,;:!?*_…~|" or (link[-1] in ")]}" and not _opened(link))):
        link = link[:-1]
    return link


def _opened(link: str) -> bool:
    opens = "([{"[")]}".index(link[-1])]
    return link.count(opens) >= link.count(link[-1])


def _read(url: str) -> _Link | None:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # a broken address is a word like others
        return None
    if not host:
        return None
    platform = _platform(host, parts.path)
    asked = dict(parse_qsl(parts.query))
    held = next((asked[name] for name in _QUERIES.get(platform, ()) if asked.get(name)), "")
    groups = _in_path(platform, parts.path)
    place = re.sub("^(?:www|m|mobile)[.]", "", host) + (f":{port}" if port else "")
    return _Link(
        platform,
        _native(platform, host, groups, held) or _bare(platform, place, parts),
        url,
        _author(parts.path, groups),
        _kind(platform, groups, asked),
        known=bool(groups.get("id") or groups.get("comment") or held),
    )


def _platform(host: str, path: str) -> str:
    for name, hosts in _HOSTS.items():
        if any(host == known or host.endswith(f".{known}") for known in hosts):
            return name
    if _AMAZON.search(host):
        return "amazon"
    return "mastodon" if _MASTODON.search(path) else WEB


def _in_path(platform: str, path: str) -> dict[str, str]:
    patterns = [_MASTODON.pattern] if platform == "mastodon" else _PATHS.get(platform, ())
    for pattern in patterns:
        found = re.search(pattern, path)
        if found:
            return {name: value for name, value in found.groupdict().items() if value}
    return {}


def _native(platform: str, host: str, groups: Mapping[str, str], held: str) -> str:
    """The id as the platform's reader forms it, or "" when the link does not hold it."""
    who, name = groups.get("who", ""), groups.get("id", "")
    match platform:
        case "bluesky":
            # The reader knows people by their did; a handle in the link may change hands.
            return f"at://{who}/app.bsky.feed.post/{name}" if who.startswith("did:") else ""
        case "mastodon":
            return f"https://{host}/users/{who}/statuses/{name}"
        case "reddit":
            comment = groups.get("comment")
            return f"t1_{comment}" if comment else f"t3_{name}" if name else ""
    return held or name


def _author(path: str, groups: Mapping[str, str]) -> str:
    named = re.match(r"/@([\w.-]+)", path)
    return groups.get("who") or (named[1] if named else "")


def _kind(platform: str, groups: Mapping[str, str], asked: Mapping[str, str]) -> Kind:
    if "comment" in groups or (platform == "youtube" and asked.get("lc")):
        return "comment"
    if platform in {"trustpilot", "amazon"} and groups:
        return "review"
    return "video" if platform in {"youtube", "tiktok"} else "post"


def _bare(platform: str, place: str, parts: SplitResult) -> str:
    """The link without what only tells who passed it on."""
    idle = _WHO_PASSED_IT_ON.get(platform, ())
    asked = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in idle and not _TRACKING.fullmatch(name)
    ]
    query = f"?{urlencode(sorted(asked))}" if asked else ""
    link = f"https://{place}{parts.path.rstrip('/')}{query}"
    return link if len(link) <= ID_LONGEST else sha256(link.encode()).hexdigest()


def plain_words(words: str) -> str:
    """Words as they are compared: the same ones pasted twice are one post."""
    return " ".join(words.casefold().split())
