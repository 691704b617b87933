"""The shipped model, built as the application builds it."""

import tomllib
from importlib.resources import files

import numpy as np
import pytest
from listen.understand.parts import Counted

from fenghuo.inference.langid import Langid
from fenghuo.inference.usem3 import Usem3
from fenghuo.listen.understand import LANGUAGES, Entry, Judge, Weights, read, unpack


@pytest.fixture(scope="session")
def entries() -> list[Entry]:
    """Both shipped word files."""
    folder = files("fenghuo.data").joinpath("lexicon")
    return [
        entry
        for name in ("cues.toml", "topics.toml")
        for entry in read(tomllib.loads(folder.joinpath(name).read_text("utf8")))
    ]


@pytest.fixture(scope="session")
def weights() -> Weights:
    """The shipped heads."""
    folder = files("fenghuo.data").joinpath("heads")
    with folder.joinpath("heads.npz").open("rb") as file, np.load(file) as arrays:
        return unpack(
            dict(arrays),
            folder.joinpath("card.json").read_bytes(),
            folder.joinpath("examples.jsonl").read_bytes(),
        )


@pytest.fixture(scope="session")
def judge(entries: list[Entry], weights: Weights) -> Judge:
    """Everything as shipped."""
    return Judge(Usem3(), Langid(LANGUAGES), entries, weights)


@pytest.fixture
def counted() -> Counted:
    """An encoder that notes its calls."""
    return Counted()
