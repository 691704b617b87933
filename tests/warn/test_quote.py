"""A quotation in a message pings nobody, leads nowhere and stays short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.warn.quote import LONGEST, quote


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("My Veyra caught fire!", "My Veyra caught fire!"),
        ("看这个 https://evil.example/x 起火了", "看这个 … 起火了"),
        ("go to www.evil.example now", "go to … now"),
        ("go to evil.example/x now", "go to evil. example/x now"),
        ("hello @everyone and @13800138000", "hello ＠everyone and ＠13800138000"),  # noqa: RUF001
        ("<!channel> <@U123> fire", "‹!channel› ‹＠U123› fire"),  # noqa: RUF001
        ("**bold** [click](tg://user?id=1)", "bold click (…"),
        ("two\nlines\r\n\tand more", "two lines and more"),
        ("costs 3.50 a piece", "costs 3.50 a piece"),
        ("", ""),
    ],
)
def test_what_a_chat_tool_would_act_on_is_made_plain(words: str, quoted: str) -> None:
    assert quote(words) == quoted


def test_a_long_post_is_cut_with_a_mark() -> None:
    cut = quote("fire " * 100)
    assert len(cut) <= LONGEST
    assert cut.endswith("…")


@given(st.text(alphabet=st.sampled_from("ab.@<>[]`*:/\n 火w"), max_size=400))
def test_no_text_keeps_a_ping_an_address_or_markup(words: str) -> None:
    found = quote(words)
    assert not set(found) & set("@<>`*[]\n")
    assert len(found) <= LONGEST
