"""The sheet keeps its own rules: contrast, one night, nothing from outside."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

CSS = files("fenghuo.web").joinpath("static", "fenghuo.css").read_text("utf8")
WEB = Path(str(files("fenghuo.web")))
CLASS = r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"'
"""A class attribute of a template, with what Jinja computes in it."""
COMPUTED = ("level-", "word-", "shade-")
"""How classes begin whose end is a level or a number."""
BLOCKS = re.findall(r"([^{}]+)\{\s*color-scheme: (light|dark);([^}]*)\}", CSS)


def tokens(body: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): ([^;]+);", body))


DAY = tokens(next(body for _, scheme, body in BLOCKS if scheme == "light"))
NIGHT = tokens(next(body for _, scheme, body in BLOCKS if scheme == "dark"))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_night_of_the_device_and_the_chosen_night_are_the_same() -> None:
    nights = [tokens(body) for _, scheme, body in BLOCKS if scheme == "dark"]
    assert len(nights) == 2
    assert nights[0] == nights[1]
    assert set(DAY) == set(NIGHT)


@pytest.mark.parametrize("look", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(
    "word",
    ["ink", "ink2", "ink3", "accent", "blue-word", "yellow-word", "orange-word", "red-word"],
)
def test_words_can_be_read_on_page_and_card(look: dict[str, str], word: str) -> None:
    assert contrast(look[word], look["ground"]) >= 4.5
    assert contrast(look[word], look["card"]) >= 4.5


@pytest.mark.parametrize("look", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize("level", ["blue", "yellow", "orange", "red"])
def test_a_level_is_seen_and_its_numeral_read(look: dict[str, str], level: str) -> None:
    assert contrast(look[f"{level}-edge"], look["card"]) >= 3.0
    assert contrast(look[f"{level}-on"], look[level]) >= 4.5


@pytest.mark.parametrize("look", [DAY, NIGHT], ids=["day", "night"])
def test_borders_that_carry_meaning_are_seen(look: dict[str, str]) -> None:
    assert contrast(look["border"], look["ground"]) >= 3.0
    assert contrast(look["on-accent"], look["accent"]) >= 4.5
    assert contrast(look["accent"], look["soft"]) >= 4.5


def test_the_sheet_asks_for_nothing_from_outside() -> None:
    assert not re.search(r"https?:|//[a-z]|@import", CSS)


def test_colour_stands_for_levels_only() -> None:
    beyond_tokens = CSS[CSS.index("/* ---- ground ---- */") :]
    assert not re.search(r"#[0-9a-f]{3,8}\b", beyond_tokens)
    for rule in re.findall(r"([^{}]+)\{[^{}]*var\(--(?:blue|yellow|orange|red)", beyond_tokens):
        assert re.search(r"level-|word-", rule), rule


def test_every_class_of_the_sheet_is_worn_by_something() -> None:
    pages = [f for f in WEB.rglob("*") if f.suffix in {".html", ".py"}]
    worn: set[str] = set()
    for words in re.findall(CLASS, "\n".join(f.read_text("utf8") for f in pages)):
        worn.update(re.findall(r"[\w-]+", words))
    bare = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
    selectors = " ".join(re.findall(r"([^{}]+)\{", bare))
    for name in set(re.findall(r"\.([a-z][\w-]*)", selectors)):
        stem = next((stem for stem in COMPUTED if name.startswith(stem)), name)
        assert stem in worn, name
