"""Files of posts: one JSON object a line, or tables (CSV); also compressed (.gz, .xz).

Here bytes become lines and rows; what they mean is decided elsewhere. A broken or hostile file
neither fills the memory nor takes the good rows with it.
"""

import codecs
import csv
import gzip
import io
import lzma
import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from fenghuo.domain.errors import BadInput
from fenghuo.domain.misfit import unopened

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST = 8_000_000
"""Bytes of a line that are read at once; the rest of a longer one is skipped, so that a broken
or hostile file cannot fill the memory."""
ROW_LONGEST = 1_000_000
"""Characters of a row of a table. A quote that is never closed takes so much and no more."""
UNPACKED_LEAST, UNPACKED_TIMES = 200_000_000, 300
"""A file that unpacks to more than both, bytes and times its size, is a trap: text of people
packs to a tenth, text of programs to a fiftieth."""
HEAD = 4_000_000
"""Bytes by which the encoding is told."""

_ESCAPED = re.compile("[\udc80-\udcff]")
_HIGH = re.compile(rb"[\x80-\xff]")
_WIDE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"SQLite format")
_PACKED = {".gz": b"\x1f\x8b", ".xz": b"\xfd7zXZ\x00"}
_UTF8_MARK = b"\xef\xbb\xbf"


class Table(msgspec.Struct):
    """A table as it lies in a file.

    `rows` come with their numbers, the header being row 1, as spreadsheets count; a row that
    cannot be read comes as its error. `guessed` when the file does not say its encoding.
    """

    header: Sequence[str]
    encoding: str
    guessed: bool
    rows: Iterator[tuple[int, Sequence[str] | BadInput]]


def is_table(file: Path, content: bytes | None = None) -> bool:
    """Whether a file holds a table, by its name or, where that tells nothing, by its beginning."""
    plain = re.sub(r"\.(gz|xz)$", "", file.name.lower())
    if plain.endswith((".jsonl", ".ndjson", ".json")):
        return False
    named = plain.endswith((".csv", ".tsv", ".tab", ".xls", ".xlsx"))
    return named or not _head(file, content)[:1000].lstrip(_UTF8_MARK + b" \r\n").startswith(b"{")


def read_lines(file: Path, content: bytes | None = None) -> Iterator[tuple[int, bytes | BadInput]]:
    """The non-empty lines of a file (or of `content` under its name) with their numbers, from 1.

    Lines end at LF only: U+2028 is part of a text. A line that is too long comes as its error.
    BadInput when the file cannot be opened, or its compression is broken or a trap.
    """
    for number, line in enumerate(_all_lines(file, content), 1):
        whole = line.removeprefix(_UTF8_MARK) if number == 1 and isinstance(line, bytes) else line
        if isinstance(whole, BadInput) or whole.strip():
            yield number, whole


def read_table(file: Path, content: bytes | None = None) -> Table:
    """The table in a file (or in `content` under its name).

    BadInput when it is no text, empty, or cannot be opened; while rows are read, when the
    compression turns out to be broken or a trap.
    """
    head = _head(file, content)
    if head.startswith(_NOT_TEXT):
        raise BadInput("sources.file_not_text", file=file.name)
    encoding, guessed = _encoding(head)
    lines = _texts(file, content, encoding)
    first = next((one for one in lines if isinstance(one, str) and one.strip("\ufeff \r\n")), "")
    told = re.match(r"\ufeff?sep=(.)\s*$", first, re.IGNORECASE)
    if told:
        first = next((one for one in lines if isinstance(one, str)), "")
    first = first.removeprefix("\ufeff")
    if not first.strip():
        raise BadInput("sources.file_empty", file=file.name)
    delimiter = told[1] if told else max(",;\t|", key=lambda sign: _width(first, sign))
    rows = _rows(_Replay(chain([first], lines)), delimiter, encoding, file.name)
    _, header = next(rows)
    if isinstance(header, BadInput):
        raise header
    return Table(header, encoding, guessed, rows)


def read_plain(file: Path, content: bytes | None = None) -> Iterator[str]:
    """The lines of a plain text in its own encoding, without their ends.

    BadInput when it is no text, or a line cannot be read.
    """
    head = _head(file, content)
    if head.startswith(_NOT_TEXT):
        raise BadInput("sources.file_not_text", file=file.name)
    encoding, _ = _encoding(head)
    for number, line in enumerate(_texts(file, content, encoding), 1):
        if isinstance(line, BadInput):
            raise line
        if _ESCAPED.search(line):
            told = {"file": file.name, "encoding": encoding}
            raise BadInput("sources.row_bytes_wrong", row=number, **told)
        yield line.removeprefix("\ufeff").rstrip("\r\n")


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter)))
    except csv.Error:
        return 0


def _rows(
    lines: "_Replay", delimiter: str, encoding: str, file: str
) -> Iterator[tuple[int, Sequence[str] | BadInput]]:
    number = 0
    while not lines.ended:
        try:
            for row in csv.reader(lines, delimiter=delimiter):
                lines.check_end(delimiter)
                number += 1
                if any(map(_ESCAPED.search, row)):
                    yield (
                        number,
                        BadInput(
                            "sources.row_bytes_wrong", file=file, row=number, encoding=encoding
                        ),
                    )
                elif row:
                    yield number, row
                lines.done()
        except csv.Error as error:
            # The lines after the one in which the row began are read again as rows of their own.
            number += 1
            lines.again()
            told = "form.cell_large" if "limit" in str(error) else "form.quotes"
            yield number, BadInput("sources.row_broken", file=file, row=number, problem=told)


