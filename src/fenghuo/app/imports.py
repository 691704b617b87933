"""Files that people bring to the page: looked at first, then taken in, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from zoneinfo import available_timezones

import msgspec

from fenghuo.app.shipped import known_mappings
from fenghuo.app.uploads import Item, read_upload
from fenghuo.domain.errors import BadInput
from fenghuo.domain.misfit import misfit
from fenghuo.domain.post import Post, millis
from fenghuo.listen import Accepted, Checked, ColumnMapping, Field, columns_of, guess, read_mapping
from fenghuo.platforms.files import is_table, read_table
from fenghuo.ports.reads import Remark
from fenghuo.ports.store import Transaction

if TYPE_CHECKING:
    from fenghuo.app.product import App

FIELDS: tuple[Field, ...] = get_args(Field)
JOINED = ("text", "title", "id")
"""Fields that may be put together of several columns."""
LOOKED_AT, SHOWN, AT_ONCE = 500, 8, 1_000
MOST_TOLD = 100
"""Rows of which it is said what was wrong; the rest are counted."""
NAME_LONGEST = 60


class Told(msgspec.Struct, frozen=True):
    """Something to tell of a row, 0 for the file: a message key and its values.

    `bad`: the row was left out.
    """

    row: int
    key: str
    values: Mapping[str, str | int | float]
    bad: bool


class Choice(msgspec.Struct, frozen=True):
    """What a person says of a file.

    `by` names a mapping, "" lets the header decide. `columns`: for each field its headers; None
    takes those of the mapping. `watch` is what every row is about, "" lets the words decide.
    """

    by: str = ""
    columns: Mapping[str, Sequence[str]] | None = None
    kind: str = ""
    platform: str = ""
    time_zone: str = ""
    date_order: str = ""
    watch: str = ""
    save_as: str = ""


class Seen(msgspec.Struct, frozen=True):
    """The beginning of a file, as it would be taken in.

    `mapping` and `header` are those of a table, `columns` what each field is taken from. `problem`
    says why nothing can be read yet.
    """

    mapping: ColumnMapping | None
    header: Sequence[str]
    columns: Mapping[Field, Sequence[str]] = {}
    posts: Sequence[Post] = ()
    told: Sequence[Told] = ()
    problem: BadInput | None = None


class Brought(msgspec.Struct):
    """What became of a file: rows taken, those of a watch, those here already, those left out.

    `time_zone` is where its times without a zone were taken to be, "" where each has its own.
    """

    taken: int = 0
    matched: int = 0
    known: int = 0
    left_out: int = 0
    time_zone: str = ""
    told: list[Told] = []
    examples: list[Post] = []


class Imports:
    """Looks at files and takes them in."""

    def __init__(self, app: "App") -> None:
        """`app` is the product."""
        self._app = app

    def mappings(self, workspace: str) -> dict[str, ColumnMapping]:
        """What tables can be read by: saved by people here, then shipped."""
        return self.saved(workspace) | known_mappings()

    def saved(self, workspace: str) -> dict[str, ColumnMapping]:
        """The mappings that people here saved, by name."""
        with self._app.store.reading() as tx:
            found = [read_mapping(body) for body in tx.listen.mappings(workspace)]
        return {mapping.name: mapping for mapping in found}

    def forget(self, workspace: str, name: str, who: str = "") -> None:
        """Forget a saved mapping."""
        with self._app.store.transaction() as tx:
            if tx.listen.remove_mapping(workspace, name):
                self._record(tx, workspace, "mapping_removed", name, who)

    def look(self, workspace: str, name: str, content: bytes, choice: Choice) -> Seen:
        """The beginning of a file; BadInput when it is none that we read."""
        mapping, header = self._mapping(workspace, name, content, choice)
        try:
            upload = read_upload(name, content, mapping, self._app.clock.now(workspace))
        except BadInput as error:
            # Of a table whose columns are not found the header is there to choose from.
            if not header:
                raise
            return Seen(mapping, header, _columns(mapping, header), problem=error)
        posts, told = [], []
        for row, item in islice(upload.items, LOOKED_AT):
            if isinstance(item, Checked):
                posts.append(item.post)
            else:
                told.append(_told(row, item))
        columns = _columns(mapping, header)
        return Seen(mapping, header, columns, posts[:SHOWN], told[:MOST_TOLD])

    def take(
        self, workspace: str, name: str, content: bytes, choice: Choice, who: str = ""
    ) -> Brought:
        """Take a file in; what is wrong with one row harms no other. `who` does it.

        1. the mapping is saved when it was given a name; 2. rows are read and taken in batches;
        3. reading the same file again changes nothing.
        """
        mapping, _ = self._mapping(workspace, name, content, choice)
        upload = read_upload(name, content, mapping, self._app.clock.now(workspace))
        if choice.save_as and upload.mapping:
            self._save(workspace, choice.save_as, upload.mapping, who)
        brought = Brought(time_zone=upload.mapping.time_zone if upload.mapping else "")
        posts = _posts(upload.items, brought)
        while some := list(islice(posts, AT_ONCE)):
            done = self._accept(workspace, some, choice.watch)
            brought.taken += done.accepted
            brought.matched += done.matched
            brought.known += done.duplicates
            brought.examples += [one.post for one in some[: SHOWN - len(brought.examples)]]
            for refused in done.rejected:
                _note(brought, Told(0, refused.key, refused.values, True))
        return brought

    def _accept(self, workspace: str, posts: Sequence[Checked], watch: str) -> Accepted:
        listen = self._app.listen
        if watch:
            return listen.accept_about(workspace, posts, watch)
        return listen.accept(workspace, posts)

    def _mapping(
        self, workspace: str, name: str, content: bytes, choice: Choice
    ) -> tuple[ColumnMapping | None, Sequence[str]]:
        """The mapping that a person chose or changed, else the one that fits; and the header.

        JSON lines have neither.
        """
        file = _file(name)
        if not is_table(file, content):
            return None, ()
        header = read_table(file, content).header
        known = self.mappings(workspace)
        chosen = known.get(choice.by) or guess(header, known.values())
        return (chosen if choice.columns is None else _changed(chosen, choice)), header

    def _save(self, workspace: str, name: str, mapping: ColumnMapping, who: str) -> None:
        name = name.strip()[:NAME_LONGEST]
        if name in known_mappings():
            raise BadInput("imports.name_taken", name=name)
        saved = msgspec.structs.replace(mapping, name=name, title_zh=name, title_en=name)
        with self._app.store.transaction() as tx:
            if saved not in map(read_mapping, tx.listen.mappings(workspace)):
                tx.listen.save_mapping(workspace, name, msgspec.json.encode(saved))
                self._record(tx, workspace, "mapping_saved", name, who)

    def _record(self, tx: Transaction, workspace: str, fact: str, name: str, who: str) -> None:
        at = millis(self._app.clock.now(workspace))
        tx.changes.record(workspace, at, fact, {"who": who, "title": name})


def _file(name: str) -> Path:
    return Path(Path(name).name or "file")


def _columns(mapping: ColumnMapping | None, header: Sequence[str]) -> Mapping[Field, Sequence[str]]:
    return columns_of(mapping, header) if mapping else {}


def _changed(mapping: ColumnMapping, choice: Choice) -> ColumnMapping:
    if choice.time_zone and choice.time_zone not in available_timezones():
        raise BadInput("web.no_zone", zone=choice.time_zone[:60])
    changed = {
        "name": mapping.name,
        "columns": {field: names for field, names in (choice.columns or {}).items() if names},
        "kind": choice.kind or mapping.kind,
        "platform": choice.platform.strip() or mapping.platform,
        "time_zone": choice.time_zone or mapping.time_zone,
        "date_order": choice.date_order,
    }
    try:
        return msgspec.convert(changed, ColumnMapping)
    except msgspec.ValidationError as error:
        told = misfit(error, ColumnMapping)
        raise BadInput("sources.mapping_wrong", str(error), **told) from error


def _posts(items: Iterator[tuple[int, Item]], brought: Brought) -> Iterator[Checked]:
    """The posts among what a file gives; the rest is noted."""
    for row, item in items:
        if isinstance(item, Checked):
            yield item
        else:
            _note(brought, _told(row, item))


def _told(row: int, item: BadInput | Remark) -> Told:
    return Told(row, item.key, item.values, isinstance(item, BadInput))


def _note(brought: Brought, told: Told) -> None:
    brought.left_out += told.bad
    if len(brought.told) < MOST_TOLD:
        brought.told.append(told)
