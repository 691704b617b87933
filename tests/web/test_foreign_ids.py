"""An id of another workspace is answered like one of nowhere, by every route that takes one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from storage.rows import fact
from web.house import WORD, House, methods, routes

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.duty import Duty, NewChannel, Person, Weekly
from fenghuo.domain.guest import NewGuest, Shared
from fenghuo.domain.people import Newcomer
from fenghuo.domain.post import Post
from fenghuo.domain.source import Source
from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.web.application import build

IDS = frozenset(
    {"watch", "alert", "story", "item", "mention", "source", "duty", "channel", "person",
     "member", "token", "test", "guest", "workspace"}
)  # fmt: skip
"""How parameters are called that take the id of something in a workspace."""
NO_IDS = {
    "kind": "alert or story",
    "language": "of this machine",
    "theme": "of this machine",
    "name": "of a shipped recipe",
    "platform": "of a shipped reader",
    "secret": "is the right itself",
}
NOT_OURS = {
    "/a/{token}": "the token is the right itself",
    "/hooks/{source}": "a program's; the signature is the right",
    "/workspaces": "its workspace is a new one's name",
    "/first-owner/{secret}": "its workspace is a new one's name",
}
KEPT = {
    ("/by-hand/look", "watch"): "a draft, of which nothing is kept",
    ("/by-hand", "watch"): "comes back as it was filled in, with what is wrong",
    ("/settings/channels", "member"): "comes back as it was filled in, with what is wrong",
    ("/workspace", "watch"): "leads on to the page that answers so",
}


@dataclass(frozen=True)
class Taken:
    """A parameter of a route: where it stands, and under which name."""

    place: str
    name: str


def parameters(dependant: Dependant) -> Iterator[Taken]:
    """What a route takes, and all that it depends on takes."""
    for place in ("path", "query", "body"):
        for field in getattr(dependant, f"{place}_params"):
            yield Taken(place, field.name)
    for needed in dependant.dependencies:
        yield from parameters(needed)


ROUTES = [r for r in routes(build(App(Config()))) if r.path not in NOT_OURS]
WALKED = [
    (route, taken)
    for route in ROUTES
    for taken in dict.fromkeys(parameters(route.dependant))
    if taken.name in IDS and (route.path, taken.name) not in KEPT
]


def said(asked: APIRoute | Taken) -> str:
    return asked.name if isinstance(asked, Taken) else f"{methods(asked)[0]} {asked.path}"


def things(house: House, workspace: str, watch: str) -> dict[str, str]:
    """One of everything that has an id, in a workspace."""
    app = house.app
    app.listen.accept(workspace, [Post(platform="x", id=workspace, time=app.clock.now(""),
                                       text="veyra lumora")])  # fmt: skip
    mention = app.listen.mentions(MentionSearch(workspace, watch, limit=1))[0].id
    with app.store.transaction() as tx:
        opened = [fact(1, "alert_opened", alert="a1"), fact(2, "story_opened", story="s1")]
        tx.warn.add_facts(watch, opened)
        tx.warn.join(watch, [(mention, "s1")])
    app.sources.save(Source(f"source-{workspace}", workspace, "feed", "F", {}))
    person = app.access.members(workspace)[0].person
    new = NewChannel("json://127.0.0.1/x", "C", "", person.id)
    channel = app.prepare.add_channel(workspace, new, person.id).id
    who = Person(person.id, person.name, channels=(channel,))
    duty = app.prepare.put_duty(
        Duty("", workspace, who, weekly=Weekly((0,), "09:00", "17:00", "UTC")), person.id
    ).id
    guest = NewGuest(Shared("alert", f"{watch}/a1"), "G", "", "en", "UTC", 1)
    app.access.create_token(workspace, "t", ["read"], person.id)
    return {
        "workspace": workspace, "watch": watch, "alert": "a1", "story": "s1", "item": "a1",
        "mention": mention, "source": f"source-{workspace}", "channel": channel, "duty": duty,
        "person": person.id, "member": person.id, "test": "none",
        "token": app.access.tokens(workspace)[0].digest.hex(),
        "guest": app.guests.invite(workspace, guest, person.id)[0].id,
    }  # fmt: skip


@pytest.fixture
def foreign(house: House) -> dict[str, str]:
    """What another workspace has, where nobody of ours belongs."""
    place = "of-others"
    with house.app.store.transaction() as tx:
        ours = tx.access.workspaces()[0]
        tx.access.save_workspace(type(ours)(place, "Lumora"))
    new = Newcomer("zhao@lumora.example", "Zhao", WORD)
    house.app.access.accept_invite(house.app.access.invite(place, ["owner"]), new, "127.0.0.1")
    return things(house, place, house.app.listen.watch(place, Watch("Lumora", "lumora")).id)


def answer(
    client: TestClient, route: APIRoute, values: Mapping[str, str], sent: Mapping[str, str]
) -> tuple[int, str]:
    """Status and text, less the words that differ by what was asked for."""
    path = route.path.format_map({name: values.get(name, "alert") for name in
                                  route.param_convertors})  # fmt: skip
    query = {t.name: values[t.name] for t in parameters(route.dependant)
             if t.place == "query" and t.name in values}  # fmt: skip
    body = {t.name: values[t.name] for t in parameters(route.dependant)
            if t.place == "body" and t.name in values}  # fmt: skip
    got = client.request(methods(route)[0], path, params=query, data={**sent, **body})
    text = got.text
    for value in sorted(values.values(), key=len, reverse=True):
        text = text.replace(value, "·") if len(value) > 3 else text
    return got.status_code, re.sub(r"\d\d:\d\d", "", text)


def test_every_blank_of_an_address_is_known_to_be_an_id_or_not() -> None:
    for route in ROUTES:
        for name in route.param_convertors:
            assert (name in IDS) != (name in NO_IDS), f"{route.path}: {name}"


@pytest.mark.parametrize(("route", "taken"), WALKED, ids=said)
def test_an_id_of_another_workspace_is_answered_like_one_of_nowhere(
    house: House, foreign: dict[str, str], route: APIRoute, taken: Taken
) -> None:
    ours = things(house, house.workspace, house.watch)
    client = house.client(house.owner, fenghuo_language="en")
    sent = {"csrf": house.csrf(house.owner), "verdict": "acknowledged", "text": "veyra x"}
    if route.path.startswith("/api/"):
        token = house.app.access.create_token(house.workspace, "t", ["read"])
        client.headers["authorization"] = f"Bearer {token}"
    found = {}
    for whose, strange in (("another's", foreign[taken.name]), ("nobody's", "no-such-thing")):
        if strange == ours[taken.name]:
            strange = "in-another-only"
        found[whose] = answer(client, route, {**ours, taken.name: strange}, sent)
    assert found["another's"][0] == 404, found["another's"][1][:300]
    assert found["another's"] == found["nobody's"]
    assert "Lumora" not in found["another's"][1]
