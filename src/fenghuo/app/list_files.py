"""Named lists that people bring as files: plain text, or the first column of a table."""

from collections.abc import Sequence
from pathlib import Path

from fenghuo.domain.errors import BadInput
from fenghuo.listen import read_entries
from fenghuo.platforms.files import read_plain, read_table

LARGEST = 1_000_000
"""Bytes of a file. A list of the longest entries has half of that."""
_HEADINGS = (
    "name names term terms word words phrase phrases author authors handle handles entry entries"
    " keyword keywords 名称 名字 词 词语 短语 作者 账号 帐号 关键词"
)
HEADINGS = frozenset(_HEADINGS.split())
"""What stands above a column and is no entry of it."""


def entries_of(name: str, content: bytes) -> Sequence[str]:
    """The entries of a file that was sent to us under this name; BadInput names file and line."""
    file = Path(Path(name).name or "file")
    if len(content) > LARGEST:
        raise BadInput("lists.file_large", file=file.name, limit=LARGEST // 1000)
    table = file.suffix.lower() in {".csv", ".tsv", ".tab"}
    lines = _first_column(file, content) if table else list(read_plain(file, content))
    try:
        return read_entries(lines)
    except BadInput as error:
        told = {**error.values, "file": file.name, "wrong": error.key}
        raise BadInput("lists.in_file", str(error), **told) from error


def _first_column(file: Path, content: bytes) -> list[str]:
    table = read_table(file, content)
    heading = table.header[0].strip()
    found = ["" if heading.casefold() in HEADINGS else heading]
    for _, row in table.rows:
        if isinstance(row, BadInput):
            raise row
        found.append(row[0])
    return found
