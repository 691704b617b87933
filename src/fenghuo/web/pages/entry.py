"""The way in: first owner, sign-in, sign-out, invitation, language, workspace."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from fenghuo.domain.errors import FenghuoError, NotAllowed
from fenghuo.domain.people import Newcomer
from fenghuo.i18n import LANGUAGES, explain, say
from fenghuo.web.asking import (
    LANGUAGE,
    SESSION,
    WORKSPACE,
    Asking,
    anybody,
    member_here,
    sent_from_our_page,
)
from fenghuo.web.render import page

router = APIRouter()
YEAR_S = 365 * 24 * 3600
Anybody = Annotated[Asking, Depends(anybody)]
Text = Annotated[str, Form()]


@router.get("/sign-in")
def sign_in_page(request: Request, asking: Anybody) -> Response:
    """The sign-in form."""
    return page(request, "sign_in.html", asking, problem="", email="")


@router.post("/sign-in")
def sign_in(request: Request, asking: Anybody, email: Text, password: Text) -> Response:
    """Sign in; a wrong try comes back with its reason and the address kept."""
    try:
        secret = asking.app.access.sign_in(email, password, address_of(request))
    except FenghuoError as error:
        problem = explain(error, asking.language)
        return page(request, "sign_in.html", asking, status=403, problem=problem, email=email)
    return _signed_in(request, secret)


@router.get("/first-owner/{secret}")
def first_owner_page(request: Request, asking: Anybody, secret: str) -> Response:
    """Looking spends nothing: a link preview may come first."""
    try:
        asking.app.access.must_open(secret, "first_owner")
    except NotAllowed as error:
        return _over(request, asking, error)
    return page(
        request, "join.html", asking, problem="", first=True, email="", name="", workspace=""
    )


def newcomer(asking: Anybody, email: Text, name: Text, password: Text) -> Newcomer:
    """What a new person writes into the form, in the language in which they read it."""
    return Newcomer(email, name, password, asking.language)


@router.post("/first-owner/{secret}")
def first_owner(
    request: Request,
    asking: Anybody,
    secret: str,
    new: Annotated[Newcomer, Depends(newcomer)],
    workspace: Text,
    then: str = "",
) -> Response:
    """The first owner and their workspace; the link of `fenghuo demo` leads on to the demo."""
    try:
        made = asking.app.access.create_first_owner(secret, new, workspace)
    except FenghuoError as error:
        problem = explain(error, asking.language)
        return _again(request, asking, problem, new, first=True, workspace=workspace)
    answer = _signed_in(request, made)
    session = asking.app.access.session(made) if then == "demo" else None
    if session:
        place = asking.app.begin_demo(session.person.id)
        answer.set_cookie(WORKSPACE, place.id, samesite="lax", httponly=True)
    return answer


@router.get("/join/{secret}")
def join_page(request: Request, asking: Anybody, secret: str) -> Response:
    """An invitation; looking spends nothing."""
    try:
        asking.app.access.must_open(secret, "invite")
    except NotAllowed as error:
        return _over(request, asking, error)
    return page(
        request, "join.html", asking, problem="", first=False, email="", name="", workspace=""
    )


@router.post("/join/{secret}")
def join(
    request: Request, asking: Anybody, secret: str, new: Annotated[Newcomer, Depends(newcomer)]
) -> Response:
    """Accept an invitation."""
    try:
        made = asking.app.access.accept_invite(secret, new, address_of(request))
    except FenghuoError as error:
        problem = explain(error, asking.language)
        return _again(request, asking, problem, new, first=False)
    return _signed_in(request, made)


@router.get("/session")
def session(request: Request) -> Response:
    """For an open page: whose it is now, and what its forms must carry; 401 when signed out.

    A page that asks is no person at work: it does not keep the session alive.
    """
    app = request.app.state.app
    found = app.access.session(request.cookies.get(SESSION, ""), used=False)
    if found is None:
        return JSONResponse({}, 401)
    member = member_here(request, found)
    here = member.workspace.id if member else ""
    reads = member is not None and member.may("read")
    told = {"person": found.person.id, "workspace": here, "reads": reads}
    return JSONResponse({**told, "csrf": found.word(here)})


@router.post("/sign-out", dependencies=[Depends(sent_from_our_page)])
def sign_out(request: Request) -> Response:
    """End the session."""
    app = request.app.state.app
    app.access.sign_out(request.cookies.get(SESSION, ""))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION)
    return answer


@router.get("/language/{language}")
def language(language: str, back: str = "/") -> Response:
    """Remember the language on this machine; it changes nothing else, so a link is enough."""
    # Only a path of our own: an address of another site must not be reached through us.
    answer = RedirectResponse(back if back.startswith("/") and back[1:2] not in "/\\" else "/", 303)
    if language in LANGUAGES:
        answer.set_cookie(LANGUAGE, language, max_age=YEAR_S, samesite="lax", httponly=True)
    return answer


def address_of(request: Request) -> str:
    """The network address from which somebody asks, "" when it is not known."""
    return request.client.host if request.client else ""


def _over(request: Request, asking: Asking, error: NotAllowed) -> Response:
    """Said before anything is typed: this link opens nothing."""
    heading = say("access.link_over", asking.language)
    text = explain(error, asking.language)
    return page(request, "over.html", asking, status=410, heading=heading, text=text, door=True)


def _again(
    request: Request,
    asking: Asking,
    problem: str,
    new: Newcomer,
    *,
    first: bool,
    workspace: str = "",
) -> Response:
    """The form once more, with what was written but the password."""
    return page(
        request,
        "join.html",
        asking,
        status=422,
        problem=problem,
        first=first,
        email=new.email,
        name=new.name,
        workspace=workspace,
    )


def _signed_in(request: Request, secret: str) -> Response:
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        SESSION,
        secret,
        max_age=14 * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer
