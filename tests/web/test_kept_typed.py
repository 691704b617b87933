"""A form that is refused comes back as it was filled in; only secrets have to be typed again."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web.house import HOME, House

from fenghuo.app import App
from fenghuo.config import Config
from fenghuo.web.application import build


def refused(house: House, path: str, **form: object) -> str:
    client = house.client(house.owner, fenghuo_language="en")
    answer = client.post(path, data={**form, "csrf": house.csrf(house.owner)})
    assert answer.status_code == 422, answer.text
    return str(answer.text)


def ticked(text: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)" checked', text)


def test_a_new_watch_keeps_every_field_and_the_sources_that_were_ticked(house: House) -> None:
    text = refused(
        house, "/watch", brand="Tavio", query="tavio OR (", markets=["de", "Norway"],
        competitors="Lumora: lumora", proxy="socks5://127.0.0.1:1", start=["", "bluesky"],
    )  # fmt: skip
    for typed in ('value="Tavio"', "tavio OR (", "Lumora: lumora", "socks5://127.0.0.1:1"):
        assert typed in text
    assert ticked(text, "markets") == ["de"]
    assert 'value="Norway"' in text
    assert re.findall(r'type="hidden" name="start" value="(\w*)"', text) == ["", "bluesky"]
    assert "1 source that you ticked" in text


def test_a_watch_whose_sources_were_all_unticked_begins_with_none(house: House) -> None:
    client = house.client(house.owner)
    form = {"brand": "Tavio", "query": "tavio", "start": [""], "csrf": house.csrf(house.owner)}
    assert client.post("/watch", data=form).status_code == 303
    assert house.app.sources.overview(house.workspace) == []


def test_a_source_keeps_what_was_typed_and_asks_for_its_secret_again(house: House) -> None:
    text = refused(
        house, "/sources/save", platform="mastodon", title="My feed", hashtags="veyra",
        instance="not a host", token="tok-very-secret", proxy="carrier pigeon",
    )  # fmt: skip
    assert 'value="My feed"' in text
    assert "veyra" in text
    assert "tok-very-secret" not in text
    assert "please type it again" in text
    untitled = refused(house, "/sources/save", platform="feeds", title="", url="ftp://x.example")
    assert "ftp://x.example" in untitled
    assert 'name="title" type="text" value=""' in untitled
    assert "please type it again" not in untitled


def test_a_recipe_keeps_what_was_typed(house: House) -> None:
    text = refused(
        house, "/sources/recipe/subreddit", subreddit="gadgets", slot="x", proxy="carrier pigeon"
    )
    assert "carrier pigeon" in text
    assert "<details open>" in text


def test_a_channel_keeps_what_was_typed_but_its_signing_secret(house: House) -> None:
    text = refused(
        house, "/settings/channels", address="hello there", title="Night", secret="s3cret",
        rings="on",
    )  # fmt: skip
    assert "hello there" not in text
    assert "please paste it again" in text
    assert 'value="Night"' in text
    assert "s3cret" not in text
    assert "please type it again" in text
    assert ticked(text, "rings") == ["on"]


def test_a_duty_keeps_what_was_typed(house: House) -> None:
    session = house.app.access.session(house.owner)
    assert session is not None
    text = refused(
        house, "/settings/duty/save", member=session.person.id, order="first", days=["1", "3"],
        hours_from="22:00", hours_to="06:00", time_zone="Europe/Berlin", wait="7",
        quiet_from="23:00", quiet_to="07:00", language="en",
    )  # fmt: skip
    assert ticked(text, "days") == ["1", "3"]
    for typed in ("first", "22:00", "06:00", "23:00", "07:00"):
        assert f'value="{typed}"' in text
    assert '<option value="Europe/Berlin" selected>' in text


@pytest.mark.parametrize("readable", [True, False])
def test_an_import_keeps_the_columns_that_were_chosen(house: House, *, readable: bool) -> None:
    table = b"Wann;Was;Wer\n2026-05-03T10:00:00Z;Veyra smokes;Wen\n"
    form = {
        "csrf": house.csrf(house.owner), "of": f"a.csv:{len(table)}", "by": "", "shown": "",
        "column.time": "Wann", "column.text": "Was", "kind": "review", "platform": "shop",
        "time_zone": "Europe/Berlin" if readable else "Mars/Olympus",
        "save_as": "posts" if readable else "Mine", "watch": house.watch,
    }  # fmt: skip
    client = house.client(house.owner, fenghuo_language="en")
    answer = client.post("/import", data=form, files={"file": ("a.csv", table)})
    assert answer.status_code == 422
    text = answer.text
    if readable:
        for typed in ('value="posts"', 'value="shop"', '<option value="review" selected>'):
            assert typed in text
        assert '<option value="Europe/Berlin" selected>' in text
        assert "choose it again" in text
    assert f'name="watch" value="{house.watch}" checked' in text


def test_the_first_owner_keeps_all_but_the_password(database_url: str, tmp_path: Path) -> None:
    app = App(Config(var=tmp_path, database=database_url))
    link = app.access.first_owner_secret()
    data = {"email": "a@b.example", "name": "Wen", "password": "short", "workspace": "维拉 Outside"}
    answer = TestClient(build(app), HOME).post(f"/first-owner/{link}", data=data)
    app.close()
    assert answer.status_code == 422
    for typed in ("维拉 Outside", "Wen", "a@b.example"):
        assert f'value="{typed}"' in answer.text
    assert "short" not in re.findall(r'value="([^"]*)"', answer.text)
