"""A whole application over a database of its own, and the people who ask it for pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.people import Newcomer, Role
from fenghuo.domain.post import Author, Post
from fenghuo.domain.watch import Watch
from fenghuo.web.application import build

if TYPE_CHECKING:
    from fastapi import FastAPI

HOME = "http://127.0.0.1:8420"
WORD = "correct horse battery"


@dataclass
class House:
    """The application, its workspace and the sessions of its people."""

    app: App
    web: "FastAPI"
    workspace: str
    owner: str
    watch: str

    def client(self, session: str = "", **cookies: str) -> TestClient:
        """A browser, signed in by this session; it follows no redirect."""
        held = {"fenghuo_session": session, **cookies} if session else cookies
        return TestClient(
            self.web, HOME, cookies=held, follow_redirects=False, raise_server_exceptions=False
        )

    def member(self, *roles: Role, name: str = "li") -> str:
        """A new member with these roles; their session."""
        link = self.app.access.invite(self.workspace, roles)
        new = Newcomer(f"{name}@veyra.example", name, WORD)
        return self.app.access.accept_invite(link, new, "127.0.0.1")

    def csrf(self, session: str) -> str:
        """What a form of this session carries."""
        found = self.app.access.session(session)
        assert found is not None
        return found.word(found.members[0].workspace.id if found.members else "")


def built(url: str, var: Path, translate_url: str = "") -> House:
    """An application whose first workspace has an owner, a watch and a hostile post."""
    app = App(Config(var=var, database=url, translate_url=translate_url))
    link = app.access.first_owner_secret()
    owner = app.access.create_first_owner(
        link, Newcomer("chen@veyra.example", "陈朗", WORD), "维拉出海"
    )
    session = app.access.session(owner)
    assert session is not None
    workspace = session.members[0].workspace.id
    watch = app.listen.watch(workspace, Watch("Veyra", "veyra")).id
    app.listen.accept(workspace, [hostile()])
    return House(app, build(app), workspace, owner, watch)


def hostile() -> Post:
    """A post whose every word wants to be markup."""
    return Post(
        platform="mastodon",
        id="https://m.example/1",
        time=datetime.now(UTC),  # noqa: TID251 - intake compares with the real clock
        text='Veyra <script>alert(1)</script><b hx-get="/sign-out" hx-trigger="load">x</b>',
        title="=cmd|' /C calc'!A0",
        url="javascript:alert(1)",
        author=Author(name='"><img src=x onerror=alert(1)>'),
    )


def routes(web: "FastAPI") -> Iterator[APIRoute]:
    """Every route of the application, those of included routers too."""

    def walk(found: list[BaseRoute]) -> Iterator[APIRoute]:
        for route in found:
            if isinstance(route, APIRoute):
                yield route
            elif inner := getattr(route, "original_router", None):
                yield from walk(inner.routes)

    yield from walk(web.routes)


def permission(route: APIRoute) -> str:
    """The permission that a route declares, or ""."""
    for needed in route.dependant.dependencies:
        found = getattr(needed.call, "permission", None)
        if found is not None:
            return str(found)
    return ""


def methods(route: APIRoute) -> list[str]:
    """The methods of a route, HEAD apart."""
    return sorted((route.methods or set()) - {"HEAD"})


def ask(client: TestClient, route: APIRoute, csrf: str = "") -> tuple[int, str]:
    """Status and text of a route with something in each blank of its path."""
    path = route.path
    for name in route.param_convertors:
        path = path.replace(f"{{{name}}}", "x")
    answer = client.request(methods(route)[0], path, data={"csrf": csrf})
    return answer.status_code, answer.text
