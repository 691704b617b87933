"""What is made of a post as Mastodon tells it."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote, urlsplit

import msgspec

from fenghuo.domain.markup import plain, web_address
from fenghuo.domain.post import Author, Kind, Metrics, Post

MEDIA = {"image": "image", "video": "video", "gifv": "video", "audio": "audio"}


class _Account(msgspec.Struct):
    acct: str = ""
    uri: str = ""
    url: str = ""
    created_at: str | None = None
    followers_count: int = -1


class _Linked(msgspec.Struct):
    """Whatever has an address: a card, a hashtag, a person who is named."""

    url: str | None = None
    name: str = ""


class _Attached(msgspec.Struct):
    type: str = ""


class _Quoted(msgspec.Struct, frozen=True):
    uri: str = ""
    url: str | None = None


class _Quote(msgspec.Struct):
    quoted_status: _Quoted | None = None


class _Said(msgspec.Struct):
    """What a post says; of a reblog only this is asked."""

    id: str
    created_at: datetime
    account: _Account
    uri: str = ""
    url: str | None = None
    content: str = ""
    spoiler_text: str = ""
    visibility: str = "public"
    language: str | None = None
    in_reply_to_id: str | None = None
    media_attachments: tuple[_Attached, ...] = ()
    mentions: tuple[_Linked, ...] = ()
    tags: tuple[_Linked, ...] = ()
    card: _Linked | None = None
    quote: _Quote | None = None
    favourites_count: int | None = None
    reblogs_count: int | None = None
    replies_count: int | None = None


class Status(_Said):
    """A post, or the passing on of one."""

    reblog: _Said | None = None


_status = msgspec.json.Decoder(Status)


def read_statuses(raws: Iterable[msgspec.Raw | bytes]) -> tuple[list[Status], int]:
    """Each on its own, so that one that cannot be read harms no other; how many could not."""
    statuses, broken = [], 0
    for raw in raws:
        try:
            statuses.append(_status.decode(raw))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            broken += 1
    return statuses, broken


def post_of(status: Status, host: str) -> Post:
    """The post; `host` is the server that told it, which is part of the names of its people."""
    said = status.reblog or status
    quoted = said.quote.quoted_status if said.quote else None
    words = plain(said.content, said.url or "")
    reply: Kind = "reply" if said.in_reply_to_id else "post"
    kind: Kind = "repost" if status.reblog else "quote" if quoted else reply
    shown = (said.card.url if said.card else "", (quoted.url or quoted.uri) if quoted else "")
    links = [*_own_links(said, words.links), *filter(None, (web_address(s or "") for s in shown))]
    media = (MEDIA.get(one.type, "") for one in said.media_attachments)
    return Post(
        platform="mastodon",
        id=_uri(status, host),
        time=status.created_at,
        text=words.text,
        title=said.spoiler_text,
        kind=kind,
        lang=said.language or "",
        url=web_address(status.url or said.url or ""),
        author=_author(status.account, host),
        # The server tells its own number of what is answered, not the name that all know it by.
        in_reply_to=_numbered(said.in_reply_to_id, host) if said.in_reply_to_id else "",
        repost_of=_uri(status.reblog, host) if status.reblog else "",
        links=tuple(dict.fromkeys(links)),
        media=tuple(dict.fromkeys(filter(None, media))),
        metrics=Metrics(said.favourites_count, said.reblogs_count, said.replies_count),
    )


def _author(account: _Account, host: str) -> Author:
    here = "" if "@" in account.acct or not account.acct else f"@{host}"
    return Author(
        id=account.uri or account.url,
        name=account.acct + here,
        followers=account.followers_count if account.followers_count >= 0 else None,
        created=account.created_at,
    )


def _own_links(said: _Said, links: Iterable[str]) -> list[str]:
    """Links that its author set: the server makes more of the names and hashtags in it."""
    people = {one.url for one in said.mentions}
    tags = {one.name.casefold() for one in said.tags}
    return [link for link in links if link not in people and _tag_of(link) not in tags]


def _tag_of(link: str) -> str:
    """The hashtag whose page a link leads to on any server, or a slash."""
    way, _, name = urlsplit(link).path.rstrip("/").rpartition("/")
    return unquote(name).casefold() if way.endswith(("/tags", "/tag")) else "/"


def _uri(said: _Said, host: str) -> str:
    return said.uri or _numbered(said.id, host)


def _numbered(number: str, host: str) -> str:
    return f"https://{host}/web/statuses/{number}"
