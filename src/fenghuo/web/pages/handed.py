"""By hand: a link, a text or a screenshot heard in a chat group, ten seconds on a phone."""

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from fenghuo.domain.errors import BadInput, FenghuoError, Missing
from fenghuo.domain.fact import Fact
from fenghuo.domain.handed import HEARD_FROM, Handed, HeardFrom
from fenghuo.domain.log import Tuning
from fenghuo.domain.picture import LARGEST_PICTURE
from fenghuo.i18n import explain, say
from fenghuo.ports.listen_store import StoredMention, StoredWatch
from fenghuo.web.asking import Asking, needs, sent_from_our_page
from fenghuo.web.render import page

if TYPE_CHECKING:
    from fenghuo.listen import Looked

router = APIRouter()
Hander = Annotated[Asking, Depends(needs("hand_in"))]
TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
"""The only types under which a picture leaves, whatever it came as."""
SURE = Tuning().grave_least
"""From here on a cue opens an alert by itself."""


class Typed:
    """The form as it was sent. `suggested` is the brand that the page had chosen by itself."""

    def __init__(
        self,
        text: Annotated[str, Form()] = "",
        watch: Annotated[str, Form()] = "",
        suggested: Annotated[str, Form()] = "",
        heard_from: Annotated[str, Form()] = "",
        about: Annotated[str, Form()] = "",
    ) -> None:
        self.text = text
        self.watch = watch
        self.suggested = suggested
        self.heard_from: HeardFrom | Literal[""] = next(
            (name for name in HEARD_FROM if name == heard_from), ""
        )
        self.about = about


@router.get("/by-hand")
def form(request: Request, asking: Hander) -> Response:
    """The form."""
    return _form(request, asking, Typed())


@router.post("/by-hand/look", dependencies=[Depends(sent_from_our_page)])
def look(
    request: Request,
    asking: Hander,
    typed: Annotated[Typed, Depends(Typed)],
    picture: Annotated[str, Form()] = "",
) -> Response:
    """What is recognised in what was pasted so far; nothing is kept.

    The picture stays in the browser: at most its name says that there is one. A field without a
    file is sent as some browsers write an object, which is no name.
    """
    pictured = bool(picture) and not picture.startswith("[object")
    return _form(request, asking, typed, pictured=pictured, part="by_hand_look.html")


@router.post("/by-hand", dependencies=[Depends(sent_from_our_page)])
def hand_in(
    request: Request,
    asking: Hander,
    typed: Annotated[Typed, Depends(Typed)],
    picture: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Take it in. It counts like any post and obeys the same floor of gravity.

    A page that sends it in parts (htmx) keeps everything, the chosen picture too, while it only
    puts in what went wrong.
    """
    live = "hx-request" in request.headers
    try:
        handed = Handed(
            typed.text, _bytes(picture), (typed.watch,) if typed.watch else (), typed.heard_from,
            say("by_hand.picture_only", asking.language), typed.about,
        )  # fmt: skip
        done = asking.app.listen.hand_in(asking.workspace, handed)
        if not done.mentions:
            raise BadInput("by_hand.no_brand")
    except FenghuoError as error:
        problem = explain(error, asking.language)
        if live:
            return page(request, "by_hand_problem.html", asking, problem=problem)
        lost = bool(picture and picture.filename)
        return _form(request, asking, typed, problem=problem, lost=lost)
    place = f"/by-hand/{done.mentions[0].id}" + ("" if done.new else "?known=1")
    if live:
        return Response(headers={"HX-Redirect": place})
    return RedirectResponse(place, 303)


@router.get("/by-hand/{mention}")
def handed_in(request: Request, asking: Hander, mention: str, known: bool = False) -> Response:
    """What was taken in, what it means, and the words that are still missing."""
    found = _mention(asking, mention)
    # Asked for before the alert that is shown: what comes in between is news to the page.
    mark = asking.app.change_mark(asking.workspace, found.watch)
    watch = asking.app.listen.one_watch(asking.workspace, found.watch)
    return page(
        request, "by_hand_done.html", asking, m=found, watch=watch, known=known, mark=mark,
        alert=_alert(asking, found),
    )  # fmt: skip


@router.get("/by-hand/{mention}/picture")
def picture(asking: Annotated[Asking, Depends(needs("read"))], mention: str) -> Response:
    """The picture of a mention: of a fixed type, and nothing that it holds may run."""
    found = asking.app.listen.picture(asking.workspace, mention)
    if found is None:
        raise Missing("web.no_mention")
    headers = {
        "Content-Disposition": "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(found.body, media_type=TYPES[found.kind], headers=headers)


def _form(
    request: Request,
    asking: Asking,
    typed: Typed,
    part: str = "",
    **shown: str | bool,
) -> Response:
    """The form with what is recognised, or with `part` that piece of it.

    `shown`: a `problem`, whether a chosen picture was `lost` by it, whether one is `pictured`.
    """
    shown = {"problem": "", "lost": False, "pictured": False, **shown}
    looked = asking.app.listen.look(asking.workspace, typed.text)
    watches = [w for w in asking.app.listen.watches(asking.workspace) if w.active]
    suggested, cues = _suggested(looked, watches), _cues(looked)
    live = "hx-request" in request.headers
    return page(
        request,
        part if live and part else "by_hand.html",
        asking,
        status=422 if shown["problem"] else 200,
        typed=typed,
        looked=looked,
        watches=watches,
        suggested=suggested,
        chosen=typed.watch if typed.watch != typed.suggested else suggested,
        live=live and bool(part),
        sources=HEARD_FROM,
        cues=cues,
        called=_called(asking) if cues else "",
        **shown,
    )


def _suggested(looked: "Looked | None", watches: list[StoredWatch]) -> str:
    """The brand that the paste names, else the first."""
    hit = [w.id for w in watches if looked and w.id in looked.watches]
    return next(iter([*hit, *(w.id for w in watches)]), "")


def _cues(looked: "Looked | None") -> list[str]:
    """The grave cues of a paste when one of them opens an alert by itself."""
    found = looked.understanding.grave if looked and looked.understanding else ()
    return [cue.cue for cue in found] if any(cue.p >= SURE for cue in found) else []


def _called(asking: Asking) -> str:
    """Who is called first: whoever is on duty, else an owner."""
    members = asking.app.access.members(asking.workspace)
    owners = sorted(m.person.name for m in members if "owner" in m.roles)
    on_duty = [person.name for person in asking.app.prepare.on_duty(asking.workspace)]
    return [*on_duty, *owners][0]


def _bytes(picture: UploadFile | None) -> bytes:
    # One byte more than may be kept is enough to know that it is too large.
    return picture.file.read(LARGEST_PICTURE + 1) if picture else b""


def _mention(asking: Asking, mention: str) -> StoredMention:
    found = asking.app.listen.mention(asking.workspace, mention)
    if found is None:
        raise Missing("web.no_mention")
    return found


def _alert(asking: Asking, mention: StoredMention) -> Fact | None:
    """The open alert that this mention belongs to."""
    for alert in asking.app.warn.open_alerts(asking.workspace).get(mention.watch, ()):
        of_story = bool(mention.story) and alert.story == mention.story
        if of_story or mention.id in alert.examples:
            return alert
    return None
