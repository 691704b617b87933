"""What stands before every page."""

import pytest
from web.house import House

from fenghuo.web.guard import HEADERS, known_hosts


@pytest.mark.parametrize(
    "path", ["/sign-in", "/", "/nowhere", "/static/fenghuo.css", "/static/nothing.js", "/api/v1/x"]
)
def test_every_answer_leaves_with_the_strict_policy(house: House, path: str) -> None:
    answer = house.client().get(path)
    for header in HEADERS:
        assert header in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_foreign_name_pointed_at_this_machine_gets_no_page(house: House) -> None:
    answer = house.client().get("/sign-in", headers={"host": "rebound.example"})
    assert answer.status_code == 403
    assert "password" not in answer.text
    assert "FENGHUO_PUBLIC_URL" in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost:9000", "[::1]:8420"])
def test_loopback_is_known_by_all_its_names(house: House, host: str) -> None:
    assert house.client().get("/sign-in", headers={"host": host}).status_code == 200


def test_the_public_address_is_known_beside_loopback() -> None:
    found = known_hosts("::", "https://fenghuo.veyra.example/x")
    assert found >= {"fenghuo.veyra.example", "127.0.0.1"}
    assert "evil.example" not in found


def test_whoever_listens_everywhere_without_a_public_address_is_held_to_no_name() -> None:
    assert known_hosts("::", "") == frozenset()
    assert "10.0.0.5" in known_hosts("10.0.0.5", "")


@pytest.mark.parametrize(
    ("length", "status"), [(b"\xb2", 411), (b"64000001", 413), (b"9" * 5_000, 413)]
)
def test_a_form_whose_size_is_no_number_or_too_large_is_not_read(
    house: House, length: bytes, status: int
) -> None:
    client = house.client()
    answer = client.post("/sign-in", content=b"x", headers={b"content-length": length})
    assert answer.status_code == status


@pytest.mark.parametrize("before", ["\u00b2.x", "9" * 30 + ".x", "9" * 5_000 + ".x", "1", ".x"])
def test_a_place_in_the_address_that_nobody_gave_is_the_beginning(
    house: House, before: str
) -> None:
    answer = house.client(house.owner).get("/mentions", params={"before": before})
    assert answer.status_code == 200


def test_pages_are_kept_by_nobody_and_static_files_for_ever(house: House) -> None:
    client = house.client(house.owner)
    page = client.get("/alerts")
    assert page.headers["cache-control"] == "no-store"
    css = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in client.get(css).headers["cache-control"]
    assert "immutable" not in client.get("/static/fenghuo.css").headers["cache-control"]
