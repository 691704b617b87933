"""Files that people bring: every good row becomes a post, everything else is told."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from fenghuo.app.uploads import Item, read_upload
from fenghuo.cli import cli
from fenghuo.domain.errors import BadInput
from fenghuo.i18n import LANGUAGES, explain, say
from fenghuo.listen import Checked, ColumnMapping

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def read(name: str, content: str, mapping: ColumnMapping | None = None) -> list[tuple[int, Item]]:
    return list(read_upload(name, content.encode(), mapping, NOW).items)


def told(items: list[tuple[int, Item]]) -> list[tuple[int, str]]:
    return [(n, item.post.id if isinstance(item, Checked) else item.key) for n, item in items]


def test_bad_rows_are_told_with_their_number_and_nothing_else_is_lost() -> None:
    items = read(
        "reviews.csv",
        "Review ID,Review Date,Rating,Review Text,Colour\n"
        "R1,2026-03-04,1,burns,red\n"
        "R2,someday,1,burns,red\n"
        "R3,2026-03-05,terrible,hot,red\n"
        "R4,2026-03-05,2,,red\n"
        "R5,1970-01-01,2,old,red\n"
        "R6,2026-03-06,5,fine,red\n",
    )
    assert told(items) == [
        (0, "sources.columns_unread"),
        (2, "R1"),
        (3, "sources.row_time_wrong"),
        (4, "R3"),
        (4, "sources.row_number_wrong"),
        (5, "sources.row_field_missing"),
        (6, "intake.time_absurd"),
        (7, "R6"),
    ]
    for _, item in items:
        for language in LANGUAGES:
            if isinstance(item, BadInput):
                assert explain(item, language)
            elif not isinstance(item, Checked):
                assert say(item.key, language, **item.values)


def test_the_guess_is_given_back_to_be_corrected_by_hand() -> None:
    upload = read_upload("f.csv", b"date,body,stars\n2026-03-04,hot,1\n", None, NOW)
    assert upload.mapping
    assert upload.mapping.name == "marketplace_reviews"
    assert upload.header == ["date", "body", "stars"]
    mine = ColumnMapping("mine", {"time": ("date",), "text": ("stars",)}, "ticket", "shop")
    [(_, _), (row, post)] = read("f.csv", "date,body,stars\n2026-03-04,hot,1\n", mine)
    assert row == 2
    assert isinstance(post, Checked)
    assert (post.post.text, post.post.kind, post.post.platform) == ("1", "ticket", "shop")


def test_json_lines_come_as_they_are() -> None:
    line = '{"platform":"x","id":"1","time":"2026-03-04T10:00:00Z","text":"hot"}'
    assert told(read("f.jsonl", f"{line}\nbroken\n")) == [(1, "1"), (2, "intake.not_json")]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b'{\n  "platform": "x",\n  "id": "1"\n}\n', "intake.one_a_line"),
        (gzip.compress(b"{}"), "intake.packed_file"),
    ],
)
def test_a_file_without_a_line_that_is_a_post_is_refused_once(content: bytes, key: str) -> None:
    [(zero, error)] = read_upload("f.jsonl", content, None, NOW).items
    assert (zero, getattr(error, "key", "")) == (0, key)


def test_a_table_without_a_time_is_refused_whole() -> None:
    with pytest.raises(BadInput) as caught:
        read_upload("f.csv", b"a,b\n1,2\n", None, NOW)
    assert caught.value.key == "sources.columns_missing"


def test_a_guessed_encoding_is_told() -> None:
    upload = read_upload(
        "C:\\x\\评价.csv", "评价时间,评价内容\n2026-03-04,冒烟\n".encode("gb18030"), None, NOW
    )
    (zero, remark), (_, post) = upload.items
    assert zero == 0
    assert getattr(remark, "key", "") == "sources.encoding_found"
    assert isinstance(post, Checked)
    assert post.post.text == "冒烟"


def test_a_table_is_replayed_like_json_lines(tmp_path: Path) -> None:
    posts = [
        {
            "platform": "x",
            "id": str(n),
            "time": f"2026-03-{1 + n:02}T10:00:00Z",
            "text": f"veyra {n}",
        }
        for n in range(20)
    ]
    names = list(posts[0])
    table = "\n".join([",".join(names), *(",".join(post[n] for n in names) for post in posts)])
    (tmp_path / "a.csv").write_text(table, "utf8")
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, posts)), "utf8")
    (tmp_path / "w.toml").write_text('brand = "Veyra"\nquery = "veyra"\n', "utf8")
    facts = [
        CliRunner().invoke(
            cli, ["replay", "--json", "--watch", str(tmp_path / "w.toml"), str(tmp_path / name)]
        )
        for name in ("a.csv", "a.jsonl")
    ]
    assert facts[0].exit_code == 0
    assert facts[0].stdout == facts[1].stdout
    assert json.loads(facts[0].stdout.splitlines()[-1])["matched"] == 20
