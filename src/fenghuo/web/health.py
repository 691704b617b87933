"""`GET /healthz`: are we here and do all parts work? For the doctor and for keepers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from fenghuo.web.asking import Asking, anybody

router = APIRouter()


@router.get("/healthz")
def healthz(asking: Annotated[Asking, Depends(anybody)], response: Response) -> dict[str, str]:
    """{"fenghuo": "well"}, or "still" with status 503 when a part has not worked for two minutes.

    Without a database the error page, with status 503.
    """
    if asking.app.pulse.life().still:
        response.status_code = 503
        return {"fenghuo": "still"}
    return {"fenghuo": "well"}
