"""Named lists in the shell: in a watch file, for `query explain`, and of a workspace."""

import json
import os
from pathlib import Path

import pytest
from cli.conftest import Shell

from fenghuo.app import App, lay_ground
from fenghuo.cli.watch_file import read_watch_file
from fenghuo.config import load
from fenghuo.domain.errors import BadInput
from fenghuo.domain.people import Newcomer
from fenghuo.i18n import LANGUAGES, explain

WATCH = """brand = "Veyra"
query = 'veyra @list(Hazards) -author:@list(ours)'
competitors = [{brand = "Nuvolt", query = 'nuvolt @list(hazards)'}]

[lists]
hazards = ["smoke", "explod*", "caught fire", "起火"]
ours = ["VeyraHelp"]
"""


def posts(folder: Path) -> Path:
    told = [("1", "My veyra caught fire", "joe"), ("2", "veyra is fine", "joe"),
            ("3", "A veyra exploded", "VeyraHelp"), ("4", "veyra 起火", "li")]  # fmt: skip
    lines = [
        {"platform": "x", "id": name, "time": "2026-03-01T12:00:00Z", "text": text,
         "author": {"name": author}}
        for name, text, author in told
    ]  # fmt: skip
    file = folder / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf8")
    return file


def written(folder: Path, text: str = WATCH) -> Path:
    file = folder / "veyra.toml"
    file.write_text(text, "utf8")
    return file


def test_a_replay_hears_by_the_lists_of_its_watch_file(shell: Shell, tmp_path: Path) -> None:
    file = written(tmp_path)
    code, out, _ = shell("replay", posts(tmp_path), "--watch", file, "--json")
    assert code == 0
    assert json.loads(out.splitlines()[-1])["matched"] == 2


def test_two_watch_files_may_call_different_lists_alike(shell: Shell, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(
        WATCH.replace('"Veyra"', '"Other"').replace('["smoke",', '["fine", "smoke",'), "utf8"
    )
    watches = ("--watch", written(tmp_path), "--watch", other)
    _, out, _ = shell("replay", posts(tmp_path), *watches, "--json")
    assert json.loads(out.splitlines()[-1])["matched"] == 3


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ("@list(Hazards)", "@list(hazrds)", "query", "@list(hazards)"),
        ("nuvolt @list(hazards)", "nuvolt @list(x)", "competitors[0].query", "x"),
        ('"explod*"', '"ex*"', "lists", "ex*"),
        ('"explod*"', '"a OR b"', "lists", '"a OR b"'),
        ("ours = [", '"our own" = [', "lists", "our own"),
        ('["VeyraHelp"]', "[]", "lists", "ours"),
        ('["VeyraHelp"]', '"VeyraHelp"', "lists", ""),
        ('["VeyraHelp"]', "[5]", "lists", ""),
        ("ours = [", "HAZARDS = [", "lists", "hazards"),
    ],
)
def test_what_is_wrong_with_a_list_of_a_file_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, place: str, told: str
) -> None:
    assert old in WATCH
    with pytest.raises(BadInput) as caught:
        read_watch_file(written(tmp_path, WATCH.replace(old, new)))
    for language in LANGUAGES:
        sentence = explain(caught.value, language)
        assert place in sentence
        assert told in sentence
        assert "veyra.toml" in sentence


def test_a_watch_file_without_lists_says_where_they_belong(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_watch_file(written(tmp_path, WATCH.partition("[lists]")[0]))
    for language in LANGUAGES:
        assert "[lists]" in explain(caught.value, language)


def test_explain_takes_terms_a_file_and_the_lists_of_a_workspace(
    shell: Shell, tmp_path: Path
) -> None:
    config = load(os.environ)
    lay_ground(config)
    app = App(config)
    chen = Newcomer("chen@veyra.example", "陈朗", "correct horse battery")
    app.access.create_first_owner(app.access.first_owner_secret(), chen, "Veyra Europe")
    with app.store.reading() as tx:
        [place] = tx.access.workspaces()
    app.lists.make(place.id, "press", ["Reuters"])
    app.close()
    query = "veyra @list(hazards) OR @list(press) OR @list(words)"
    given = ("--list", written(tmp_path), "--list", "Veyra Europe", "--list", "words=one,other")
    code, out, _ = shell("query", "explain", query, *given, "--posts", posts(tmp_path), "--json")
    assert code == 0
    found = json.loads(out)
    terms = {one["term"] for one in found["literals"]}
    assert {"Reuters", "one", "other", '"caught fire"', "explod*"} <= terms
    assert [v["hit"] for v in found["verdicts"]] == [True, False, True, True]


def test_explain_says_what_is_wrong_with_a_list(shell: Shell, tmp_path: Path) -> None:
    for given in ("words=a OR b,c", "nobody's workspace", tmp_path / "none.toml"):
        code, out, err = shell("query", "explain", "veyra @list(words)", "--list", given)
        assert (code, out) == (2, "")
        assert str(given).partition("=")[0].rpartition("/")[2] in err
