"""Markets are countries: picked, typed by name or letters in either language, wrong ones named."""

import re
from pathlib import Path

import pytest
from web.house import House

from fenghuo.cli.watch_file import read_watch_file
from fenghuo.domain.errors import BadInput
from fenghuo.domain.market import COMMONEST, MARKETS
from fenghuo.domain.watch import Watch
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.web.markets import market_names, read_markets, ticked


def test_every_country_has_a_name_of_its_own_in_both_languages() -> None:
    assert len(MARKETS) == 249
    for language in LANGUAGES:
        names = dict(market_names(language))
        assert set(names) == set(MARKETS)
        assert len(set(names.values())) == len(MARKETS)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("de, us", ("de", "us")),
        ("US、de；FR", ("us", "de", "fr")),
        ("de us de", ("de", "us")),
        ("Germany, 美国", ("de", "us")),
        ("united kingdom,South Korea", ("gb", "kr")),
        ("", ()),
    ],
)
def test_markets_are_read_by_letters_and_by_names(typed: str, codes: tuple[str, ...]) -> None:
    assert read_markets([typed]) == codes


@pytest.mark.parametrize("code", ["xx", "eu", "zz", "Atlantis", "d"])
def test_what_is_no_country_is_named(code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_markets(["de", f"us, {code}"])
    for language in LANGUAGES:
        assert code.lower() in explain(caught.value, language)


def test_a_country_that_people_write_otherwise_is_told_with_its_letters() -> None:
    with pytest.raises(BadInput) as caught:
        read_markets(["uk"])
    assert "gb" in explain(caught.value, "zh-CN")


def test_a_watch_file_takes_countries_only(tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_text('brand = "V"\nquery = "v"\nmarkets = ["US", "xx"]\n', "utf8")
    with pytest.raises(BadInput) as caught:
        read_watch_file(file)
    assert "markets[1]" in explain(caught.value, "en")
    assert "xx" in explain(caught.value, "en")
    file.write_text('brand = "V"\nquery = "v"\nmarkets = ["US"]\n', "utf8")
    assert read_watch_file(file).markets == ("us",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_shows_what_is_picked_and_keeps_what_was_typed(
    house: House, language: str
) -> None:
    watch = house.app.listen.one_watch(house.workspace, house.watch).watch
    made = Watch(watch.brand, watch.query, ("de", "no"))
    house.app.listen.watch(house.workspace, made, house.watch)
    client = house.client(house.owner, fenghuo_language=language)
    text = client.get(f"/watch/{house.watch}").text
    picked = re.findall(r'name="markets" value="(\w+)" checked', text)
    assert picked == ["de"]
    assert 'id="f-markets" name="markets" value="no"' in text
    assert ("挪威" if language == "zh-CN" else "Norway") in text
    sent = {"csrf": house.csrf(house.owner), "markets": ["jp", "Norway, xx"]}
    refused = client.post(f"/watch/{house.watch}", data=sent)
    assert refused.status_code == 422
    assert 'value="jp" checked' in refused.text
    assert 'value="Norway, xx"' in refused.text


def test_the_commonest_are_ticked_and_the_rest_is_typed() -> None:
    assert ticked("de, no, us, xx") == ({"de", "us"}, "no, xx")
    assert set(COMMONEST) <= set(MARKETS)
