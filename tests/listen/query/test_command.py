"""`fenghuo query explain` as it is typed in a shell."""

from pathlib import Path

import msgspec
from click.testing import CliRunner

from fenghuo.cli.query import query


def _run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(query, ["explain", *arguments])
    return result.exit_code, result.stdout, result.stderr


def _file(folder: Path) -> str:
    lines = [
        {"platform": "x", "id": "1", "time": "2026-03-01T12:00:00Z", "text": "Nuvolt on FIRE"},
        {"platform": "x", "id": "2", "time": "2026-03-01T12:00:00Z", "text": "nuvolt fire job"},
        {"platform": "x", "id": "3", "text": "no time"},
    ]
    file = folder / "posts.jsonl"
    file.write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
    return str(file)


def test_it_prints_the_brackets_the_verdicts_and_which_words_decided(tmp_path: Path) -> None:
    code, out, err = _run("nuvolt fire -job", "--posts", _file(tmp_path), "--lang", "en")
    assert code == 0
    assert "(nuvolt AND fire AND NOT job)" in out
    assert "Post 1: hit" in out
    assert "fire decided: “FIRE” (text, characters 11 to 14)" in out
    assert "Post 2: miss" in out
    assert "excluded by job: “job”" in out
    assert "3" in err  # the bad line is said, the rest goes on


def test_it_speaks_chinese(tmp_path: Path) -> None:
    code, out, _ = _run("充电宝 起火", "--posts", _file(tmp_path), "--lang", "zh-CN")
    assert code == 0
    assert "帖子 1：未命中" in out
    assert "正文中任意位置" in out


def test_an_error_ends_with_two_and_a_mark_under_the_place() -> None:
    code, out, err = _run("nuvolt AND", "--lang", "en")
    assert (code, out) == (2, "")
    assert err.splitlines()[:2] == ["nuvolt AND", "       ^"]
    assert "after AND something is missing" in err


def test_a_query_may_begin_with_a_hyphen_and_options_still_work(tmp_path: Path) -> None:
    code, _, err = _run("-refund", "--lang", "en", "--watch")
    assert (code, err.splitlines()[0]) == (2, "-refund")
    assert "yourbrand -refund" in err
    code, out, _ = _run("--lang", "en", "-job nuvolt", "--posts", _file(tmp_path))
    assert code == 0
    assert "Post 2: miss" in out
    assert _run("-lang:de nuvolt", "--json")[0] == 0
    assert "Usage" in _run("--help")[1]


def test_the_mark_stands_under_the_place_behind_wide_and_joined_signs() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    _, _, err = _run(f"{family} 充 e\u0301 foo:bar", "--lang", "en")
    assert err.splitlines()[1] == "\u3000 \u3000   ^"


def test_a_watch_is_stricter_than_a_search() -> None:
    assert _run("lang:de")[0] == 0
    assert _run("lang:de", "--watch")[0] == 2


def test_json_holds_the_same_and_errors_too(tmp_path: Path) -> None:
    terms = ("author:@list(press) nuvolt", "--list", "press=Reuters,BBCNews", "--json")
    code, out, _ = _run(*terms, "--posts", _file(tmp_path))
    assert code == 0
    found = msgspec.json.decode(out)
    assert found["query"] == "(author:@list(press) AND nuvolt)"
    assert [verdict["hit"] for verdict in found["verdicts"]] == [False, False]
    code, out, _ = _run("a)", "--json", "--lang", "zh-CN")
    assert code == 2
    assert msgspec.json.decode(out)["position"] == 2
