"""A whole workspace out into an archive, and in again elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from fenghuo.app.archive_check import Check
from fenghuo.domain.errors import BadInput
from fenghuo.domain.misfit import misfit
from fenghuo.domain.people import Person, Workspace
from fenghuo.listen import index_tokens
from fenghuo.ports.archive_store import NOUNS, Line, SourceLine, at_once
from fenghuo.ports.store import Transaction
from fenghuo.storage.zipped import FORMAT, VERSION, Manifest, Part, Zipped, open_zip, write_zip

if TYPE_CHECKING:
    from fenghuo.app.product import App

LEFT_OUT = (
    "passwords, sessions, tokens and invitations of people",
    "secret options of sources, named in sources.jsonl",
    "addresses of channels",
    "links of calls and wake tests",
    "samples of posts that matched nothing",
)
_encode = msgspec.json.Encoder().encode


class Taken(msgspec.Struct, frozen=True):
    """What became of an archive.

    `new`: it was taken. Otherwise its workspace was here already and nothing was changed;
    `differing` names the nouns in which the two are no longer the same.
    """

    manifest: Manifest
    new: bool
    differing: tuple[str, ...] = ()
    links: tuple[tuple[Person, str], ...] = ()
    """People who have no password here, each with the secret of a one-time invitation."""


class Archives:
    """Writes and takes archives of workspaces, with memory that does not follow their size."""

    def __init__(self, app: "App") -> None:
        """`app` is the product over its database, whose tables are those of this version."""
        self._app = app
        self._store = app.store

    def workspace(self, name: str) -> Workspace:
        """The workspace of an id, or of a name that only one has; BadInput when there is none."""
        with self._store.reading() as tx:
            places = tx.access.workspaces()
        found = [p for p in places if name == p.id] or [p for p in places if name == p.name]
        if len(found) != 1:
            known = ", ".join(f"{place.name} ({place.id})" for place in places)
            raise BadInput("archive.no_workspace", name=name, known=known or "–")
        return found[0]

    def write(self, workspace: Workspace, file: Path) -> Manifest:
        """Write the archive of a workspace as it is at this moment."""

        def manifest(parts: Mapping[str, Part]) -> Manifest:
            return Manifest(
                FORMAT, VERSION, version("fenghuo"),
                self._app.clock.now("").replace(microsecond=0),
                workspace.id, workspace.name, parts, LEFT_OUT,
            )  # fmt: skip

        with self._store.reading() as tx:
            nouns = ((noun, self._lines(tx, workspace.id, noun)) for noun in NOUNS)
            return write_zip(file, nouns, manifest)

    def take(self, file: Path) -> Taken:
        """Take a workspace; all of it or nothing, and never a second time.

        1. every line is read and held to the manifest and to the rest, before anything is written;
        2. a workspace that is here already is compared and left alone;
        3. one transaction takes everything; 4. people new here get a one-time link.
        """
        with open_zip(file, NOUNS) as zipped:
            manifest = zipped.manifest
            check = Check(manifest.workspace)
            for noun in NOUNS:
                for line in _decoded(zipped, noun):
                    check.see(line)
            check.end()
            with self._store.reading() as tx:
                if any(place.id == manifest.workspace for place in tx.access.workspaces()):
                    return Taken(manifest, False, tuple(self._differing(tx, manifest)))
            with self._store.transaction() as tx:
                for noun in NOUNS:
                    lines = _decoded(zipped, noun)
                    while some := list(islice(lines, at_once(noun))):
                        tx.archive.take(manifest.workspace, some, _tokens)
        return Taken(manifest, True, links=tuple(self._app.access.invite_back(manifest.workspace)))

    def _lines(self, tx: Transaction, workspace: str, noun: str) -> Iterator[bytes]:
        for line in tx.archive.lines(workspace, noun):
            yield _encode(self._bare(line) if isinstance(line, SourceLine) else line)

    def _bare(self, line: SourceLine) -> SourceLine:
        source, left_out = self._app.readers.bare(line.source)
        return SourceLine(source, line.cursor, line.health, left_out)

    def _differing(self, tx: Transaction, manifest: Manifest) -> Iterator[str]:
        for noun in NOUNS:
            found = sha256()
            for line in self._lines(tx, manifest.workspace, noun):
                found.update(line + b"\n")
            taken = manifest.parts.get(noun)
            if found.hexdigest() != (taken.sha256 if taken else sha256().hexdigest()):
                yield noun


def _tokens(words: str) -> str:
    return " ".join(index_tokens(words))


def _decoded(zipped: Zipped, noun: str) -> Iterator[Line]:
    decode: Callable[[bytes], Line] = msgspec.json.Decoder(NOUNS[noun]).decode
    for number, line in enumerate(zipped.lines(noun), start=1):
        try:
            yield decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            told, what = misfit(error, NOUNS[noun]), f"{noun}.jsonl"
            raise BadInput(
                "archive.line_wrong", str(error)[:200], what=what, line=number, **told
            ) from error
