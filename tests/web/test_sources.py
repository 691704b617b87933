"""Sources on their page: set up from what a platform asks for, kept safe, changed, taken away."""

import re

import msgspec
import pytest
from web.house import House

from fenghuo.domain.post import Post, aware
from fenghuo.domain.source import Source
from fenghuo.ports.reads import Batch, Remark

FEED = {"platform": "feeds", "title": "Trade press", "url": "https://press.example/rss"}


def press(house: House, path: str, **form: str) -> tuple[int, str]:
    sent = {**form, "csrf": house.csrf(house.owner)}
    answer = house.client(house.owner, fenghuo_language="en").post(path, data=sent)
    return answer.status_code, answer.text


def kept(house: House) -> list[Source]:
    return [view.source for view in house.app.sources.overview(house.workspace)]


def page(house: House, path: str) -> str:
    return str(house.client(house.owner, fenghuo_language="en").get(path).text)


def test_every_platform_has_a_form_in_both_languages(house: House) -> None:
    for spec in house.app.readers.specs():
        for language in ("en", "zh-CN"):
            client = house.client(house.owner, fenghuo_language=language)
            text = client.get(f"/sources/new/{spec.platform}").text
            for option in spec.options:
                assert f'name="{option.name}"' in text
                assert (option.label_zh if language == "zh-CN" else option.label_en) in text


def test_a_source_is_kept_changed_paused_and_taken_away(house: House) -> None:
    assert press(house, "/sources/save", **FEED)[0] == 303
    [source] = kept(house)
    assert (source.title, source.options["url"]) == ("Trade press", "https://press.example/rss")
    press(house, "/sources/save", **{**FEED, "source": source.id, "title": "Press"})
    press(house, "/sources/pause", source=source.id)
    [changed] = kept(house)
    assert (changed.id, changed.title, changed.active) == (source.id, "Press", False)
    press(house, "/sources/save", **{**FEED, "source": source.id, "title": "Press"})
    press(house, "/sources/pause", source=source.id)
    assert not kept(house)[0].active
    press(house, "/sources/pause", source=source.id, active="1")
    assert kept(house)[0].active
    press(house, "/sources/drop", source=source.id)
    assert kept(house) == []


def test_a_secret_is_sealed_never_shown_and_stays_when_the_field_is_left_empty(
    house: House,
) -> None:
    form = {"platform": "mastodon", "hashtags": "veyra", "token": "tok-very-secret"}
    press(house, "/sources/save", **form)
    [source] = kept(house)
    assert "tok-very-secret" not in str(source.options)
    assert "tok-very-secret" not in page(house, f"/sources/{source.id}")
    press(house, "/sources/save", **{**form, "source": source.id, "token": ""})
    assert house.app.source_options(kept(house)[0])["token"] == "tok-very-secret"
    press(house, "/sources/save", **{**form, "source": source.id, "token": "-"})
    assert house.app.source_options(kept(house)[0])["token"] == ""


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({**FEED, "url": ""}, "url"),
        ({**FEED, "proxy": "carrier pigeon"}, "proxy"),
        ({"platform": "mastodon", "hashtags": ""}, "hashtags"),
        ({"platform": "webhook", "secret": "short"}, "secret"),
        ({"platform": "pigeon"}, "pigeon"),
    ],
)
def test_what_cannot_work_is_not_kept_and_says_why(
    house: House, form: dict[str, str], told: str
) -> None:
    status, text = press(house, "/sources/save", **form)
    assert status == (404 if told == "pigeon" else 422)
    assert told in text
    assert kept(house) == []


def test_a_webhook_without_a_secret_gets_one_that_is_shown_once(house: House) -> None:
    status, text = press(house, "/sources/save", platform="webhook", title="Shop")
    [source] = kept(house)
    secret = house.app.source_options(source)["secret"]
    assert status == 200
    assert secret in text
    assert f"/hooks/{source.id}" in text
    assert secret not in page(house, f"/sources/{source.id}")


def test_a_source_of_another_workspace_is_out_of_reach(house: House) -> None:
    house.app.sources.save(Source("theirs", "another", "feeds", "Secret", {"url": "https://x.y"}))
    assert house.client(house.owner).get("/sources/theirs").status_code == 404
    for path in ("/sources/pause", "/sources/drop", "/sources/check"):
        assert press(house, path, source="theirs")[0] == 404
    assert press(house, "/sources/save", **FEED, source="theirs")[0] == 404
    assert house.app.sources.one("another", "theirs").active


def test_what_a_source_has_to_say_stands_on_the_page(house: House) -> None:
    press(house, "/sources/save", **FEED)
    [source] = kept(house)
    moved = Remark("sources.feed_moved", {"url": "https://press.example/new"})
    house.app.sources.bring(source, Batch((), "c", remarks=(moved,)))
    assert "https://press.example/new" in page(house, "/sources")


