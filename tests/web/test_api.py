"""The JSON API: what a token opens, what it may see, pages without gaps, errors in one form."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.testclient import TestClient
from web.house import House, hostile, methods, routes

from fenghuo.app import App
from fenghuo.cli import cli
from fenghuo.config import Config
from fenghuo.domain.errors import NotAllowed, OurMove
from fenghuo.domain.fact import Fact
from fenghuo.domain.people import Role
from fenghuo.domain.post import KINDS, PRIVATE_KINDS, Kind, Post, millis
from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.web.api.forms import Problem, Stopped, TakenIn
from fenghuo.web.api.posts import LARGEST
from fenghuo.web.application import build

ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - intake compares with the real clock
OF_A_WATCH = ("/api/v1/alerts", "/api/v1/stories", "/api/v1/mentions")
READS = ("/api/v1/watches", "/api/v1/lists", *OF_A_WATCH)


class Api:
    """The API as a token sees it."""

    def __init__(self, house: House, token: str) -> None:
        self.client: TestClient = house.client()
        self.token = token

    def get(self, path: str, **asked: object) -> Any:
        answer = self.client.get(f"/api/v1/{path}", params=asked, headers=self.headers)  # type: ignore[arg-type]  # texts and numbers
        assert answer.status_code == 200, answer.text
        return answer.json()

    def all(self, path: str, **asked: object) -> list[Any]:
        """What every page of a list holds, in order."""
        found, after = [], ""
        while after is not None:
            page = self.get(path, after=after, **asked)
            found.extend(page[path])
            after = page["next"]
        return found

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def member_id(house: House, session: str) -> str:
    found = house.app.access.session(session)
    assert found is not None
    return found.person.id


@pytest.fixture
def api(house: House) -> Api:
    """Asks with a token that the owner made for reading."""
    owner = member_id(house, house.owner)
    return Api(house, house.app.access.create_token(house.workspace, "r", ["read"], owner))


def say(number: int, text: str, kind: Kind = "post") -> Post:
    time = NOW - timedelta(minutes=number)
    return Post(platform="x", id=str(number), time=time, text=text, kind=kind)


def test_the_watches_are_told_with_the_gravest_level_that_is_open(house: House, api: Api) -> None:
    house.app.listen.accept(house.workspace, [say(1, "The veyra caught fire and burned my hand")])
    while house.app.listen.understand_some() + house.app.warn.advance_some():
        continue
    [watch] = api.get("watches")["watches"]
    assert (watch["id"], watch["brand"], watch["query"]) == (house.watch, "Veyra", "veyra")
    assert (watch["level"], watch["open_alerts"]) == ("orange", 1)
    [alert] = api.get("alerts", watch=house.watch)["alerts"]
    assert (alert["who"], alert["who_name"]) == ("", "")
    assert (alert["fact"], alert["level"], alert["probability"]) == ("alert_opened", "orange", None)
    assert "fire" in [word for reason in alert["reasons"] for word in reason["words"]]
    example = api.get("mentions", q="burned")["mentions"][0]
    assert alert["examples"] == [example["id"]]
    assert example["post"]["id"] == "1"
    assert sum(example["understanding"]["sentiment"].values()) == pytest.approx(1)
    assert "vector" not in example["understanding"]


def test_whose_word_it_was_on_an_alert_is_told_by_id_and_name(house: House, api: Api) -> None:
    house.app.listen.accept(house.workspace, [say(1, "The veyra caught fire and burned my hand")])
    while house.app.listen.understand_some() + house.app.warn.advance_some():
        continue
    form = {"csrf": house.csrf(house.owner), "verdict": "escalated"}
    house.client(house.owner).post(f"/alerts/{house.watch}/a1", data=form)
    house.app.warn.advance_some()
    [alert] = api.get("alerts", watch=house.watch)["alerts"]
    assert (alert["who"], alert["who_name"]) == (member_id(house, house.owner), "陈朗")


def test_mentions_are_found_by_the_query_language_of_the_pages(house: House, api: Api) -> None:
    house.app.listen.accept(
        house.workspace, [say(1, "veyra 充电宝冒烟了"), say(2, "veyra is fine")]
    )
    assert [m["post"]["id"] for m in api.all("mentions", q="冒烟")] == ["1"]
    assert [m["post"]["id"] for m in api.all("mentions", q="veyra -冒烟 platform:x")] == ["2"]
    refused = house.client().get("/api/v1/mentions?q=(veyra", headers=api.headers)
    assert refused.status_code == 422
    assert refused.json()["values"]["position"] >= 1


@pytest.mark.parametrize(("q", "limit"), [("", 7), ("veyra", 7), ("odd", 3), ("", 200)])
def test_pages_hold_every_mention_once_newest_first(
    house: House, api: Api, q: str, limit: int
) -> None:
    words = ("odd", "even")
    house.app.listen.accept(
        house.workspace, [say(n, f"veyra {words[n % 2]} {n}") for n in range(40)]
    )
    wanted = [str(n) for n in range(40) if q != "odd" or n % 2 == 0]
    page = api.get("mentions", q=q, limit=limit)
    assert len(page["mentions"]) <= limit
    found = [m["post"]["id"] for m in api.all("mentions", q=q, limit=limit)]
    assert [name for name in found if name != hostile().id] == wanted


def told(house: House, stories: int) -> list[Fact]:
    """Alerts and stories by number, each with a time of its own."""
    facts = [
        Fact(n + 1, millis(NOW) + n, "story_opened", story=f"s{n}")
        if n % 2
        else Fact(n + 1, millis(NOW) + n, "alert_opened", f"a{n}", level="blue")
        for n in range(2 * stories)
    ]
    with house.app.store.transaction() as tx:
        tx.warn.add_facts(house.watch, facts)
    return facts


@pytest.mark.parametrize("path", ["alerts", "stories"])
def test_alerts_and_stories_come_in_pages_the_latest_change_first(
    house: House, api: Api, path: str
) -> None:
    facts = told(house, 12)
    mine = [f for f in reversed(facts) if bool(f.alert) == (path == "alerts")]
    found = api.all(path, limit=5)
    assert [one[path.replace("stories", "story").removesuffix("s")] for one in found] == [
        f.alert or f.story for f in mine
    ]
    since = (NOW + timedelta(milliseconds=mine[3].at - millis(NOW))).isoformat()
    assert len(api.all(path, since=since, limit=2)) == 4
    assert api.all(path, watch=house.watch) == found


def test_private_words_are_shown_to_the_token_of_a_member_only(house: House, api: Api) -> None:
    posts = [say(n, f"veyra said {kind}", kind) for n, kind in enumerate(KINDS)]  # type: ignore[arg-type]  # names of kinds
    house.app.listen.accept(house.workspace, posts)
    nobody = Api(house, house.app.access.create_token(house.workspace, "old", ["read"]))
    for asked in ({"q": "said"}, {}):
        assert {m["post"]["kind"] for m in api.all("mentions", **asked)} == set(KINDS)
        seen = {m["post"]["kind"] for m in nobody.all("mentions", limit=2, **asked)}
        assert seen == set(KINDS) - PRIVATE_KINDS


@pytest.mark.parametrize("roles", [[], ["guest"]])
def test_a_token_stops_reading_when_its_maker_may_not(house: House, roles: list[Role]) -> None:
    maker = member_id(house, house.member("tech"))
    secret = house.app.access.create_token(house.workspace, "t", ["read", "posts:write"], maker)
    assert Api(house, secret).get("watches")
    house.app.access.change_roles(house.workspace, maker, roles)
    with pytest.raises(NotAllowed, match=r"access\.token_unknown"):
        house.app.access.token(secret, "read")
    assert house.app.access.token(secret, "posts:write").workspace == house.workspace


def test_nothing_of_another_workspace_is_seen(house: House, api: Api) -> None:
    other = house.app.access.begin_workspace(member_id(house, house.owner), "Other", "real").id
    theirs = house.app.listen.watch(other, Watch("Lumora", "lumora")).id
    house.app.listen.accept(other, [say(1, "lumora burns")])
    assert "Lumora" not in json.dumps([api.all("mentions"), api.get("watches")])
    for path in OF_A_WATCH:
        answer = api.client.get(path, params={"watch": theirs}, headers=api.headers)
        assert (answer.status_code, answer.json()["error"]) == (404, "web.no_watch")


API = [r for r in routes(build(App(Config()))) if r.path.startswith("/api/")]


@pytest.mark.parametrize("route", API, ids=lambda r: f"{methods(r)[0]} {r.path}")
def test_every_way_in_needs_a_token_with_its_scope(house: House, route: APIRoute) -> None:
    access, client, method = house.app.access, house.client(house.owner), methods(route)[0]
    wrong = "read" if method == "POST" else "posts:write"
    lacking = access.create_token(house.workspace, "t", [wrong])
    for header, status in (
        ({}, 401),
        ({"authorization": "Basic abc"}, 401),
        ({"authorization": "Bearer fh_unknown"}, 401),
        ({"authorization": f"Bearer {lacking}"}, 403),
    ):
        answer = client.request(method, route.path, headers=header)
        assert answer.status_code == status, answer.text
        assert Problem.model_validate(answer.json()).move == "user"
        assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("mentions?limit=0", 422, "api.parameter_wrong"),
        ("mentions?limit=many", 422, "api.parameter_wrong"),
        ("mentions?after=yesterday", 422, "api.after_wrong"),
        ("alerts?after=1.2", 422, "api.after_wrong"),
        ("alerts?since=yesterday", 422, "api.parameter_wrong"),
        ("alerts?since=2026-01-01T00:00:00", 422, "intake.time_zone_missing"),
        ("nothing", 404, "api.not_here"),
        ("posts", 405, "api.not_here"),
    ],
)
def test_errors_have_one_form_in_both_languages(
    api: Api, path: str, status: int, error: str
) -> None:
    answer = api.client.get(f"/api/v1/{path}", headers=api.headers)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(Problem.model_validate(answer.json()).text) == {"zh-CN", "en"}


@pytest.mark.parametrize(
    ("asked", "chinese"),
    [
        ("limit=0", "“limit”不对：最小是 1。"),
        ("limit=999", "“limit”不对：最大是 200。"),
        ("limit=many", "“limit”不对：要写成整数。"),
        ("q=" + "x" * 10_001, "“q”不对：最多 10000 个字符。"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_in_the_language_of_the_reader(
    api: Api, asked: str, chinese: str
) -> None:
    answer = api.client.get(f"/api/v1/mentions?{asked}", headers=api.headers)
    assert chinese in answer.json()["text"]["zh-CN"]
    assert "nput" not in answer.json()["text"]["zh-CN"]


@pytest.fixture
def described() -> dict[str, Any]:
    result = CliRunner().invoke(cli, ["openapi"])
    assert result.exit_code == 0
    again = CliRunner().invoke(cli, ["openapi"])
    assert again.stdout == result.stdout
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_description_tells_of_the_api_whole_and_of_nothing_else(
    described: dict[str, Any],
) -> None:
    tokened = {r.path for r in API}
    assert tokened == {*READS, "/api/v1/posts"}
    assert set(described["paths"]) == {*tokened, "/hooks/{source}"}
    forms = described["components"]["schemas"]
    assert forms["Post"]["required"] == ["platform", "id", "time", "text"]
    refs = set(_refs(described))
    assert refs <= {f"#/components/schemas/{name}" for name in forms}
    assert not [name for name in forms if "Validation" in name]


def _refs(of: object) -> Iterator[str]:
    if isinstance(of, dict):
        if "$ref" in of:
            yield of["$ref"]
        for inside in of.values():
            yield from _refs(inside)
    elif isinstance(of, list):
        for inside in of:
            yield from _refs(inside)


def test_the_answer_to_posts_has_the_form_that_is_described(house: House) -> None:
    token = house.app.access.create_token(house.workspace, "w", ["posts:write"])
    body = b'{"platform":"x","id":"1","time":"2026-01-01T00:00:00","text":"veyra","odd":1}\n{broken'
    answer = house.client().post(
        "/api/v1/posts", content=body, headers={"authorization": f"Bearer {token}"}
    )
    [form] = [r.response_model for r in API if r.path == "/api/v1/posts"]
    assert issubclass(form, BaseModel)
    assert form.model_validate(answer.json(), strict=True).model_dump() == answer.json()
    assert [r["index"] for r in answer.json()["rejected"]] == [0, 1]


def test_the_mark_in_front_of_posts_costs_no_line(house: House) -> None:
    token = house.app.access.create_token(house.workspace, "w", ["posts:write"])
    line = b'{"platform":"x","id":"%d","time":"2026-01-01T00:00:00Z","text":"veyra %d"}\n'
    answer = house.client().post(
        "/api/v1/posts",
        content=b"\xef\xbb\xbf" + line % (1, 1) + line % (2, 2),
        headers={"authorization": f"Bearer {token}"},
    )
    assert (answer.json()["matched"], answer.json()["rejected"]) == (2, [])


def sent(house: House, body: bytes, packing: str = "") -> Any:
    token = house.app.access.create_token(house.workspace, "w", ["posts:write"])
    headers = {"authorization": f"Bearer {token}"}
    if packing:
        headers["content-encoding"] = packing
    return house.client().post("/api/v1/posts", content=body, headers=headers)


LINE = '{"platform":"x","id":"%s","time":"2026-01-01T00:00:00Z","text":"%s %s"}'


def test_an_element_that_is_no_post_harms_no_other_of_its_array(house: House) -> None:
    one, two = (LINE % (n, "veyra", n) for n in "12")
    body = f'[{one}, 5, {{"platform":}}, {"[" * 5_000}{"]" * 5_000}, null, {two}]'
    answer = sent(house, body.encode()).json()
    assert (answer["accepted"], answer["matched"]) == (2, 2)
    assert [r["index"] for r in answer["rejected"]] == [1, 2, 3, 4]
    assert set(answer["rejected"][0]["text"]) == {"zh-CN", "en"}


def test_an_array_that_is_broken_is_refused_with_the_place_and_nothing_of_it_is_taken(
    house: House,
) -> None:
    body = f"[{LINE % (1, 'veyra', 1)}, {{]".encode()
    answer = sent(house, body)
    assert answer.status_code == 422
    told = Stopped.model_validate(answer.json())
    assert (told.error, told.values) == ("intake.array_broken", {"item": 1, "byte": len(body)})
    assert (told.looked_at, told.so_far.accepted) == (0, 0)
    assert str(len(body)) in told.text["zh-CN"]


def test_a_burst_of_a_hundred_thousand_posts_is_taken_in_by_one_call(house: House) -> None:
    others = "\n".join(LINE % (n, "lumora", n) for n in range(99_990))
    ours = "\n".join(LINE % (f"o{n}", "veyra", n) for n in range(9))
    answer = sent(house, f"{others}\n{{broken\n{ours}".encode())
    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], told["matched"], told["duplicates"]) == (99_999, 9, 0)
    assert [r["index"] for r in told["rejected"]] == [99_990]


def test_posts_beyond_the_hundred_thousandth_are_refused_and_the_answer_says_how_far_it_came(
    house: House,
) -> None:
    answer = sent(house, "\n".join(LINE % (n, "lumora", n) for n in range(100_001)).encode())
    told = Stopped.model_validate(answer.json())
    assert (answer.status_code, told.error) == (413, "intake.too_many")
    assert (told.looked_at, told.so_far.accepted) == (100_000, 100_000)
    assert "whole call" not in told.text["en"]
    assert "整批" not in told.text["zh-CN"]


def test_a_call_that_failed_on_the_way_says_how_far_it_came_and_may_be_sent_again(
    house: House,
) -> None:
    body = "\n".join(LINE % (n, "veyra", n) for n in range(4_500)).encode()
    accept, calls = house.app.listen.accept_lines, iter([False, True])

    def fail_once(workspace: str, lines: Sequence[bytes]) -> Any:
        if next(calls, False):
            raise OurMove("storage.busy")
        return accept(workspace, lines)

    with patch.object(house.app.listen, "accept_lines", side_effect=fail_once):
        answer = sent(house, body)
    told = Stopped.model_validate(answer.json())
    assert (answer.status_code, told.error, told.move) == (503, "storage.busy", "ours")
    assert (told.looked_at, told.so_far.accepted, told.so_far.matched) == (2_000, 2_000, 2_000)
    again = sent(house, body).json()
    assert (again["matched"], again["duplicates"]) == (2_500, 2_000)


@pytest.mark.parametrize("length", [str(LARGEST + 1), "9" * 5_000])
def test_a_body_that_announces_too_much_is_not_read(house: House, length: str) -> None:
    token = house.app.access.create_token(house.workspace, "w", ["posts:write"])
    headers = {"authorization": f"Bearer {token}", "content-length": length}
    answer = house.client().post("/api/v1/posts", content=b"x", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "intake.body_too_large")


def test_a_body_packed_by_gzip_is_taken_in_part_by_part(house: House) -> None:
    body = "\n".join(LINE % (n, "veyra", n) for n in range(3_000)).encode()
    packed = gzip.compress(body[:99_999]) + gzip.compress(body[99_999:])
    answer = sent(house, packed, "gzip")
    assert (answer.status_code, answer.json()["matched"]) == (200, 3_000)


@pytest.mark.parametrize(
    ("body", "packing", "status", "key"),
    [
        (gzip.compress(b"{}"), "", 422, "intake.packed"),
        (gzip.compress(b"{}" * 9)[:-9], "gzip", 422, "intake.packing_broken"),
        (b"{}", "gzip", 422, "intake.packing_broken"),
        (b"{}", "br", 415, "intake.packing_unknown"),
        (gzip.compress(bytes(LARGEST + 1)), "gzip", 413, "intake.body_too_large"),
        (b'{\n "platform": "x",\n "id": "1"\n}', "", 422, "intake.one_a_line"),
    ],
)
def test_what_holds_no_lines_of_posts_is_refused_once_with_what_to_do(
    house: House, body: bytes, packing: str, status: int, key: str
) -> None:
    answer = sent(house, body, packing)
    told = Stopped.model_validate(answer.json())
    assert (answer.status_code, told.error) == (status, key)
    assert told.so_far.rejected == []


def test_fields_that_we_do_not_know_are_kept_with_the_post_and_shown(
    house: House, api: Api
) -> None:
    line = (LINE % (1, "veyra", 1))[:-1] + ',"mood":{"word":"bad"}}'
    assert sent(house, line.encode()).json()["unknown_fields"] == ["mood"]
    [mention] = [m for m in api.get("mentions")["mentions"] if m["post"]["id"] == "1"]
    assert mention["post"]["extra"] == {"mood": {"word": "bad"}}


def test_whether_we_are_here_is_told_to_anybody_and_nothing_more(house: House) -> None:
    assert house.client().get("/healthz").json() == {"fenghuo": "well"}


def test_the_web_has_no_description_of_its_own() -> None:
    web: FastAPI = build(App(Config()))
    assert web.openapi_url is None


@pytest.mark.parametrize("name", ["api.md", "api.zh-CN.md"])
def test_the_pages_about_the_api_tell_what_there_is(
    house: House, described: dict[str, Any], name: str
) -> None:
    text = (ROOT / "docs" / name).read_text("utf8")
    assert set(re.findall(r"/api/v1/[a-z]+|/hooks/\{source\}", text)) == set(described["paths"])
    for field in [*Post.__struct_fields__, *Problem.model_fields, *TakenIn.model_fields, *KINDS]:
        assert field in text, field
    body = text.split("<<'POSTS'\n")[1].split("POSTS")[0]
    token = house.app.access.create_token(house.workspace, "w", ["posts:write"])
    headers = {"authorization": f"Bearer {token}"}
    answer = house.client().post("/api/v1/posts", content=body.encode(), headers=headers).json()
    assert (answer["rejected"], answer["unknown_fields"]) == ([], [])
    asked = re.search(r"--data-urlencode 'q=([^']+)'", text)
    assert asked
    assert house.app.listen.find(MentionSearch(house.workspace), asked[1])
