"""`GET /healthz`: are we here, and can we reach the database? For the doctor and for keepers."""

from typing import Annotated

from fastapi import APIRouter, Depends

from fenghuo.web.asking import Asking, anybody

router = APIRouter()


@router.get("/healthz")
def healthz(asking: Annotated[Asking, Depends(anybody)]) -> dict[str, str]:
    """{"fenghuo": "well"} once the database has answered; else the error page, with status 503."""
    asking.app.listen.awaiting(asking.workspace)
    return {"fenghuo": "well"}
