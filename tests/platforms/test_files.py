"""Files: whatever bytes they hold, good rows come out and the memory stays small."""

import gzip
import lzma
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.domain.errors import BadInput
from fenghuo.platforms import files
from fenghuo.platforms.files import ROW_LONGEST, is_table, read_lines, read_table

CSV = Path("f.csv")
PACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "xz": lzma.compress}


def rows(content: bytes, name: str = "f.csv") -> list[tuple[int, Sequence[str] | str]]:
    table = read_table(Path(name), content)
    return [(n, row.key if isinstance(row, BadInput) else row) for n, row in table.rows]


@pytest.mark.parametrize(
    ("encoding", "told", "guessed"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", False),
        ("utf-16", "utf-16", False),
        ("utf-16-le", "utf-16-le", True),
        ("utf-16-be", "utf-16-be", True),
        ("gb18030", "gb18030", True),
    ],
)
def test_chinese_is_read_in_every_encoding(encoding: str, told: str, guessed: bool) -> None:
    text = '时间,内容\r\n2026-03-04,"充电宝冒烟了，\n很害怕"\r\n2026-03-05,退货\r\n'
    table = read_table(CSV, text.encode(encoding))
    assert (table.header, table.encoding, table.guessed) == (["时间", "内容"], told, guessed)
    assert list(table.rows) == [
        (2, ["2026-03-04", "充电宝冒烟了，\n很害怕"]),
        (3, ["2026-03-05", "退货"]),
    ]


def test_western_text_is_not_taken_for_chinese() -> None:
    table = read_table(CSV, "Datum;Text\n1.2.2026;Gerät fängt Feuer – größer\n".encode("cp1252"))
    assert table.encoding == "cp1252"
    assert list(table.rows) == [(2, ["1.2.2026", "Gerät fängt Feuer – größer"])]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(sign: str) -> None:
    content = f'a{sign}"b, c; d"{sign}e\n1{sign}2{sign}3\n'.encode()
    assert read_table(CSV, content).header == ["a", "b, c; d", "e"]
    assert rows(content) == [(2, ["1", "2", "3"])]


def test_a_spreadsheet_may_name_its_delimiter() -> None:
    assert rows(b"\xef\xbb\xbfsep=;\r\na;b,c,d\r\n1;2\r\n") == [(2, ["1", "2"])]


@pytest.mark.parametrize("end", ["gz", "xz"])
def test_packed_tables_are_read(end: str) -> None:
    packed = PACK[end](b"a,b\n1,2\n")
    assert rows(packed, f"f.csv.{end}") == [(2, ["1", "2"])]


def test_a_row_with_foreign_bytes_is_refused_alone() -> None:
    assert rows("a,b\n1,好\n".encode() * 3 + b"2,\xff\xfe\n3,c\n") == [
        (2, ["1", "好"]), (3, ["a", "b"]), (4, ["1", "好"]), (5, ["a", "b"]), (6, ["1", "好"]),
        (7, "sources.row_bytes_wrong"), (8, ["3", "c"]),
    ]  # fmt: skip


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    many = b"".join(b"%d,fine\n" % n for n in range(5))
    assert rows(b'a,b\n9,"open\n' + many)[0] == (2, "sources.row_broken")
    assert rows(b'a,b\n9,"open\n' + many)[1:] == [(n + 3, [str(n), "fine"]) for n in range(5)]


def test_a_quote_that_is_never_closed_takes_no_more_than_a_row_may() -> None:
    filler = b"1,fine and quite long so that it counts\n" * (2 * ROW_LONGEST // 40)
    found = rows(b'a,b\n9,"open\n' + filler)
    assert found[0] == (2, "sources.row_broken")
    assert len(found) == 1 + 2 * ROW_LONGEST // 40
    assert all(row == ["1", "fine and quite long so that it counts"] for _, row in found[1:])


def test_a_quote_inside_words_is_a_sign_like_any_other() -> None:
    assert rows(b'a,b\n1,5" screen\n2,6" screen\n') == [
        (2, ["1", '5" screen']),
        (3, ["2", '6" screen']),
    ]


def test_a_cell_that_is_too_long_is_refused_alone() -> None:
    assert rows(b"a,b\n1," + b"x" * 200_000 + b"\n2,ok\n") == [
        (2, "sources.row_broken"),
        (3, ["2", "ok"]),
    ]


def test_a_line_without_end_is_refused_and_skipped_without_filling_the_memory(
    tmp_path: Path,
) -> None:
    file = tmp_path / "f.csv.gz"
    with gzip.open(file, "wb", compresslevel=1) as out:
        out.write(b"a,b\n1,2\n")
        for _ in range(60):
            out.write(b"\x01" * 1_000_000)
        out.write(b"\n3,4\n")
    tracemalloc.start()
    found = [row for _, row in read_table(file).rows]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0] == ["1", "2"]
    assert isinstance(found[1], BadInput)
    assert found[2] == ["3", "4"]
    assert peak < 40_000_000


