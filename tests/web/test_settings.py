"""Settings: a form that is refused comes back as it was filled in."""

import re

import pytest
from web.house import House

from fenghuo.domain.people import Newcomer


def checked(text: str, action: str, name: str) -> set[str]:
    """What is ticked under a name in the first form of an action."""
    form = text.split(f'action="{action}"')[1].split("</form>")[0]
    return set(re.findall(rf'name="{name}" value="([\w:-]+)" checked', form))


def person(house: House, session: str) -> str:
    found = house.app.access.session(session)
    assert found is not None
    return found.person.id


def test_a_change_of_roles_that_is_refused_keeps_what_was_chosen(house: House) -> None:
    data = {"csrf": house.csrf(house.owner), "person": person(house, house.owner),
            "roles": ["pr", "legal"]}  # fmt: skip
    answer = house.client(house.owner, fenghuo_language="en").post("/settings/member", data=data)
    assert answer.status_code == 422
    assert "keeps at least one owner" in answer.text
    assert checked(answer.text, "/settings/member", "roles") == {"pr", "legal"}
    assert "<details open>" in answer.text
    assert house.app.access.members(house.workspace)[0].roles == ("owner",)


def test_an_invitation_that_is_refused_keeps_what_was_chosen(house: House) -> None:
    data = {"csrf": house.csrf(house.owner), "roles": ["viewer", "guest"]}
    answer = house.client(house.owner, fenghuo_language="en").post("/settings/invite", data=data)
    assert answer.status_code == 422
    assert "A guest comes by a link" in answer.text
    assert checked(answer.text, "/settings/invite", "roles") == {"viewer"}


@pytest.mark.parametrize(("title", "scopes"), [("", ["read"]), ("the shop", [])])
def test_a_token_that_is_refused_keeps_its_name_and_its_scopes(
    house: House, title: str, scopes: list[str]
) -> None:
    data = {"csrf": house.csrf(house.owner), "title": title, "scopes": scopes}
    answer = house.client(house.owner).post("/settings/token", data=data)
    assert answer.status_code == 422
    assert f'name="title" type="text" value="{title}"' in answer.text
    assert checked(answer.text, "/settings/token", "scopes") == set(scopes)


def test_somebody_of_another_workspace_becomes_no_member_by_a_change_of_roles(
    house: House,
) -> None:
    link = house.app.access.invite("another", ["owner"])
    new = Newcomer("zhao@lumora.example", "Zhao", "correct horse battery")
    foreign = person(house, house.app.access.accept_invite(link, new, "127.0.0.1"))
    before = house.app.access.members(house.workspace)
    for name in (foreign, "nobody"):
        data = {"csrf": house.csrf(house.owner), "person": name, "roles": ["owner"]}
        answer = house.client(house.owner).post("/settings/member", data=data)
        assert answer.status_code == 404
        assert 'role="alert"' in answer.text
    assert house.app.access.members(house.workspace) == before