def test_a_date_that_makes_no_sense_hides_nothing(house: House) -> None:
    press(house, "/sources/save", **FEED)
    [source] = kept(house)
    post = Post(platform="feeds", id="1", time=aware(0), text="Veyra power bank burns")
    house.app.sources.bring(source, Batch([post], "c"))
    assert re.search(
        "Veyra power bank burns.*its date made no sense", page(house, "/mentions"), re.S
    )


def test_a_changed_query_shows_what_it_would_hit_of_what_was_sent_lately(house: House) -> None:
    press(house, "/sources/save", **FEED)
    [source] = kept(house)
    now = house.app.clock.now(house.workspace)
    missed = Post(platform="feeds", id="2", time=now, text="Lumora recalls a heater <b>")
    house.app.sources.bring(source, Batch([missed], "c"))
    status, text = press(house, f"/watch/{house.watch}/preview", query="lumora")
    assert status == 200
    assert "Lumora recalls a heater &lt;b&gt;" in text
    assert 'role="alert"' in press(house, f"/watch/{house.watch}/preview", query="(")[1]


def test_a_recipe_asks_for_its_blanks_and_makes_a_source(house: House) -> None:
    for name, recipe in house.app.recipes().items():
        text = page(house, f"/sources/recipe/{name}")
        assert all(f'name="{slot}"' in text for slot in recipe.slots), name
        assert recipe.verified or "unverified" in text
    form = {"app": "1234567890", "market": "de", "proxy": "socks5://127.0.0.1:1080"}
    assert press(house, "/sources/recipe/app_store", **form)[0] == 303
    [source] = kept(house)
    assert "id=1234567890" in source.options["url"]
    assert (source.options["kind"], source.options["country"]) == ("review", "de")
    assert house.app.source_options(source)["proxy"] == form["proxy"]


def test_a_recipe_whose_blank_does_not_fit_says_so_and_keeps_what_was_typed(house: House) -> None:
    status, text = press(house, "/sources/recipe/app_store", app="<b>x", market="de")
    assert status == 422
    assert "&lt;b&gt;x" in text
    assert kept(house) == []


def changed(house: House) -> list[list[str]]:
    """The options that each recorded change of a source names, newest first."""
    found = house.app.changes(house.workspace, ["source_changed"])
    return [change.what["options"] for change in found]


def test_a_secret_that_was_left_alone_is_no_change(house: House) -> None:
    form = {"platform": "mastodon", "hashtags": "veyra", "token": "tok-very-secret",
            "proxy": "http://127.0.0.1:9"}  # fmt: skip
    press(house, "/sources/save", **form)
    [source] = kept(house)
    again = {**form, "source": source.id, "token": "", "proxy": ""}
    press(house, "/sources/save", **again)
    assert kept(house) == [source]
    assert changed(house) == []
    press(house, "/sources/save", **again, title="Renamed")
    press(house, "/sources/save", **{**again, "title": "Renamed", "hashtags": "veyra, fire"})
    press(house, "/sources/save", **{**again, "title": "Renamed", "token": "tok-another"})
    assert changed(house) == [["hashtags", "token"], ["hashtags"], []]
    assert house.app.source_options(kept(house)[0])["token"] == "tok-another"


def test_the_same_secret_typed_again_is_no_change_and_one_taken_away_is(house: House) -> None:
    form = {"platform": "mastodon", "hashtags": "veyra", "token": "tok-very-secret"}
    press(house, "/sources/save", **form)
    [source] = kept(house)
    press(house, "/sources/save", **form, source=source.id)
    assert changed(house) == []
    press(house, "/sources/save", **{**form, "source": source.id, "token": "-"})
    assert changed(house) == [["token"]]


def test_a_secret_whose_key_is_gone_is_replaced_and_told_as_changed(house: House) -> None:
    form = {"platform": "mastodon", "hashtags": "veyra", "token": "tok-very-secret"}
    press(house, "/sources/save", **form)
    [source] = kept(house)
    lost = {**source.options, "token": "sealed-with-another-key"}
    house.app.sources.save(msgspec.structs.replace(source, options=lost), "li")
    opened = {**lost, "token": "tok-new"}
    house.app.save_source(msgspec.structs.replace(source, options=opened), "li")
    assert house.app.source_options(kept(house)[0])["token"] == "tok-new"
    assert changed(house)[0] == ["token"]


def test_a_default_that_the_form_spells_out_is_no_change(house: House) -> None:
    url = "https://press.example/rss"
    house.app.save_source(Source("s1", house.workspace, "feeds", "Press", {"url": url}))
    form = {"platform": "feeds", "source": "s1", "title": "Press", "url": url}
    press(house, "/sources/save", **form, kind="article")
    assert changed(house) == []
    press(house, "/sources/save", **form, kind="review")
    assert changed(house) == [["kind"]]
