"""The shell's environment for a command: a folder and a database of its own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fenghuo.cli import main

Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Runs `fenghuo` with these words; answers exit code, output and what was said on errors."""
    for name in [n for n in os.environ if n.startswith("FENGHUO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FENGHUO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["fenghuo", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
