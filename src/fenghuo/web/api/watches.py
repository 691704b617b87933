"""`GET /api/v1/watches`."""

from fastapi import APIRouter

from fenghuo.domain.level import Level, rank
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.web.api.bearer import REFUSED, Bearer, Reading
from fenghuo.web.api.forms import Watches, WatchForm
from fenghuo.web.pages.situation import ENDED

router = APIRouter(prefix="/api/v1", responses=REFUSED, tags=["read"])


@router.get("/watches")
def watches(asking: Reading) -> Watches:
    """What the workspace listens for, and the gravest level that is open in each."""
    return Watches(watches=[_form(asking, stored) for stored in asking.watches()])


def _form(asking: Bearer, stored: StoredWatch) -> WatchForm:
    calm: Level = "calm"
    levels = [a.level for a in asking.app.warn.alerts(stored.id) if a.fact not in ENDED]
    watch = stored.watch
    return WatchForm(
        id=stored.id, brand=watch.brand, query=watch.query, markets=list(watch.markets),
        languages=list(watch.languages), time_zone=watch.time_zone, active=stored.active,
        level=max(levels, key=rank, default=calm), open_alerts=len(levels),
    )  # fmt: skip
