"""Files of posts, one JSON object a line, also compressed (.gz, .xz)."""

import gzip
import lzma
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from fenghuo.domain.errors import BadInput

LONGEST = 8_000_000
"""Bytes of a line that are read at once; the rest of a longer one is skipped, so that a broken
or hostile file cannot fill the memory."""


def read_lines(file: Path) -> Iterator[tuple[int, bytes | BadInput]]:
    """The non-empty lines of a file with their numbers, from 1.

    Lines end at LF only: U+2028 is part of a text. A line that is too long comes as its error.
    BadInput when the file cannot be opened or its compression is broken.
    """
    try:
        with _opened(file) as stream:
            for number, line in enumerate(iter(lambda: stream.readline(LONGEST), b""), 1):
                if len(line) == LONGEST and not line.endswith(b"\n"):
                    while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                        continue
                    yield number, BadInput("intake.line_too_long", limit=LONGEST)
                elif line.strip():
                    yield number, line
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise BadInput("intake.file_unreadable", file=str(file), detail=str(error)) from error


def _opened(file: Path) -> gzip.GzipFile | lzma.LZMAFile | BufferedReader:
    match file.suffix:
        case ".gz":
            return gzip.open(file, "rb")
        case ".xz":
            return lzma.open(file, "rb")
        case _:
            return file.open("rb")
