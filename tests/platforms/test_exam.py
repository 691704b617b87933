"""Every reader sits the shipped exam, over other sides on this machine."""

import pkgutil
from importlib import import_module

import fakes
import pytest

import fenghuo.platforms
from fenghuo.exams.reads import QUESTIONS, Stand, sit
from fenghuo.platforms import bluesky


def stands() -> list[Stand]:
    """STANDS of every module of tests/fakes."""
    names = [found.name for found in pkgutil.iter_modules(fakes.__path__, "fakes.")]
    return [stand for name in names for stand in getattr(import_module(name), "STANDS", [])]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream's batches follow each other soon."""
    monkeypatch.setattr(bluesky, "FLUSH_S", 0.1)


@pytest.mark.parametrize("question", list(QUESTIONS))
@pytest.mark.parametrize("stand", stands(), ids=lambda stand: stand.name)
def test_a_reader_passes(stand: Stand, question: str) -> None:
    if question in stand.cannot:
        pytest.skip(f"{stand.name} cannot be asked this")
    sit(stand, question)


def test_every_platform_that_people_can_set_up_sits_the_exam() -> None:
    found = pkgutil.iter_modules(fenghuo.platforms.__path__, "fenghuo.platforms.")
    offered = [name for _, name, _ in found if hasattr(import_module(name), "SPEC")]
    assert {name.rpartition(".")[2] for name in offered} <= {stand.module for stand in stands()}


def test_a_stand_leaves_out_questions_that_there_are() -> None:
    for stand in stands():
        assert set(stand.cannot) <= set(QUESTIONS), stand.name
