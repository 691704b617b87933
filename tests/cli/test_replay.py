"""`fenghuo replay`: posts from files through the whole pipeline, without server or account."""

import gzip
import json
import lzma
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fenghuo.cli import cli, main

START = datetime(2026, 3, 1, tzinfo=UTC)
Run = Callable[..., Result]


def line(number: int, text: str, at: datetime) -> str:
    return json.dumps({"platform": "x", "id": str(number), "time": at.isoformat(), "text": text})


def quiet_days() -> list[str]:
    return [
        line(n, f"ordinary words about my veyra number {n}", START + timedelta(hours=4 * n))
        for n in range(60)
    ]


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    file = tmp_path / "watch.toml"
    file.write_text('brand = "Veyra"\nquery = "veyra"\n', "utf8")
    return file


@pytest.fixture
def run(watch: Path) -> Run:
    def replay(*arguments: str | Path) -> Result:
        words = ["replay", "--watch", str(watch), *map(str, arguments)]
        return CliRunner().invoke(cli, words)

    return replay


def facts(result: Result) -> list[dict[str, object]]:
    return [json.loads(text) for text in result.stdout.splitlines()]


def test_facts_come_as_json_lines_and_the_last_one_counts(run: Run, tmp_path: Path) -> None:
    fire = line(99, "The veyra caught fire and burned my hand", START + timedelta(days=11))
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join([*quiet_days(), fire, fire]), "utf8")
    result = run(file, "--json")
    assert result.exit_code == 0
    found = facts(result)
    opened = [fact for fact in found if fact["fact"] == "alert_opened"]
    assert [(o["level"], o["watch"], o["examples"]) for o in opened] == [
        ("orange", "Veyra", ["99"])
    ]
    assert opened[0]["probability"] is None
    assert found[-1] == {
        "fact": "replay_ended",
        "posts": 62,
        "matched": 61,
        "duplicates": 1,
        "rejected": 0,
        "alerts": 1,
    }


def test_compressed_files_give_the_same_facts(run: Run, tmp_path: Path) -> None:
    text = "\n".join(quiet_days()).encode()
    (tmp_path / "a.jsonl").write_bytes(text)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text))
    (tmp_path / "a.jsonl.xz").write_bytes(lzma.compress(text))
    plain, gz, xz = (run(tmp_path / f"a.jsonl{end}", "--json").stdout for end in ("", ".gz", ".xz"))
    assert plain == gz == xz


def test_a_bad_line_is_said_with_its_place_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    lines = quiet_days()
    file.write_text("\n".join([*lines[:30], "{broken", *lines[30:]]), "utf8")
    result = run(file, "--json")
    assert result.exit_code == 0
    assert "line 31" in result.stderr
    assert facts(result)[-1]["rejected"] == 1
    assert facts(result)[-1]["matched"] == 60


def test_until_stops_before_later_posts(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(quiet_days()), "utf8")
    until = (START + timedelta(hours=9)).isoformat()
    assert facts(run(file, "--json", "--until", until))[-1]["matched"] == 3


@pytest.mark.parametrize(
    "wrong",
    [
        ["--set", "nonsense=3"],
        ["--set", "surge_least=many"],
        ["--until", "yesterday"],
        ["--until", "2026-03-01T00:00:00"],
        ["/no/such/file.jsonl"],
    ],
)
def test_bad_input_ends_with_code_two_and_says_what_to_change(
    watch: Path, tmp_path: Path, wrong: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "posts.jsonl"
    file.write_text(quiet_days()[0], "utf8")
    words = ["fenghuo", "replay", str(file), "--watch", str(watch), *wrong]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.strip()


def test_a_broken_watch_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "w.toml").write_text("brand = ", "utf8")
    (tmp_path / "p.jsonl").write_text(quiet_days()[0], "utf8")
    words = ["fenghuo", "replay", str(tmp_path / "p.jsonl"), "--watch", str(tmp_path / "w.toml")]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
