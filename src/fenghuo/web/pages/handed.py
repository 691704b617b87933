"""By hand: a link or a text heard in a chat group, ten seconds on a phone."""

from hashlib import sha256
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response

from fenghuo.domain.errors import BadInput
from fenghuo.domain.post import Author, Post
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import page

router = APIRouter()
Hander = Annotated[Asking, Depends(needs("hand_in"))]


@router.get("/by-hand")
def form(request: Request, asking: Hander) -> Response:
    """The form."""
    return page(request, "by_hand.html", asking, done=None, text="", link="")


@router.post("/by-hand", dependencies=[Depends(sent_from_our_page)])
def hand_in(
    request: Request,
    asking: Hander,
    text: Annotated[str, Form()],
    link: Annotated[str, Form()] = "",
    heard_from: Annotated[str, Form()] = "",
) -> Response:
    """It counts like any post and obeys the same floor of gravity."""
    if not text.strip():
        raise BadInput("intake.empty")
    link = link.strip() if urlsplit(link.strip()).scheme in {"http", "https"} else ""
    name = sha256((link or text.strip()).encode()).hexdigest()[:24]
    post = Post(
        platform="by-hand", id=name, time=asking.now, text=text, url=link,
        links=(link,) if link else (), author=Author(name=heard_from.strip()),
    )  # fmt: skip
    done = asking.app.listen.accept(asking.workspace, [post])
    return page(request, "by_hand.html", asking, done=done, text=text, link=link)
