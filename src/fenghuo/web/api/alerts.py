"""`GET /api/v1/alerts`."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from fenghuo.web.api.bearer import MOST, REFUSED, Reading, latest_first
from fenghuo.web.api.forms import Alerts, alert_form

router = APIRouter(prefix="/api/v1", responses=REFUSED, tags=["read"])


@router.get("/alerts")
def alerts(
    asking: Reading,
    watch: Annotated[str, Query(description="Of this watch only.")] = "",
    since: Annotated[datetime | None, Query(description="Changed at or after; with zone.")] = None,
    after: Annotated[str, Query(description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Alerts:
    """The last word on each alert, the latest change first."""
    rows = [
        (stored.id, fact)
        for stored in asking.watches(watch)
        for fact in asking.app.warn.alerts(stored.id, MOST)
    ]
    shown, after_this = latest_first(rows, since, after, limit)
    names = asking.app.access.names(asking.workspace)
    return Alerts(alerts=[alert_form(*row, names) for row in shown], next=after_this)
