"""`GET /api/v1/watches`."""

from collections.abc import Sequence

from fastapi import APIRouter

from fenghuo.domain.fact import Fact
from fenghuo.domain.level import Level, rank
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.web.api.bearer import REFUSED, Reading
from fenghuo.web.api.forms import CompetitorForm, Watches, WatchForm

router = APIRouter(prefix="/api/v1", responses=REFUSED, tags=["read"])


@router.get("/watches")
def watches(asking: Reading) -> Watches:
    """What the workspace listens for, and the gravest level that is open in each."""
    found = asking.app.warn.open_alerts(asking.workspace)
    rivals = asking.app.listen.rivals(asking.workspace)
    return Watches(watches=[_form(w, found.get(w.id, ()), rivals) for w in asking.watches()])


def _form(stored: StoredWatch, alerts: Sequence[Fact], rivals: Sequence[StoredWatch]) -> WatchForm:
    calm: Level = "calm"
    levels = [alert.level for alert in alerts]
    watch = stored.watch
    return WatchForm(
        id=stored.id, brand=watch.brand, query=watch.query, markets=list(watch.markets),
        languages=list(watch.languages), time_zone=watch.time_zone, active=stored.active,
        level=max(levels, key=rank, default=calm), open_alerts=len(levels),
        competitors=[
            CompetitorForm(id=w.id, brand=w.watch.brand, query=w.watch.query)
            for w in rivals if w.rival_of == stored.id
        ],
    )  # fmt: skip
