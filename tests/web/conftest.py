"""The application of a test."""

from collections.abc import Iterator

import pytest
from web.house import House, built


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """A whole application over a database of its own."""
    made = built(database_url)
    yield made
    made.app.store.close()
