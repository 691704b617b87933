"""The page about the query language says what the language does."""

import re
from pathlib import Path

import pytest
from listen.query.samples import LISTS

from fenghuo.listen.query import parse
from fenghuo.listen.query.fields import FIELDS, NUMBERS

DOCS = Path(__file__).parents[3] / "docs"
PAGES = [DOCS / "query-language.md", DOCS / "query-language.zh-CN.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_query_in_a_table_of_the_page_can_be_read(page: Path) -> None:
    found = 0
    for line in page.read_text("utf8").splitlines():
        first = re.match(r"\| (`.*?`) \| ", line)
        for text in re.findall(r"`([^`]+)`", first[1]) if first else ():
            if not text.endswith(":"):
                parse(text, lists=LISTS)
                found += 1
    assert found > 25


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_field_and_every_value_is_on_the_page(page: Path) -> None:
    text = page.read_text("utf8")
    for name in FIELDS:
        assert f"`{name}:" in text
    for name in NUMBERS:
        assert f"`{name}" in text
    for name in ("type", "has", "is"):
        assert all(value in text for value in FIELDS[name])
