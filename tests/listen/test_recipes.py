"""Recipes for feeds: each gives a good address, whatever a person types into its blanks."""

import string
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from fakes.polled import NOW
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.app.shipped import known_recipes
from fenghuo.domain.errors import BadInput
from fenghuo.i18n import LANGUAGES, say
from fenghuo.listen import fill, recipes_of
from fenghuo.listen.recipes import SLOTS
from fenghuo.platforms.feeds import open_reader
from fenghuo.security.egress import Egress

RECIPES = known_recipes()
GOOD = {
    "query": '"power bank" OR 充电宝',
    "market": "de",
    "app": "123456789",
    "host": "community.example.com",
    "place": "robot vacuums/1",
    "account": "UCxyz",
}


@pytest.mark.parametrize("name", sorted(RECIPES))
@pytest.mark.parametrize("market", ["", "de"])
def test_a_recipe_gives_a_source_that_opens(name: str, market: str) -> None:
    recipe = RECIPES[name]
    for one in recipe.markets or [market or "us"]:
        options = fill(recipe, {**GOOD, "market": one})
        assert "{" not in options["url"]
        assert urlsplit(options["url"]).scheme == "https"
        assert options["country"] in {"", one}
        open_reader(options, Egress(lambda: NOW))


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_leaves_no_slot_that_nobody_fills(name: str) -> None:
    recipe = RECIPES[name]
    named = {slot for _, slot, _, _ in string.Formatter().parse(recipe.pattern) if slot}
    for fills in recipe.markets.values() or [{}]:
        assert {slot.lower() for slot in named} <= {*recipe.slots, *fills}
    assert set(recipe.slots) <= set(SLOTS)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_speaks_both_languages_and_claims_no_trial_that_was_not_made(name: str) -> None:
    recipe = RECIPES[name]
    texts = (recipe.name_zh, recipe.name_en, recipe.note_zh, recipe.note_en)
    assert all(text.strip() for text in texts)
    assert not recipe.verified
    assert recipe.platform == "feeds"


def test_every_shipped_file_is_offered_and_every_slot_has_its_name() -> None:
    names = [file.name for file in (files("fenghuo.data") / "recipes").iterdir()]
    assert sorted(names) == ["forums.toml", "news.toml", "reviews.toml"]
    assert all(say(f"sources.slot_{slot}", lang) for slot in SLOTS for lang in LANGUAGES)


def test_capital_slots_are_the_same_value_in_capitals_and_markets_fill_the_rest() -> None:
    url = fill(RECIPES["google_news"], {"query": "veyra", "market": "BR"})["url"]
    assert parse_qs(urlsplit(url).query) == {
        "q": ["veyra"], "hl": ["pt-BR"], "gl": ["BR"], "ceid": ["BR:pt-419"],
    }  # fmt: skip


@given(st.text(min_size=1, max_size=50))
def test_a_value_never_leaves_its_place_in_the_address(value: str) -> None:
    recipe = RECIPES["gdelt"]
    try:
        url = fill(recipe, {"query": value})["url"]
    except BadInput:
        return
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("api.gdeltproject.org", "/api/v2/doc/doc")
    assert parse_qs(parts.query)["query"] == [value.strip()]
    assert list(parse_qs(parts.query)) == ["query", "mode", "maxrecords", "sort", "format"]


@pytest.mark.parametrize(
    ("name", "values", "key"),
    [
        ("discourse", {}, "sources.option_missing"),
        ("discourse", {"host": "evil.example/x?"}, "sources.option_wrong"),
        ("discourse", {"host": "127.0.0.1"}, "sources.option_wrong"),
        ("discourse", {"host": "localhost"}, "sources.option_wrong"),
        ("app_store", {"market": "us", "app": "../1"}, "sources.option_wrong"),
        ("app_store", {"market": "usa", "app": "1234"}, "sources.option_wrong"),
        ("google_news", {"query": "x", "market": "zz"}, "sources.option_wrong"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, values: dict[str, str], key: str) -> None:
    with pytest.raises(BadInput) as caught:
        fill(RECIPES[name], values)
    assert caught.value.key == key


def test_an_unknown_field_of_a_recipe_is_a_mistake() -> None:
    with pytest.raises(msgspec.ValidationError):
        recipes_of(b'[x]\nname_zh="a"\nname_en="a"\npattern="https://a"\nkind="post"\noops=1')
