"""The web application: pages and JSON API over the same faces, safe headers around both."""

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Scope

from fenghuo.app import App, new_app
from fenghuo.domain.errors import BadInput, FenghuoError, Missing, NotAllowed
from fenghuo.i18n import LANGUAGES, explain, say
from fenghuo.web import events, health
from fenghuo.web.api.asked import asked_wrongly
from fenghuo.web.api.description import PARTS
from fenghuo.web.asking import Asking, SignInFirst, anybody
from fenghuo.web.guard import Guard, known_hosts
from fenghuo.web.pages import (
    acknowledge,
    alerts,
    changes,
    channels,
    duty,
    duty_form,
    entry,
    guest,
    handed,
    imports,
    lists,
    look,
    mentions,
    privacy,
    recipes,
    settings,
    sharing,
    situation,
    sources,
    stories,
    story,
    translated,
    watches,
    workspaces,
)
from fenghuo.web.render import STATIC, page


def build(app: App) -> FastAPI:
    """The application over these faces."""
    web = FastAPI(title="Fenghuo", docs_url=None, redoc_url=None, openapi_url=None)
    web.state.app = app
    web.mount("/static", GZipMiddleware(Kept(directory=str(STATIC)), minimum_size=1000), "static")
    for part in (
        acknowledge,
        entry,
        situation,
        watches,
        workspaces,
        translated,
        alerts,
        mentions,
        stories,
        story,
        handed,
        imports,
        recipes,
        sources,
        settings,
        lists,
        privacy,
        changes,
        sharing,
        guest,
        channels,
        duty_form,
        duty,
        look,
        events,
        health,
        *PARTS,
    ):
        web.include_router(part.router)
    web.add_exception_handler(FenghuoError, _mended_by_whom)
    web.add_exception_handler(HTTPException, _no_such_page)
    web.add_exception_handler(RequestValidationError, _asked_wrongly)
    config = app.config
    web.add_middleware(Guard, hosts=known_hosts(config.host, config.public_url))
    return web


def served() -> FastAPI:
    """The application of the environment's configuration, for the server to call."""
    return build(new_app())


class Kept(StaticFiles):
    """Static files: for ever when the address holds their digest, else for a day."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with how long it may be kept."""
        response = await super().get_response(path, scope)
        kept = "31536000, immutable" if scope["query_string"].startswith(b"v=") else "86400"
        response.headers["Cache-Control"] = f"public, max-age={kept}"
        return response


def _status(error: FenghuoError) -> int:
    if isinstance(error, SignInFirst) or error.key == "access.token_unknown":
        return 401
    if isinstance(error, NotAllowed):
        return 403
    if isinstance(error, Missing):
        return 404
    return 422 if isinstance(error, BadInput) else 503


def _mended_by_whom(request: Request, error: Exception) -> Response:
    """A domain error as a page, or as JSON with both languages for programs."""
    if not isinstance(error, FenghuoError):
        raise error
    if request.url.path.startswith("/api/"):
        return _problem(error, _status(error))
    if request.query_params.get("stay") and _sent_without_session(error):
        # A browser stays on the page, with all that was typed; the page then says why.
        return Response(status_code=204)
    if isinstance(error, SignInFirst) and "hx-request" not in request.headers:
        return RedirectResponse("/sign-in", 303)
    asking = anybody(request)
    text = explain(error, asking.language)
    return _problem_page(request, asking, _status(error), text)


def _sent_without_session(error: FenghuoError) -> bool:
    return isinstance(error, SignInFirst) or error.key == "access.csrf"


def _no_such_page(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if request.url.path.startswith("/api/"):
        path, method = request.url.path[:100], request.method
        return _problem(BadInput("api.not_here", path=path, method=method), error.status_code)
    asking = anybody(request)
    return _problem_page(request, asking, error.status_code, say("web.no_page", asking.language))


def _problem_page(request: Request, asking: Asking, status: int, text: str) -> Response:
    """What went wrong; where nothing is, also what the reason may be and where to look."""
    return page(request, "problem.html", asking, status=status, text=text, missing=status == 404)


async def _asked_wrongly(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    if not request.url.path.startswith("/api/"):
        return await request_validation_exception_handler(request, error)
    return _problem(asked_wrongly(error.errors()[0]), 422)


def _problem(error: FenghuoError, status: int) -> JSONResponse:
    """An error as programs read it, with the sentence in every language."""
    texts = {language: explain(error, language) for language in LANGUAGES}
    body = {
        "error": error.key,
        "move": error.move,
        "text": texts,
        "values": dict(error.values),
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers)
