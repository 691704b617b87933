"""Identifiers sort by time and repeat for the same parts."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.identity import identity

TIMES = st.integers(0, 2**48 - 1)


@given(TIMES, TIMES, st.text())
def test_identifiers_sort_by_time(one: int, other: int, part: str) -> None:
    if one < other:
        assert identity(one, part) < identity(other, part)


@given(TIMES, st.lists(st.text(alphabet="abc", min_size=1), min_size=1))
def test_identifiers_are_uuids_of_version_seven(at: int, parts: list[str]) -> None:
    made = UUID(identity(at, *parts))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_the_same_parts_give_the_same_identifier_and_others_another() -> None:
    assert identity(5, "a", "b") == identity(5, "a", "b")
    assert identity(5, "a", "b") != identity(5, "ab", "")
