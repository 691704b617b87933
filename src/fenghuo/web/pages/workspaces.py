"""Workspaces: every brand of every workspace that one looks after; one more; go to another."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from fenghuo.domain.errors import BadInput, Missing
from fenghuo.domain.level import rank
from fenghuo.domain.people import Workspace
from fenghuo.web.asking import WORKSPACE, Asking, needs, sent_from_our_page
from fenghuo.web.hearing import Ears, ears
from fenghuo.web.pages.situation import Brand, brands_of
from fenghuo.web.render import page

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]


class Place(msgspec.Struct, frozen=True):
    """A workspace with its brands, the gravest first, and how it hears."""

    workspace: Workspace
    brands: tuple[Brand, ...]
    ears: Ears


@router.get("/workspaces")
def workspaces(request: Request, asking: Reader) -> Response:
    """All that one looks after, the gravest first."""
    return page(request, "workspaces.html", asking, mine=_places(asking))


@router.post("/workspaces", dependencies=[Depends(sent_from_our_page)])
def new(
    asking: Annotated[Asking, Depends(needs("people"))], name: Annotated[str, Form()]
) -> Response:
    """One more workspace, owned by whoever makes it."""
    if not name.strip():
        raise BadInput("face.workspace_name")
    answer = RedirectResponse("/", 303)
    if asking.session:
        made = asking.app.access.begin_workspace(asking.session.person.id, name.strip(), "real")
        answer.set_cookie(WORKSPACE, made.id, samesite="lax", httponly=True)
    return answer


@router.post("/workspace", dependencies=[Depends(sent_from_our_page)])
def go(
    asking: Reader, workspace: Annotated[str, Form()], watch: Annotated[str, Form()] = ""
) -> Response:
    """Go to another workspace of one's own, or to a brand in it."""
    if asking.session is None or asking.session.member(workspace) is None:
        raise Missing("face.no_workspace")
    named = watch.replace("-", "").isalnum()
    answer = RedirectResponse(f"/?watch={watch}" if named else "/", 303)
    answer.set_cookie(WORKSPACE, workspace, samesite="lax", httponly=True)
    return answer


def _places(asking: Asking) -> list[Place]:
    members = asking.session.members if asking.session else ()
    places = []
    for member in members:
        here = member.workspace.id
        brands = brands_of(asking, here) if member.may("read") else []
        brands.sort(key=lambda b: -rank(b.level))
        heard = ears(asking, here, asking.app.sources.overview(here)) if brands else Ears()
        places.append(Place(member.workspace, tuple(brands), heard))
    return sorted(places, key=_urgency)


def _urgency(place: Place) -> tuple[int, bool]:
    """The gravest level first; of the calm ones those first that hear nothing."""
    return -max((rank(b.level) for b in place.brands), default=-1), not place.ears.deaf
