"""Stories: what people talk about, of every brand of the workspace, to filter and to sort."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from fenghuo.domain.errors import Missing
from fenghuo.domain.fact import Fact
from fenghuo.domain.level import Level, rank
from fenghuo.domain.post import millis
from fenghuo.domain.understanding import CRISIS_TYPES
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.web.asking import Asking, needs
from fenghuo.web.matter import harm_words, often
from fenghuo.web.pages.situation import SPANS
from fenghuo.web.render import page
from fenghuo.web.titles import titles

if TYPE_CHECKING:
    from fenghuo.listen import Story

router = APIRouter()
SHOWN = 20
OPEN = 1_000
"""More stories than any watch has open."""
SORTS = ("gravest", "biggest", "latest", "newest")


class Row(msgspec.Struct, frozen=True):
    """An open story of a watch, with the level of its alert, calm when there is none."""

    watch: StoredWatch
    fact: Fact
    story: "Story"
    level: Level


class Wanted:
    """The filters of the address; a link with them shows the same to everybody."""

    def __init__(
        self,
        watch: str = "",
        crisis: str = "",
        since: str = "",
        sort: str = SORTS[0],
        page: int = 1,
    ) -> None:
        self.watch = watch
        self.crisis = crisis if crisis in CRISIS_TYPES else ""
        self.since = since if since in SPANS else ""
        self.sort = sort if sort in SORTS else SORTS[0]
        self.page = max(page, 1)

    def filters(self) -> dict[str, str]:
        """What the address narrows and sorts by; where a page begins is left out."""
        return {name: v for name, v in vars(self).items() if v and name != "page"}


@router.get("/stories")
def stories(
    request: Request,
    asking: Annotated[Asking, Depends(needs("read"))],
    wanted: Annotated[Wanted, Depends(Wanted)],
) -> Response:
    """The open stories of the workspace's brands, a page at a time."""
    watches = asking.app.listen.watches(asking.workspace)
    chosen = [w for w in watches if wanted.watch in ("", w.id)]
    if wanted.watch and not chosen:
        raise Missing("web.no_watch")
    rows = [row for row in _open(asking, chosen, wanted) if wanted.crisis in ("", row.fact.type)]
    rows.sort(key=lambda row: _place(row, wanted.sort))
    begin = (wanted.page - 1) * SHOWN
    shown = rows[begin : begin + SHOWN]
    return page(
        request, "stories.html", asking, rows=shown, cues=_cues(asking, shown),
        titles=titles(asking, [(row.watch.id, row.fact) for row in shown]),
        found=len(rows), watches=watches, wanted=wanted, filters=wanted.filters(),
        before=wanted.page - 1, after=wanted.page + 1 if len(rows) > begin + SHOWN else 0,
        types=[t for t in CRISIS_TYPES if t != "none"], sorts=SORTS, spans=list(SPANS),
    )  # fmt: skip


def _open(asking: Asking, watches: Sequence[StoredWatch], wanted: Wanted) -> Iterator[Row]:
    since = millis(asking.now) - SPANS[wanted.since][0] if wanted.since else 0
    alerts = asking.app.warn.open_alerts(asking.workspace)
    for watch in watches:
        levels: dict[str, Level] = {}
        for alert in sorted(alerts.get(watch.id, ()), key=lambda a: rank(a.level)):
            levels[alert.story] = alert.level
        known = {story.id: story for story in asking.app.warn.state(watch.id).stories}
        for fact in asking.app.warn.biggest_stories(watch.id, OPEN, since):
            # Between the two looks a story may have come.
            if fact.story in known:
                yield Row(watch, fact, known[fact.story], levels.get(fact.story, "calm"))


def _place(row: Row, sort: str) -> tuple[int, ...]:
    size = -row.fact.mentions
    match sort:
        case "biggest":
            return (size, -row.story.last)
        case "latest":
            return (-row.story.last, size)
        case "newest":
            return (-row.story.first, size)
        case _:
            return (-rank(row.level), row.fact.type == "none", size, -row.story.last)


def _cues(asking: Asking, rows: Sequence[Row]) -> dict[tuple[str, str], str]:
    """By watch and story its grave cues in words."""
    return {
        (row.watch.id, row.fact.story): harm_words(
            often(row.story.cues, row.story.mentions), asking.language
        )
        for row in rows
    }