class _Replay:
    """Lines for a csv reader, kept until their row is done, so that a broken row costs itself."""

    def __init__(self, lines: Iterator[str | BadInput]) -> None:
        self._lines = lines
        self._kept: list[str] = []
        self._back: deque[str] = deque()
        self._size = 0
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        if isinstance(line, BadInput):
            self._kept.append("")
            raise csv.Error(f"longer than {ROW_LONGEST}")
        self._kept.append(line)
        self._size += len(line)
        if self._size > ROW_LONGEST:
            raise csv.Error(f"longer than {ROW_LONGEST}")
        return line

    def check_end(self, delimiter: str) -> None:
        """csv.Error when the file ended within quotes that began lines ago."""
        if self.ended and len(self._kept) > 1:
            for _ in csv.reader(self._kept, delimiter=delimiter, strict=True):
                continue

    def done(self) -> None:
        self._kept.clear()
        self._size = 0

    def again(self) -> None:
        self._back.extendleft(reversed(self._kept[1:]))
        self.done()
        self.ended = False


def _head(file: Path, content: bytes | None) -> bytes:
    with _told(file), _opened(file, content) as stream:
        return stream.read(HEAD)


def _encoding(head: bytes) -> tuple[str, bool]:
    """The encoding, and whether it was guessed."""
    if head.startswith(_UTF8_MARK):
        return "utf-8", False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", False
    if head.count(0) * 20 > len(head):
        return ("utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"), True
    try:
        # A character may be cut at the end of the head.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        high = len(_HIGH.findall(head))
        if sum(map(len, _WIDE.findall(head))) > high / 2:
            return "utf-8", True
        # In Chinese text nearly all high bytes stand in pairs; in Western text they stand alone.
        return ("gb18030" if 2 * len(_PAIR.findall(head)) >= 0.8 * high else "cp1252"), True
    return "utf-8", False


def _texts(file: Path, content: bytes | None, encoding: str) -> Iterator[str | BadInput]:
    """Lines as text; bytes that do not belong to the encoding become lone surrogates."""
    if encoding.startswith("utf-16"):
        # Its line ends are two bytes long.
        with _told(file), _opened(file, content) as stream:
            text = io.TextIOWrapper(stream, encoding, "replace", newline="\n")
            yield from iter(lambda: text.readline(ROW_LONGEST), "")
        return
    for line in _all_lines(file, content):
        yield line if isinstance(line, BadInput) else line.decode(encoding, "surrogateescape")


def _all_lines(file: Path, content: bytes | None) -> Iterator[bytes | BadInput]:
    with _told(file), _opened(file, content) as stream:
        for line in iter(lambda: stream.readline(LONGEST), b""):
            if len(line) == LONGEST and not line.endswith(b"\n"):
                while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                    continue
                yield BadInput("intake.line_too_long", limit=LONGEST)
            else:
                yield line


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError) as error:
        told = unopened(error)
        raise BadInput("intake.file_unreadable", str(error), file=str(file), **told) from error
    except (lzma.LZMAError, zlib.error) as error:
        raise BadInput(
            "intake.file_unreadable", str(error), file=str(file), problem="form.packed_broken"
        ) from error


def _opened(file: Path, content: bytes | None) -> IO[bytes]:
    source = file if content is None else io.BytesIO(content)
    packed = file.stat().st_size if content is None else len(content)
    _check_packed(file, content)
    match file.suffix.lower():
        case ".gz":
            return io.BufferedReader(_Capped(gzip.open(source, "rb"), packed, file.name))
        case ".xz":
            return io.BufferedReader(_Capped(lzma.open(source, "rb"), packed, file.name))
        case _:
            return file.open("rb") if content is None else io.BytesIO(content)


def _check_packed(file: Path, content: bytes | None) -> None:
    """BadInput for a plain file whose name says that it is packed; an empty one may be either."""
    begin = _PACKED.get(file.suffix.lower(), b"")
    with file.open("rb") if content is None else io.BytesIO(content) as stream:
        head = stream.read(len(begin))
    if not begin.startswith(head):
        raise BadInput("intake.file_unreadable", file=str(file), problem="form.not_packed")


class _Capped(io.RawIOBase):
    """What a packed file unpacks to; BadInput when it is a trap."""

    def __init__(self, inner: gzip.GzipFile | lzma.LZMAFile, packed: int, name: str) -> None:
        self._inner = inner
        self._most = max(UNPACKED_LEAST, UNPACKED_TIMES * packed)
        self._name = name
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        place = memoryview(buffer)
        part = self._inner.read(len(place))
        place[: len(part)] = part
        self._read += len(part)
        if self._read > self._most:
            megabytes = self._most // 1_000_000
            raise BadInput("sources.file_bomb", file=self._name, megabytes=megabytes)
        return len(part)

    def close(self) -> None:
        self._inner.close()
        super().close()
