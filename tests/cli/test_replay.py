"""`fenghuo replay`: posts from files through the whole pipeline, without server or account."""

import gzip
import json
import lzma
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fenghuo.cli import cli, main
from fenghuo.cli.watch_file import read_watch_file
from fenghuo.domain.errors import BadInput
from fenghuo.i18n import LANGUAGES, explain

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


def test_fields_that_we_do_not_know_are_told_once_by_their_names(run: Run, tmp_path: Path) -> None:
    posts = [json.loads(text) | {"mood": "hidden words", "shop": 7} for text in quiet_days()]
    posts[0]["author"] = {"name": "a", "age": 4}
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(map(json.dumps, posts)), "utf8")
    result = run(file, "--json")
    told = [text for text in result.stderr.splitlines() if "mood" in text]
    assert told == [told[0]]
    assert "author.age, mood, shop" in told[0]
    assert "hidden words" not in result.stderr
    assert "mood" not in result.stdout


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("brand = 5\nquery = 'a'\n", "“brand”要写成文字，现在是整数。"),
        ("query = 'a'\n", "缺少“brand”。"),
        ("brand = 'V'\nquery = 'v'\nmarkets = 'us'\n", "“markets”要写成列表，现在是文字。"),
        ("brand = \n", "第 1 行第 9 个字符处坏了。"),
        (None, "没有这个文件。"),
    ],
)
def test_what_is_wrong_with_a_watch_file_is_said_in_the_language_of_the_reader(
    tmp_path: Path, text: str | None, chinese: str
) -> None:
    file = tmp_path / "brand.toml"
    if text is not None:
        file.write_text(text, "utf8")
    with pytest.raises(BadInput) as caught:
        read_watch_file(file)
    told = explain(caught.value, "zh-CN")
    assert chinese in told
    assert not re.search("[A-Z][a-z]+ed|Object|Errno|line", told)


def test_a_setting_of_a_replay_that_is_wrong_is_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(quiet_days()), "utf8")
    result = run(file, "--set", "surge_threshold=5", "--set", "surge_least=many")
    assert isinstance(result.exception, BadInput)
    assert "surge_least=many" in explain(result.exception, "zh-CN")
    assert "整数" in explain(result.exception, "zh-CN")


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


EVENT = 'events = [{name = "Sale", from = 2026-06-18, to = 2026-06-20}]'


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('events = ["x"]', "events[0]"),
        ("events = 5", "events"),
        ("competitors = 5", "competitors"),
        ('competitors = ["x"]', "competitors[0]"),
        ('markets = "de"', "markets"),
        ('quiet_hours = "nonsense"', "quiet_hours"),
        ('quiet_hours = "22:00"', "quiet_hours"),
        ("quiet_hours = 5", "quiet_hours"),
        ('time_zone = "Mars/X"', "time_zone"),
        ("time_zone = 5", "time_zone"),
        ("time_zone = []", "time_zone"),
        ('quiet_hour = "22:00-07:00"', "quiet_hour"),
        ('competitors = [{brand = "Rival", query = "(rival"}]', "competitors[0].query"),
        ('competitors = [{brand = "Rival", queri = "rival"}]', "competitors[0].queri"),
        (EVENT.replace("06-20", "06-18"), "events[0].to"),
        (EVENT.replace("2026-06-20", '"soon"'), "events[0].to"),
        (EVENT.replace("2026-06-18", "08:00:00"), "events[0].from"),
        (EVENT.replace("2026-06-18", "0001-01-01T00:00:00+08:00"), "events[0].from"),
        (EVENT.replace("from = 2026-06-18, ", ""), "events[0].from"),
        (EVENT.replace("from", "start"), "events[0].start"),
        (EVENT.replace('name = "Sale", ', ""), "events[0].name"),
    ],
)
def test_what_is_wrong_in_a_watch_file_is_said_with_its_field(
    watch: Path, line: str, field: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    watch.write_text(f'brand = "Veyra"\nquery = "veyra"\n{line}\n', "utf8")
    monkeypatch.setattr("sys.argv", ["fenghuo", "replay", str(watch), "--watch", str(watch)])
    for locale in ("en_US.UTF-8", "zh_CN.UTF-8"):
        monkeypatch.setenv("LC_ALL", locale)
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr().err
        assert ended.value.code == 2
        assert str(watch) in told
        assert field in told
        assert ("监测文件" in told) == locale.startswith("zh")


@pytest.mark.parametrize("query", ["(veyra", ""])
def test_a_query_that_cannot_be_read_names_its_file(watch: Path, query: str) -> None:
    watch.write_text(f'brand = "Veyra"\nquery = "{query}"\n', "utf8")
    with pytest.raises(BadInput) as caught:
        read_watch_file(watch)
    for language in LANGUAGES:
        assert str(watch) in explain(caught.value, language)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-06-18", "2026-06-17T16:00:00Z"),
        ('"2026-06-18"', "2026-06-17T16:00:00Z"),
        ("2026-06-18T09:00:00", "2026-06-18T01:00:00Z"),
        ('"2026-06-18 09:00"', "2026-06-18T01:00:00Z"),
        ("2026-06-18T09:00:00Z", "2026-06-18T09:00:00Z"),
        ("2026-06-18T09:00:00-07:00", "2026-06-18T16:00:00Z"),
    ],
)
def test_times_of_events_are_meant_where_the_watch_is(
    watch: Path, written: str, meant: str
) -> None:
    lines = ['brand = "Veyra"', 'query = "veyra"', 'time_zone = "Asia/Shanghai"']
    event = EVENT.replace("2026-06-18", written)
    watch.write_text("\n".join([*lines, 'quiet_hours = "22:00-07:00"', event]), "utf8")
    [found] = read_watch_file(watch).events
    assert found.start == datetime.fromisoformat(meant)
    assert found.end == datetime(2026, 6, 19, 16, tzinfo=UTC)