def test_a_trap_is_left_and_the_rows_before_it_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "UNPACKED_LEAST", 5_000_000)
    packed = gzip.compress(b"a,b\n1,2\n" + b"0,0\n" * 3_000_000)
    table = read_table(Path("f.csv.gz"), packed)
    assert next(table.rows) == (2, ["1", "2"])
    with pytest.raises(BadInput) as caught:
        list(table.rows)
    assert caught.value.key == "sources.file_bomb"


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"%PDF-1.7", b"\xd0\xcf\x11\xe0abc"])
def test_a_spreadsheet_of_another_kind_is_told_apart(content: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        read_table(Path("f.xlsx"), content)
    assert caught.value.key == "sources.file_not_text"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"sep=;\n"])
def test_an_empty_file_is_said(content: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        read_table(CSV, content)
    assert caught.value.key == "sources.file_empty"


@pytest.mark.parametrize("end", ["gz", "xz"])
def test_a_plain_file_that_is_called_packed_is_not_called_damaged(tmp_path: Path, end: str) -> None:
    file = tmp_path / f"f.jsonl.{end}"
    file.write_bytes(b'{"a":1}\n')
    for content in (None, b'{"a":1}\n'):
        with pytest.raises(BadInput) as caught:
            list(read_lines(file, content))
        assert caught.value.values["problem"] == "form.not_packed"


@pytest.mark.parametrize("end", ["gz", "xz"])
def test_broken_packing_is_an_error_of_ours(end: str) -> None:
    whole = PACK[end](b"a,b\n" + b"1,2\n" * 50_000)
    for content in (b"no packing at all", whole[:-20], whole[:40] + b"\0\0\0" + whole[43:]):
        with pytest.raises(BadInput):
            list(read_table(Path(f"f.csv.{end}"), content).rows)
        with pytest.raises(BadInput):
            list(read_lines(Path(f"f.jsonl.{end}"), content))


def test_a_table_is_known_by_its_name_or_its_beginning() -> None:
    assert is_table(Path("a.CSV.gz"), b"")
    assert not is_table(Path("a.jsonl"), b"a,b")
    assert is_table(Path("a.txt"), b"a\tb\n")
    assert not is_table(Path("a.txt"), b'\xef\xbb\xbf{"id":1}\n')


def test_the_mark_of_utf8_is_no_part_of_the_first_line() -> None:
    assert list(read_lines(Path("a.jsonl"), b'\xef\xbb\xbf{"id":1}\n\n{}')) == [
        (1, b'{"id":1}\n'),
        (3, b"{}"),
    ]


@given(st.binary(max_size=400), st.sampled_from(["f.csv", "f.csv.gz", "f.csv.xz"]))
def test_whatever_bytes_come_rows_or_an_error_of_ours_comes_out(content: bytes, name: str) -> None:
    try:
        found = rows(content, name)
    except BadInput:
        return
    assert [n for n, _ in found] == sorted({n for n, _ in found})


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), min_size=1, max_size=20))
def test_what_a_spreadsheet_writes_is_read_back(cells: list[list[str]]) -> None:
    wanted = [[c.replace("\r", " ").replace("\0", "") + "x" for c in row] for row in cells]
    quoted = ["{},{}\n".format(*('"' + c.replace('"', '""') + '"' for c in row)) for row in wanted]
    assert [row for _, row in rows(("a,b\n" + "".join(quoted)).encode())] == wanted
