"""The API's parts, and its description in the form OpenAPI."""

from importlib.metadata import version
from typing import Any

import msgspec
from fastapi import FastAPI

from fenghuo.domain.post import Post
from fenghuo.web.api import alerts, hooks, lists, mentions, posts, stories, watches

PARTS = (posts, hooks, watches, alerts, stories, mentions, lists)


def described() -> dict[str, Any]:
    """The description of the JSON API, without a server or a database; the order is stable."""
    web = FastAPI(
        title="Fenghuo",
        version=version("fenghuo"),
        description="Posts in, and what was heard, grouped and warned of, out.",
    )
    for part in PARTS:
        web.include_router(part.router)
    told = web.openapi()
    forms = told["components"]["schemas"]
    # Posts are read by msgspec, on the hot path; FastAPI knows nothing of their form.
    _, known = msgspec.json.schema_components([Post], ref_template="#/components/schemas/{name}")
    forms.update(known)
    forms["MentionForm"]["properties"]["post"] = {"$ref": "#/components/schemas/Post"}
    told["components"]["schemas"] = dict(sorted(forms.items()))
    return told
