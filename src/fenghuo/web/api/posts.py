"""`POST /api/v1/posts`: posts in, an answer for each item."""

import zlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from fenghuo.app.many import many
from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.i18n import LANGUAGES, explain, say
from fenghuo.web.api.bearer import REFUSED, Bearer, bearer
from fenghuo.web.api.forms import Stopped, TakenIn

if TYPE_CHECKING:
    from fenghuo.listen import Accepted, Bulk

LARGEST = 256_000_000
PART = 256_000
"""Bytes that go through at once. Fewer: more of the time goes into changing threads."""
GZIP = 31
"""How zlib is told to read the form of gzip."""
STATUS = {"intake.body_too_large": 413, "intake.too_many": 413, "intake.packing_unknown": 415}
STOPPED: dict[int | str, dict[str, Any]] = {
    413: {"model": Stopped, "description": "More than 100,000 posts, or than 256 MB."},
    415: {"model": Stopped, "description": "Packed by anything but gzip."},
    422: {"model": Stopped, "description": "The body cannot be read on; values say where."},
    503: {"model": Stopped, "description": "Ours to mend; send the whole call again."},
}
router = APIRouter(prefix="/api/v1", responses=REFUSED | STOPPED, tags=["write"])
POST = {"$ref": "#/components/schemas/Post"}
BODY = {
    "requestBody": {
        "required": True,
        "description": "One post a line, or an array of posts. POST /api/v1/posts takes at most "
        "100,000 posts and 256 MB in one call, a webhook 10 MB. The former may be packed, "
        "with Content-Encoding: gzip.",
        "content": {
            "application/x-ndjson": {"schema": POST},
            "application/json": {"schema": {"type": "array", "items": POST}},
        },
    }
}


@router.post("/posts", response_model=TakenIn, openapi_extra=BODY)
async def take_in(
    request: Request, asking: Annotated[Bearer, Depends(bearer("posts:write"))]
) -> Response:
    """NDJSON or a JSON array of posts; one bad item never harms the rest.

    Taken in while it comes, 2,000 posts at a time. Whatever stops it, the answer says how far it
    came; the whole call may be sent again, since nothing is counted twice.
    """
    bulk = many(asking.app, asking.workspace)
    try:
        await _through(request, bulk)
        return answered(await run_in_threadpool(bulk.end))
    except FenghuoError as error:
        return _stopped(error, bulk)


async def _through(request: Request, bulk: "Bulk") -> None:
    announced = request.headers.get("content-length", "0")
    # A number without end is not read as one: that alone would take its time.
    if len(announced) > 15 or (announced.isdecimal() and int(announced) > LARGEST):
        raise BadInput("intake.body_too_large", limit=LARGEST)
    part, size = bytearray(), 0
    async for some in _unpacked(request):
        part += some
        size += len(some)
        if size > LARGEST:
            raise BadInput("intake.body_too_large", limit=LARGEST)
        if len(part) >= PART:
            await run_in_threadpool(bulk.feed, bytes(part))
            part.clear()
    await run_in_threadpool(bulk.feed, bytes(part))


async def _unpacked(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes, unpacked by small parts: a little may unpack to very much."""
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity":
        async for some in request.stream():
            yield some
        return
    if packing not in ("gzip", "x-gzip"):
        raise BadInput("intake.packing_unknown", name=packing[:50])
    inside = zlib.decompressobj(wbits=GZIP)
    async for some in request.stream():
        rest = some
        while rest:
            if inside.eof:
                inside = zlib.decompressobj(wbits=GZIP)
            try:
                yield inside.decompress(rest, PART)
            except zlib.error as error:
                raise BadInput("intake.packing_broken", str(error)) from error
            rest = inside.unconsumed_tail or inside.unused_data
    if not inside.eof:
        raise BadInput("intake.packing_broken")


def answered(done: "Accepted") -> Response:
    """What became of each item, with the reasons of those refused in both languages."""
    return Response(msgspec.json.encode(_told(done)), media_type="application/json")


async def body_of(request: Request, largest: int) -> bytes:
    """The body; BadInput when it is longer than so many bytes, of which no more are held."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise BadInput("intake.body_too_large", limit=largest)
    return bytes(body)


def _stopped(error: FenghuoError, bulk: "Bulk") -> Response:
    so_far = _so_far(error, bulk.looked_at)
    texts = {
        language: "\n".join(
            [explain(error, language), *(say(key, language, n=bulk.looked_at) for key in so_far)]
        )
        for language in LANGUAGES
    }
    answer = {
        "error": error.key,
        "move": error.move,
        "text": texts,
        "values": error.values,
        "looked_at": bulk.looked_at,
        "so_far": _told(bulk.so_far),
    }
    status = STATUS.get(error.key, 422 if isinstance(error, BadInput) else 503)
    return Response(msgspec.json.encode(answer), status, media_type="application/json")


def _so_far(error: FenghuoError, looked_at: int) -> list[str]:
    """What else is said of a call that was stopped: how far it came, and what to send again."""
    if error.key == "intake.too_many":
        return []
    if not looked_at and STATUS.get(error.key):
        return ["intake.stopped_none"]
    return ["intake.stopped_rest" if error.key == "intake.body_too_large" else "intake.stopped"]


def _told(done: "Accepted") -> dict[str, Any]:
    return {
        "accepted": done.accepted,
        "matched": done.matched,
        "duplicates": done.duplicates,
        "rejected": [_refusal(r.index, r.key, dict(r.values)) for r in done.rejected],
        "unknown_fields": done.unknown,
    }


def _refusal(index: int, key: str, values: dict[str, Any]) -> dict[str, Any]:
    texts = {language: say(key, language, **values) for language in LANGUAGES}
    return {"index": index, "error": key, "text": texts}
