"""`POST /api/v1/posts`: posts in, an answer for each item."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from fenghuo.domain.errors import BadInput
from fenghuo.i18n import LANGUAGES, say
from fenghuo.web.api.bearer import REFUSED, Bearer, bearer
from fenghuo.web.api.forms import TakenIn

if TYPE_CHECKING:
    from fenghuo.listen import Accepted

router = APIRouter(prefix="/api/v1", responses=REFUSED, tags=["write"])
LARGEST = 64_000_000
UTF8_MARK = b"\xef\xbb\xbf"
"""What many programs write in front of a file; it belongs to no item."""
POST = {"$ref": "#/components/schemas/Post"}
BODY = {
    "requestBody": {
        "required": True,
        "description": "One post a line, or an array of posts; at most 10,000 and 64 MB at once.",
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
    """NDJSON or a JSON array of posts; one bad item never harms the rest."""
    lines = items(await body_of(request, LARGEST))
    done = await run_in_threadpool(asking.app.listen.accept_lines, asking.workspace, lines)
    return answered(done)


def answered(done: "Accepted") -> Response:
    """What became of each item, with the reasons of those refused in both languages."""
    answer = {
        "accepted": done.accepted,
        "matched": done.matched,
        "duplicates": done.duplicates,
        "rejected": [_refusal(r.index, r.key, dict(r.values)) for r in done.rejected],
        "unknown_fields": done.unknown,
    }
    return Response(msgspec.json.encode(answer), media_type="application/json")


async def body_of(request: Request, largest: int) -> bytes:
    """The body; BadInput when it is longer than so many bytes, of which no more are held."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise BadInput("intake.body_too_large", limit=largest)
    return bytes(body)


def items(body: bytes) -> Sequence[bytes]:
    """The items of a JSON array, or the lines of NDJSON; each stays undecoded."""
    body = body.removeprefix(UTF8_MARK)
    if body.lstrip()[:1] != b"[":
        return [line for line in body.split(b"\n") if line.strip()]
    try:
        return [bytes(item) for item in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput("intake.not_json", detail=str(error)) from error


def _refusal(index: int, key: str, values: dict[str, Any]) -> dict[str, Any]:
    texts = {language: say(key, language, **values) for language in LANGUAGES}
    return {"index": index, "error": key, "text": texts}
