"""What is made of a post as Bluesky keeps it."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from fenghuo.domain.post import Author, Kind, Post

POSTS = "app.bsky.feed.post"
MOST_LINKS = 20


class _Ref(msgspec.Struct, frozen=True):
    uri: str = ""


class _Reply(msgspec.Struct, frozen=True):
    parent: _Ref = _Ref()


class _Facet(msgspec.Struct, frozen=True):
    """A stretch of the text; a feature that is a link has a uri."""

    features: tuple[_Ref, ...] = ()


class _Quoted(msgspec.Struct, frozen=True):
    """The quoted record, one step deeper when media stand beside it."""

    uri: str = ""
    record: _Ref = _Ref()


class _Media(msgspec.Struct, frozen=True):
    images: tuple[Any, ...] = ()
    video: Any = None
    external: _Ref = _Ref()


class _Embed(_Media, frozen=True):
    record: _Quoted = _Quoted()
    media: _Media = _Media()


class Record(msgspec.Struct, rename="camel"):
    """A post as its author's server keeps it. A record of another shape is shown by no app of
    the network either. `createdAt` is what the author's app claims: intake judges it."""

    text: str
    created_at: datetime
    langs: tuple[str, ...] = ()
    reply: _Reply | None = None
    embed: _Embed = _Embed()
    facets: tuple[_Facet, ...] = ()


def post_of(did: str, rkey: str, record: Record) -> Post:
    """The post; `did` names its author for good, `rkey` the record among theirs."""
    embed = record.embed
    quoted = embed.record.uri or embed.record.record.uri
    quoted = quoted if f"/{POSTS}/" in quoted else ""
    kind: Kind = "reply" if record.reply else "quote" if quoted else "post"
    links = [f.uri for facet in record.facets for f in facet.features]
    links += [embed.external.uri, embed.media.external.uri, _page(quoted)]
    images, video = embed.images or embed.media.images, embed.video or embed.media.video
    return Post(
        platform="bluesky",
        id=f"at://{did}/{POSTS}/{rkey}",
        time=record.created_at,
        text=record.text,
        kind=kind,
        lang=record.langs[0] if record.langs else "",
        url=_page(f"at://{did}/{POSTS}/{rkey}"),
        author=Author(id=did),
        in_reply_to=record.reply.parent.uri if record.reply else "",
        links=tuple(dict.fromkeys(link for link in links if link))[:MOST_LINKS],
        media=(*(("image",) if images else ()), *(("video",) if video else ())),
    )


def _page(uri: str) -> str:
    """Where people read a post, or "" of ""."""
    did, _, rkey = uri.removeprefix("at://").partition(f"/{POSTS}/")
    return f"https://bsky.app/profile/{quote(did, ':')}/post/{quote(rkey, ':')}" if uri else ""
