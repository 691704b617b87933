"""A cell of an export is never a formula, whatever a post begins with."""

from datetime import UTC, datetime

import pytest
from web.house import House

from fenghuo.domain.post import Author, Post


@pytest.mark.parametrize(
    "words",
    ["=1+1", " =1+1", "\n=1+1", "\t=1", "\uff1d1+1", "\uff20SUM(1)", "+1", "-1", "\uff0d1", "@x"],
)
def test_what_a_spreadsheet_would_run_goes_out_as_text(house: House, words: str) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - intake compares with the real clock
    post = Post(platform="x", id="f", time=now, text=f"{words} veyra", author=Author(name=words))
    house.app.listen.accept(house.workspace, [post])
    text = house.client(house.owner).get("/mentions.csv").text
    assert f"'{words} veyra" in text
    assert f"'{words}" in text.split("veyra")[0]
