"""Errors: told again in other words, and left as they were."""

from datetime import UTC, datetime

import pytest

from fenghuo.domain.errors import FenghuoError, OurMove, TimeMove
from fenghuo.listen.query import QueryError

LATER = datetime(2031, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "error",
    [
        OurMove("sources.unreachable", "at https://x.example/secret", host="x.example"),
        TimeMove("sources.wait", "at https://x.example/secret", retry_at=LATER, host="x.example"),
        QueryError("paren_open", 3, host="x.example"),
    ],
)
def test_an_error_in_other_words_is_a_new_one_of_the_same_move(error: FenghuoError) -> None:
    key, engineer = error.key, error.engineer
    told = error.renamed("telling.unreachable", "at …")
    assert (type(told), told.move, told.values) == (type(error), error.move, error.values)
    assert (told.key, told.engineer) == ("telling.unreachable", "at …")
    assert "secret" not in str(told)
    assert str(told).startswith("telling.unreachable")
    assert (error.key, error.engineer) == (key, engineer)
    assert getattr(told, "retry_at", None) == getattr(error, "retry_at", None)
