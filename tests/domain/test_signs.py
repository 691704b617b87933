"""Half a sign gives way, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.signs import LONE, whole_text


@given(st.text(st.characters(exclude_categories=())))
def test_a_whole_text_has_no_half_and_is_as_long_as_before(text: str) -> None:
    whole = whole_text(text)
    assert not LONE.search(whole)
    assert all(a == b or LONE.match(a) for a, b in zip(text, whole, strict=True))
