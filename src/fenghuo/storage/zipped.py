"""An archive file: a zip of JSON lines, one file a noun, and a manifest that holds their digests.

Nothing is ever unpacked onto the disk: lines are read one by one, within limits, and a name that
is not one of ours is refused.
"""

import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import msgspec

from fenghuo.domain.errors import BadInput, UserMove
from fenghuo.domain.misfit import unopened
from fenghuo.ports.archive_store import LATER

FORMAT: Final = "fenghuo workspace"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
LONGEST = 16_000_000
"""Bytes of a line. Shorter: a post of 1 MB of odd characters no longer fits."""
DENSE, HARMLESS = 200, 64_000_000
"""Lines compress 10 to 50 times; a file beyond HARMLESS bytes that claims DENSE is a bomb."""
_DAY_ONE = (1980, 1, 1, 0, 0, 0)


class Part(msgspec.Struct, frozen=True):
    """One file of an archive: how many lines and bytes, and the SHA-256 of all in hex."""

    lines: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What an archive is, whose, and what is in it and what is not."""

    format: str
    version: int
    program: str
    made_at: datetime
    workspace: str
    name: str
    parts: Mapping[str, Part]
    left_out: Sequence[str]


class Tally:
    """Counts and digests lines as they go by."""

    def __init__(self) -> None:
        self._lines = self._bytes = 0
        self._digest = sha256()

    def add(self, line: bytes) -> None:
        """One line, its end included."""
        self._lines += 1
        self._bytes += len(line)
        self._digest.update(line)

    def part(self) -> Part:
        """What went by so far."""
        return Part(self._lines, self._bytes, self._digest.hexdigest())


def write_zip(
    file: Path,
    nouns: Iterable[tuple[str, Iterable[bytes]]],
    manifest: Callable[[Mapping[str, Part]], Manifest],
) -> Manifest:
    """Write an archive that its owner alone may read; the file is whole or as it was before.

    `nouns` gives lines without their ends. UserMove when the file cannot be written.
    """
    half = file.with_name(file.name + ".half")
    try:
        handle = os.open(half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as raw, ZipFile(raw, "w", ZIP_DEFLATED) as zipped:
            parts = {noun: _write_part(zipped, noun, lines) for noun, lines in nouns}
            made = manifest(parts)
            text = msgspec.json.format(msgspec.json.encode(made), indent=2)
            zipped.writestr(_info(MANIFEST), text)
        half.replace(file)
    except OSError as error:
        raise UserMove("archive.unwritable", str(error), file=str(file)) from error
    finally:
        half.unlink(missing_ok=True)
    return made


class Zipped:
    """An archive that was opened; its lines may be read again and again."""

    def __init__(self, zipped: ZipFile, nouns: Iterable[str]) -> None:
        """BadInput when the archive is not one of ours or was made by a later version."""
        self._zipped = zipped
        expected = {MANIFEST, *map(_name, nouns)}
        names = [info.filename for info in zipped.infolist()]
        self._lacking = set(map(_name, LATER)) - set(names)
        for info in zipped.infolist():
            _check(info, expected)
        for name in expected:
            if names.count(name) != 1 and name not in self._lacking:
                raise BadInput("archive.part_missing", what=name)
        self.manifest = self._read_manifest()

    def lines(self, noun: str) -> Iterator[bytes]:
        """The lines of a noun without their ends; BadInput at the end when they are not those
        that the manifest tells of."""
        if _name(noun) in self._lacking:
            if noun in self.manifest.parts:
                raise BadInput("archive.part_missing", what=_name(noun))
            return
        tally = Tally()
        with _speaking(), self._zipped.open(_name(noun)) as file:
            while line := file.readline(LONGEST + 1):
                if len(line) > LONGEST or not line.endswith(b"\n"):
                    raise BadInput("archive.damaged", f"line {len(line)} bytes", what=noun)
                tally.add(line)
                yield line[:-1]
        if tally.part() != self.manifest.parts.get(noun):
            raise BadInput("archive.digest_wrong", what=_name(noun))

    def _read_manifest(self) -> Manifest:
        with _speaking(), self._zipped.open(MANIFEST) as file:
            text = file.read(LONGEST)
        try:
            loose = msgspec.json.decode(text, type=dict[str, object])
            version = loose.get("version")
            if loose.get("format") != FORMAT or not isinstance(version, int):
                raise BadInput("archive.not_ours")
            if version > VERSION:
                raise BadInput("archive.newer", version=version, known=VERSION)
            return msgspec.json.decode(text, type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput("archive.not_ours", str(error)) from error


@contextmanager
def open_zip(file: Path, nouns: Iterable[str]) -> Iterator[Zipped]:
    """An archive to read; BadInput says what is wrong with the file."""
    try:
        raw = file.open("rb")
    except OSError as error:
        raise BadInput(
            "archive.unreadable", str(error), file=str(file), **unopened(error)
        ) from error
    with raw:
        with _speaking():
            zipped = _open(raw)
        with zipped:
            yield Zipped(zipped, nouns)


def _open(raw: IO[bytes]) -> ZipFile:
    try:
        return ZipFile(raw)
    except BadZipFile as error:
        raise BadInput("archive.not_a_zip", str(error)) from error


@contextmanager
def _speaking() -> Iterator[None]:
    """What a broken zip raises in the reading, as ours."""
    try:
        yield
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise BadInput("archive.damaged", repr(error), what="zip") from error


def _check(info: ZipInfo, expected: set[str]) -> None:
    if info.filename not in expected:
        raise BadInput("archive.strange_file", what=info.filename[:100])
    if info.flag_bits & 1 or info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise BadInput("archive.damaged", f"{info.compress_type}", what=info.filename)
    if info.file_size > HARMLESS and info.file_size > DENSE * info.compress_size:
        raise BadInput("archive.bomb", what=info.filename)


def _write_part(zipped: ZipFile, noun: str, lines: Iterable[bytes]) -> Part:
    tally = Tally()
    with zipped.open(_info(_name(noun)), "w", force_zip64=True) as out:
        for line in lines:
            tally.add(line + b"\n")
            out.write(line + b"\n")
    return tally.part()


def _info(name: str) -> ZipInfo:
    # The same content is the same file, whenever it is written.
    info = ZipInfo(name, _DAY_ONE)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _name(noun: str) -> str:
    return f"{noun}.jsonl"
