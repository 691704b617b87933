"""Forms: only from our page, and only with the word of this session."""

import pytest
from web.house import WORD, House


def test_a_form_without_the_word_of_its_session_does_nothing(house: House) -> None:
    client = house.client(house.owner)
    other = house.csrf(house.member("owner"))
    for csrf in ("", "wrong", other):
        answer = client.post("/settings/invite", data={"roles": "pr", "csrf": csrf})
        assert answer.status_code == 403
        assert "/join/" not in answer.text


def test_a_form_with_its_word_works(house: House) -> None:
    client = house.client(house.owner)
    answer = client.post("/settings/invite", data={"roles": "pr", "csrf": house.csrf(house.owner)})
    assert answer.status_code == 200
    assert "http://127.0.0.1:8420/join/" in answer.text


def test_nobody_is_made_a_guest_while_a_guest_has_nothing_to_see(house: House) -> None:
    client, csrf = house.client(house.owner), house.csrf(house.owner)
    assert 'value="viewer"' in client.get("/settings").text
    assert 'value="guest"' not in client.get("/settings").text
    answer = client.post("/settings/invite", data={"roles": ["pr", "guest"], "csrf": csrf})
    assert answer.status_code == 422
    assert "/join/" not in answer.text
    found = house.app.access.session(house.member("pr"))
    assert found is not None
    form = {"person": found.person.id, "roles": "guest", "csrf": csrf}
    assert client.post("/settings/member", data=form).status_code == 422
    roles = {m.person.id: m.roles for m in house.app.access.members(house.workspace)}
    assert roles[found.person.id] == ("pr",)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_another_site_is_refused_even_at_the_door(
    house: House, headers: dict[str, str]
) -> None:
    data = {"email": "chen@veyra.example", "password": WORD}
    answer = house.client().post("/sign-in", data=data, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_our_own_page_may_send_its_form(house: House) -> None:
    data = {"email": "chen@veyra.example", "password": WORD}
    headers = {"origin": "http://127.0.0.1:8420", "sec-fetch-site": "same-origin"}
    assert house.client().post("/sign-in", data=data, headers=headers).status_code == 303


def test_a_token_needs_no_form_word_and_a_session_is_no_token(house: House) -> None:
    token = house.app.access.create_token(house.workspace, "shop", ["posts:write"])
    client = house.client()
    sent = client.post("/api/v1/posts", content=b"", headers={"authorization": f"Bearer {token}"})
    assert sent.status_code == 200
    answer = house.client(house.owner).post("/api/v1/posts", content=b"")
    assert answer.status_code == 401
    assert set(answer.json()["text"]) == {"zh-CN", "en"}


def test_a_session_cookie_stays_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    data = {"email": "chen@veyra.example", "password": WORD}
    cookie = house.client().post("/sign-in", data=data).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    client = house.client(house.owner)
    client.post("/sign-out", data={"csrf": house.csrf(house.owner)})
    assert house.client(house.owner).get("/alerts").status_code == 303


def test_looking_at_a_one_time_link_spends_nothing(house: House) -> None:
    link = house.app.access.invite(house.workspace, ["viewer"])
    client = house.client()
    for _ in range(3):
        assert client.get(f"/join/{link}").status_code == 200
    data = {"email": "wu@veyra.example", "name": "吴", "password": WORD}
    assert client.post(f"/join/{link}", data=data).status_code == 303
    assert client.post(f"/join/{link}", data=data).status_code == 422


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", ""])
def test_no_link_of_ours_leads_to_another_site(house: House, back: str) -> None:
    for path in ("/language/en", "/theme/dark"):
        answer = house.client().get(path, params={"back": back})
        assert answer.headers["location"] == "/"


def test_a_wrong_sign_in_keeps_the_address_and_never_the_password(house: House) -> None:
    data = {"email": "chen@veyra.example", "password": "not the password at all"}
    answer = house.client().post("/sign-in", data=data)
    assert answer.status_code == 403
    assert "chen@veyra.example" in answer.text
    assert "not the password" not in answer.text
