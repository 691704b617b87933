"""The airline posts of February 2015, where the data is there: early, and seldom wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        "FENGHUO_DATA" not in os.environ, reason="FENGHUO_DATA does not say where the data is"
    ),
]
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "quality" / "airline.py"


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(BENCHMARK)], capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["id"]: line for line in lines}


def test_the_american_trouble_is_told_by_nine_in_the_evening(measured: dict[str, Any]) -> None:
    first = measured["airline.american_first_alert"]
    assert "2015-02-22" <= first["value"] <= first["at_most"]


def test_little_else_is_told(measured: dict[str, Any]) -> None:
    assert measured["airline.alerts"]["value"] <= 8


def test_the_same_posts_at_random_times_tell_of_one_injury_and_nothing_more(
    measured: dict[str, Any],
) -> None:
    assert measured["airline.alerts_on_control"]["value"] <= 1
