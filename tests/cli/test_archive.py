"""`fenghuo export` and `fenghuo import`: from one shell to another."""

import json
import os
from pathlib import Path

import pytest
from cli.conftest import Shell
from storage.rows import post
from storage.whole import SECRET, fill

from fenghuo.app import lay_ground
from fenghuo.config import load
from fenghuo.storage import Database


@pytest.fixture
def archive(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of a workspace; the shell stands in an empty installation afterwards."""
    config = load(os.environ)
    lay_ground(config)
    database = Database(config.database_url)
    fill(database, "ours", [(post("1"), 0, "understood")])
    database.close()
    file = tmp_path / "ours.zip"
    code, out, _ = shell("export", "Name of ours", file)
    assert code == 0
    assert "1 post, 1 mention, 4 facts" in out
    assert "Left out" in out
    monkeypatch.setenv("FENGHUO_VAR", str(tmp_path / "elsewhere"))
    return file


def test_a_workspace_goes_from_one_installation_to_another_once(
    shell: Shell, archive: Path
) -> None:
    code, out, _ = shell("import", archive)
    assert code == 0
    assert out.count("http://127.0.0.1:8420/join/") == 2
    assert "2 sources" not in out
    assert "sources here: 2" in out
    code, out, _ = shell("import", archive, "--json")
    answer = json.loads(out)
    assert (code, answer["new"], answer["differing"]) == (0, False, [])
    assert SECRET not in out
    code, out, _ = shell("import", archive, "--lang", "zh-CN")
    assert "什么也没有改动" in out


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["export", "nobody", "x.zip"], "Name one of these by its id"),
        (["import", "no-such-file.zip"], "cannot be opened"),
        (["import", __file__], "not a zip"),
    ],
)
def test_what_cannot_be_done_ends_with_code_two_and_one_sentence(
    shell: Shell, tmp_path: Path, words: list[str], key: str
) -> None:
    code, out, err = shell(*words)
    assert (code, out) == (2, "")
    assert key in err
    assert err.count("\n") == 1
