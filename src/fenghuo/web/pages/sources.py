"""Sources: who listens where, and how each is doing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from fenghuo.web.asking import Asking, needs
from fenghuo.web.render import page

router = APIRouter()


@router.get("/sources")
def sources(request: Request, asking: Annotated[Asking, Depends(needs("read"))]) -> Response:
    """The sources of the workspace."""
    return page(
        request, "sources.html", asking, sources=asking.app.sources.overview(asking.workspace)
    )
