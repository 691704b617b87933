"""Each page for an owner, a member without the right, a member of another workspace, a stranger."""

import pytest
from fastapi.routing import APIRoute
from web.house import WORD, House, ask, methods, permission, routes

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.domain.people import PERMISSIONS, ROLES, Newcomer, Permission, Role, may
from fenghuo.web.application import build
from fenghuo.web.asking import sent_from_our_page

PUBLIC = {
    "/sign-in": "the way in",
    "/healthz": "says only that we are here",
    "/session": "says only whether one's own session holds",
    "/sign-out": "ends one's own session only",
    "/first-owner/{secret}": "the secret is the right",
    "/join/{secret}": "the secret is the right",
    "/a/{token}": "the token is the right",
    "/g/{secret}": "the secret is the right",
    "/language/{language}": "a cookie of this machine",
    "/theme/{theme}": "a cookie of this machine",
    "/hooks/{source}": "the signature is the right",
}
UNFORMED = {"/hooks/{source}", "/sign-in", "/first-owner/{secret}", "/join/{secret}", "/a/{token}"}
"""Forms of people without a session: the guard looks at where they come from."""

ROUTES = list(routes(build(App(Config()))))
GUARDED = [r for r in ROUTES if permission(r)]


def name(route: APIRoute) -> str:
    return f"{'/'.join(methods(route))} {route.path}"


def lacking(needed: Permission) -> Role:
    return next(role for role in ROLES[::-1] if not may([role], needed))


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_route_declares_its_permission_or_why_it_is_public(route: APIRoute) -> None:
    declared = permission(route)
    if route.path.startswith("/api/"):
        return
    assert bool(declared) != (route.path in PUBLIC), route.path
    assert not declared or declared in PERMISSIONS


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_form_must_come_from_our_page(route: APIRoute) -> None:
    if "POST" not in methods(route) or route.path.startswith("/api/") or route.path in UNFORMED:
        return
    assert sent_from_our_page in [needed.call for needed in route.dependant.dependencies]


def test_a_stranger_is_led_to_the_door_and_sees_nothing(house: House) -> None:
    stranger = house.client()
    for route in GUARDED:
        status, text = ask(stranger, route)
        assert status in {303, 401, 403}, name(route)
        assert "Veyra" not in text


def test_a_part_of_a_page_and_a_stream_answer_a_stranger_with_401(house: House) -> None:
    stranger = house.client()
    for path in ("/events?watch=x", "/", "/alerts"):
        answer = stranger.get(path, headers={"hx-request": "true"})
        assert answer.status_code == 401


def test_a_member_without_the_right_is_told_whose_move_it_is(house: House) -> None:
    for needed in {permission(route) for route in GUARDED}:
        role = lacking(needed)  # type: ignore[arg-type] # declared names are checked above
        session = house.member(role, name=f"without-{needed}")
        client = house.client(session)
        for route in [r for r in GUARDED if permission(r) == needed]:
            status, text = ask(client, route, house.csrf(session))
            assert status == 403, name(route)
            assert "轮到主人" in text


def test_a_member_of_another_workspace_cannot_reach_ours(house: House) -> None:
    link = house.app.access.invite("another", ["owner"])
    new = Newcomer("zhao@lumora.example", "Zhao", WORD)
    foreign = house.app.access.accept_invite(link, new, "127.0.0.1")
    client = house.client(foreign, fenghuo_workspace=house.workspace)
    for path in (
        "/", "/mentions", "/mentions.csv", "/alerts", "/sources", "/settings", "/settings/duty",
        "/settings/channels",
        f"/?watch={house.watch}", f"/mentions?watch={house.watch}",
        f"/alerts/{house.watch}/a1", f"/stories/{house.watch}/s1",
    ):  # fmt: skip
        text = client.get(path).text
        assert "Veyra" not in text, path
        assert "chen@veyra.example" not in text, path


def test_an_owner_sees_every_page(house: House) -> None:
    client = house.client(house.owner)
    for route in GUARDED:
        if "GET" in methods(route) and "{" not in route.path and route.path != "/events":
            assert client.get(route.path).status_code == 200, route.path


MATRIX: dict[Role, set[Permission]] = {
    "owner": set(PERMISSIONS),
    "lead": {
        "read", "hand_in", "judge", "watch", "sources", "export", "duty", "share", "privacy",
    },
    "pr": {"read", "hand_in", "judge", "watch", "export"},
    "marketing": {"read", "hand_in", "judge", "watch"},
    "legal": {"read", "hand_in", "judge", "export", "privacy"},
    "tech": {"read", "hand_in", "judge", "sources"},
    "service": {"read", "hand_in", "judge"},
    "store": {"read", "hand_in"},
    "quality": {"read", "hand_in", "judge"},
    "analyst": {"read", "hand_in", "export"},
    "viewer": {"read"},
    "guest": {"see_shared"},
}  # fmt: skip


@pytest.mark.parametrize("permission", PERMISSIONS)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_table_says_and_nothing_else(
    role: Role, permission: Permission
) -> None:
    assert may([role], permission) == (permission in MATRIX[role])


def test_a_guest_sees_no_page_of_the_workspace(house: House) -> None:
    client = house.client(house.member("guest"))
    for path in ("/", "/mentions", "/alerts", "/settings", "/sources"):
        assert client.get(path).status_code == 403


def test_a_person_taken_out_of_the_workspace_is_out_at_once(house: House) -> None:
    session = house.member("lead")
    client = house.client(session)
    assert client.get("/alerts").status_code == 200
    found = house.app.access.session(session)
    assert found is not None
    house.app.access.change_roles(house.workspace, found.person.id, [])
    assert client.get("/alerts").status_code == 403
