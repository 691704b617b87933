"""`POST /hooks/{source}`: a signed delivery of posts, an answer for each item."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from fenghuo.app.hooks import admit, take
from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.web.api.forms import Problem, TakenIn
from fenghuo.web.api.posts import BODY, answered, body_of

LARGEST = 10_000_000
STATUS = {
    "sources.hook_missing": 404,
    "sources.signature_missing": 401,
    "sources.signature_wrong": 401,
    "sources.signature_late": 401,
    "sources.signature_repeated": 409,
    "intake.body_too_large": 413,
}
REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "The signature is missing, wrong or late."},
    404: {"model": Problem, "description": "There is no such webhook, or it is paused."},
    409: {"model": Problem, "description": "This very delivery has come before."},
    413: {"model": Problem, "description": "The body is longer than 10 MB."},
    422: {"model": Problem, "description": "The body cannot be read."},
    503: {"model": Problem, "description": "Ours to mend; sign and send again."},
}
router = APIRouter(prefix="/hooks", responses=REFUSED, tags=["write"])


@router.post("/{source}", response_model=TakenIn, openapi_extra=BODY)
async def deliver(
    request: Request,
    source: str,
    signature: Annotated[str, Header(alias="Fenghuo-Signature")] = "",
) -> Response:
    """Posts from a system that signs with the webhook's secret: t=<unix seconds>,v1=<hex
    HMAC-SHA256 of "<t>.<body>">, within 300 s of our clock, each delivery once."""
    try:
        body = await body_of(request, LARGEST)
        return await run_in_threadpool(_take_in, request, source, signature, body)
    except FenghuoError as error:
        return _refused(error)


def _take_in(request: Request, source: str, signature: str, body: bytes) -> Response:
    app = request.app.state.app
    delivery = admit(app, source, signature, body)
    return answered(take(app, delivery, body))


def _refused(error: FenghuoError) -> Response:
    texts = {language: explain(error, language) for language in LANGUAGES}
    told = {"error": error.key, "move": error.move, "text": texts, "values": error.values}
    status = STATUS.get(error.key, 422 if isinstance(error, BadInput) else 503)
    return Response(msgspec.json.encode(told), status, media_type="application/json")
