"""`POST /hooks/{source}`: signed deliveries of posts."""

import json
from datetime import UTC, datetime
from unittest.mock import patch

import msgspec
import pytest
from httpx2 import Response
from web.house import House

from fenghuo.domain.errors import BadInput, OurMove
from fenghuo.domain.source import Health, Source
from fenghuo.i18n import LANGUAGES
from fenghuo.listen import Sources
from fenghuo.platforms.webhook import completed
from fenghuo.security.signatures import signed
from fenghuo.web.api.hooks import LARGEST

SECRET = "a secret of many letters"
HOOK = "7f3a"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the product runs on the real clock


@pytest.fixture
def hook(house: House) -> House:
    """The application, with a webhook in it."""
    source = Source(HOOK, house.workspace, "webhook", "Shop", {"secret": SECRET})
    house.app.save_source(source)
    return house


def item(number: int, **changes: object) -> dict[str, object]:
    told = {"platform": "shop", "id": str(number), "time": now().isoformat()}
    return {**told, "text": f"veyra burns {number}", **changes}


def many(*items: object) -> bytes:
    return json.dumps(items).encode()


def send(house: House, body: bytes, header: str | None = None, name: str = HOOK) -> Response:
    header = signed(SECRET.encode(), round(now().timestamp()), body) if header is None else header
    headers = {"Fenghuo-Signature": header} if header else {}
    return house.client().post(f"/hooks/{name}", content=body, headers=headers)


def refused(answer: Response, status: int, key: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, key)
    assert all(answer.json()["text"][language] for language in LANGUAGES)


def health(house: House) -> Health:
    [view] = [v for v in house.app.sources.overview(house.workspace) if v.source.id == HOOK]
    return view.health


def texts(house: House) -> list[str]:
    with house.app.store.reading() as tx:
        rows = tx.listen.rows(house.watch, 0, 100)
    names = [row.source.mention for _, row in rows if hasattr(row, "source")]
    return [m.post.text for m in house.app.listen.named(house.workspace, names)]


def test_a_signed_delivery_is_taken_in_item_by_item(hook: House) -> None:
    bad = item(2, time="yesterday")
    answer = send(hook, many(item(1), bad, item(3, colour="red"), item(4, text="no brand")))
    assert answer.status_code == 200
    done = answer.json()
    assert (done["accepted"], done["matched"], done["unknown_fields"]) == (3, 2, ["colour"])
    assert [(r["index"], r["error"]) for r in done["rejected"]] == [(1, "intake.field_wrong")]
    assert {"veyra burns 1", "veyra burns 3"} <= set(texts(hook))


def test_posts_may_come_one_a_line(hook: House) -> None:
    body = b"\n".join(json.dumps(item(n)).encode() for n in (1, 2)) + b"\n"
    assert send(hook, body).json()["matched"] == 2


@pytest.mark.parametrize("array", [True, False])
def test_the_mark_in_front_of_a_body_costs_no_item(hook: House, *, array: bool) -> None:
    lines = b"\n".join(json.dumps(item(n)).encode() for n in (1, 2))
    done = send(hook, b"\xef\xbb\xbf" + (many(item(1), item(2)) if array else lines)).json()
    assert (done["matched"], done["rejected"]) == (2, [])


def test_its_health_tells_of_deliveries(hook: House) -> None:
    assert health(hook).last_read == 0
    send(hook, many(item(1), item(2)))
    assert (health(hook).posts, health(hook).error) == (2, "")


def test_the_secret_is_not_kept_as_it_is(hook: House) -> None:
    kept = hook.app.sources.one(hook.workspace, HOOK).options["secret"]
    assert SECRET not in kept
    assert hook.app.source_options(hook.app.sources.one(hook.workspace, HOOK))["secret"] == SECRET


def test_who_does_not_know_the_secret_is_refused_and_it_is_told(hook: House) -> None:
    body = many(item(1))
    wrong = signed(b"another secret of ours", round(now().timestamp()), body)
    refused(send(hook, body, wrong), 401, "sources.signature_wrong")
    assert "veyra burns 1" not in texts(hook)
    assert (health(hook).error, health(hook).move) == ("sources.signature_wrong", "user")
    send(hook, body)
    assert health(hook).error == ""


@pytest.mark.parametrize("header", ["", "Bearer x"])
def test_who_does_not_sign_is_refused(hook: House, header: str) -> None:
    refused(send(hook, many(item(1)), header), 401, "sources.signature_missing")
    assert health(hook).error == ("sources.signature_missing" if header else "")


def test_who_is_late_is_refused(hook: House) -> None:
    body = many(item(1))
    late = signed(SECRET.encode(), round(now().timestamp()) - 400, body)
    refused(send(hook, body, late), 401, "sources.signature_late")


def test_a_delivery_that_comes_again_is_not_taken_again(hook: House) -> None:
    body = many(item(1))
    header = signed(SECRET.encode(), round(now().timestamp()), body)
    assert send(hook, body, header).status_code == 200
    refused(send(hook, body, header), 409, "sources.signature_repeated")
    assert health(hook).error == ""
    assert send(hook, body, signed(SECRET.encode(), round(now().timestamp()) + 1, body)).json()[
        "duplicates"
    ]


def test_a_delivery_that_did_not_become_safe_may_come_again(hook: House) -> None:
    body = many(item(1))
    header = signed(SECRET.encode(), round(now().timestamp()), body)
    with patch.object(Sources, "pushed", side_effect=OurMove("storage.busy")):
        refused(send(hook, body, header), 503, "storage.busy")
    assert send(hook, body, header).json()["matched"] == 1


@pytest.mark.parametrize("body", [b"", b" \n ", b"[", b'[{"id":]', b"[1] 2", b"[]"])
def test_a_body_that_is_no_list_of_items_is_refused_whole(hook: House, body: bytes) -> None:
    refused(send(hook, body), 422, "sources.body_unreadable")


def test_a_body_without_end_is_not_read_to_its_end(hook: House) -> None:
    refused(send(hook, b" " * (LARGEST + 1), ""), 413, "intake.body_too_large")


@pytest.mark.parametrize("name", ["", "other", "../api/v1/posts", "x" * 5000])
def test_where_there_is_no_webhook_nothing_is_taken(hook: House, name: str) -> None:
    answer = send(hook, many(item(1)), name=name)
    assert answer.status_code in {401, 404, 405}
    assert "veyra burns 1" not in texts(hook)


def test_a_webhook_that_is_paused_and_a_source_of_another_kind_take_nothing(hook: House) -> None:
    paused = hook.app.sources.one(hook.workspace, HOOK)
    hook.app.sources.save(msgspec.structs.replace(paused, active=False))
    refused(send(hook, many(item(1))), 404, "sources.hook_missing")
    other = Source("feed", hook.workspace, "mastodon", "M", {"hashtags": "veyra"})
    hook.app.save_source(other)
    refused(send(hook, many(item(1)), name="feed"), 404, "sources.hook_missing")


def test_a_webhook_needs_a_secret_that_cannot_be_guessed(house: House) -> None:
    with pytest.raises(BadInput):
        house.app.save_source(Source("x", house.workspace, "webhook", "S", {"secret": "short"}))


def test_a_secret_that_was_left_empty_is_made_anew_each_time() -> None:
    made = completed({"secret": " "})
    assert len(made["secret"]) > 32
    assert made != completed({})
    assert completed({"secret": SECRET}) == {"secret": SECRET}
