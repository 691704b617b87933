"""How the product looks on this machine: day, night, or as the device says."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from fenghuo.web.render import THEME, THEMES

router = APIRouter()
YEAR_S = 365 * 24 * 3600


@router.get("/theme/{theme}")
def theme(theme: str, back: str = "/") -> Response:
    """Remember day or night on this machine; anything else follows the device again.

    It changes nothing else, so a link is enough.
    """
    # Only a path of our own: an address of another site must not be reached through us.
    answer = RedirectResponse(back if back.startswith("/") and back[1:2] not in "/\\" else "/", 303)
    if theme in THEMES:
        answer.set_cookie(THEME, theme, max_age=YEAR_S, samesite="lax", httponly=True)
    else:
        answer.delete_cookie(THEME)
    return answer
