"""Several workspaces: an agency sees all of its own, and nothing of anybody else's."""

from web.house import House

from fenghuo.domain.watch import Watch


def make(house: House, name: str) -> int:
    data = {"name": name, "csrf": house.csrf(house.owner)}
    return int(house.client(house.owner).post("/workspaces", data=data).status_code)


def test_a_new_workspace_belongs_to_whoever_made_it_and_starts_empty(house: House) -> None:
    assert make(house, "Lumora 客户") == 303
    text = house.client(house.owner).get("/workspaces").text
    assert "Lumora 客户" in text
    assert "Veyra" in text
    session = house.app.access.session(house.owner)
    assert session is not None
    made = next(m for m in session.members if m.workspace.name == "Lumora 客户")
    assert house.app.listen.watches(made.workspace.id) == []
    assert made.roles == ("owner",)


def test_one_goes_to_a_brand_of_another_workspace_of_ones_own(house: House) -> None:
    make(house, "Lumora")
    session = house.app.access.session(house.owner)
    assert session is not None
    other = next(m.workspace.id for m in session.members if m.workspace.name == "Lumora")
    watch = house.app.listen.watch(other, Watch("Lumora", "lumora")).id
    data = {"workspace": other, "watch": watch, "csrf": house.csrf(house.owner)}
    answer = house.client(house.owner).post("/workspace", data=data)
    assert answer.headers["location"] == f"/?watch={watch}"
    assert other in answer.headers["set-cookie"]


def test_the_way_to_a_brand_leads_nowhere_else(house: House) -> None:
    data = {"workspace": house.workspace, "watch": "//evil.example",
            "csrf": house.csrf(house.owner)}  # fmt: skip
    answer = house.client(house.owner).post("/workspace", data=data)
    assert answer.headers["location"] == "/"


def test_nobody_goes_to_a_workspace_where_they_do_not_belong(house: House) -> None:
    data = {"workspace": "x", "csrf": house.csrf(house.owner)}
    answer = house.client(house.owner).post("/workspace", data=data)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


def test_a_form_of_a_page_that_was_left_open_does_nothing_in_another_workspace(
    house: House,
) -> None:
    make(house, "Lumora")
    session = house.app.access.session(house.owner)
    assert session is not None
    other = next(m.workspace.id for m in session.members if m.workspace.name == "Lumora")
    left_open = {"csrf": house.csrf(house.owner), "title": "t", "scopes": "read"}
    client = house.client(house.owner, fenghuo_workspace=other)
    assert client.post("/settings/token", data=left_open).status_code == 403
    own = left_open | {"csrf": session.word(other)}
    assert client.post("/settings/token", data=own).status_code == 200


def test_a_name_is_needed_and_only_owners_make_workspaces(house: House) -> None:
    assert make(house, " ") == 422
    viewer = house.member("viewer")
    data = {"name": "x", "csrf": house.csrf(viewer)}
    assert house.client(viewer).post("/workspaces", data=data).status_code == 403


def test_the_brands_of_strangers_are_not_shown(house: House) -> None:
    house.app.listen.watch("another", Watch("Secret brand", "secret"))
    assert "Secret brand" not in house.client(house.owner).get("/workspaces").text
