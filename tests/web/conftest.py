"""The application of a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from web.house import House, built


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A whole application over a database of its own."""
    made = built(database_url, tmp_path)
    yield made
    made.app.close()
