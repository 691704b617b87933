"""`GET /api/v1/lists`."""

from fastapi import APIRouter

from fenghuo.web.api.bearer import REFUSED, Reading
from fenghuo.web.api.forms import ListForm, NamedLists

router = APIRouter(prefix="/api/v1", responses=REFUSED, tags=["read"])


@router.get("/lists")
def lists(asking: Reading) -> NamedLists:
    """The named lists of the workspace, by name; a query says `@list(name)`."""
    found = asking.app.lists.overview(asking.workspace)
    return NamedLists(
        lists=[
            ListForm(
                name=use.named.name,
                entries=list(use.named.entries),
                watches=[stored.id for stored in use.watches],
            )
            for use in found
        ]
    )
