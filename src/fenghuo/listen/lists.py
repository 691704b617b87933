"""Named lists of a workspace: read from what somebody typed, kept, and held to who uses them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from fenghuo.domain.errors import BadInput, Missing
from fenghuo.domain.named_list import NamedList
from fenghuo.domain.post import millis
from fenghuo.domain.watch import Watch
from fenghuo.listen.query import (
    QueryError,
    check_entry,
    entry_cautions,
    list_name,
    lists_in,
    parse,
)
from fenghuo.ports.clock import Clock
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.ports.store import Store, Transaction

MOST_LISTS, MOST_ENTRIES, ENTRY_LONGEST, NAME_LONGEST = 200, 1_000, 200, 40
"""Lists of a workspace, entries of a list, characters of an entry and of a name. More: every post
that a watch looks at costs a look at every entry."""
SHORT = 40
"""Characters of a wrong entry that are shown with what is wrong with it."""

_NAME = re.compile(r"\w[\w.-]*")

Terms = Mapping[str, Sequence[str]]
"""The entries of lists by name, as queries ask for them."""


class ListUse(msgspec.Struct, frozen=True):
    """A list, and the watches whose query, or that of a competitor, names it."""

    named: NamedList
    watches: tuple[StoredWatch, ...]


def check_name(typed: str) -> str:
    """The name of a list as it is kept; BadInput when it cannot stand in `@list(name)`."""
    name = list_name(typed)
    if not _NAME.fullmatch(name) or len(name) > NAME_LONGEST:
        raise BadInput("lists.name_wrong", name=typed.strip()[:SHORT], limit=NAME_LONGEST)
    return name


def read_entries(lines: Iterable[str]) -> tuple[str, ...]:
    """The entries of lines, each once; BadInput names the line, from 1, that is none.

    Empty lines are passed over, control characters dropped.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        entry = " ".join("".join(map(_plain, line)).split())
        if not entry:
            continue
        if len(entry) > ENTRY_LONGEST:
            raise BadInput(
                "lists.entry_long", line=number, entry=_short(entry), limit=ENTRY_LONGEST
            )
        try:
            check_entry(entry)
        except QueryError as error:
            name = error.key.removeprefix("query.")
            told = {**error.values, "line": number, "entry": _short(entry)}
            told["problem"] = f"lists.why_not_{name}"
            raise BadInput("lists.entry_wrong", **told) from error
        found.setdefault(list_name(entry), entry)
        if len(found) > MOST_ENTRIES:
            raise BadInput("lists.entries_many", line=number, limit=MOST_ENTRIES)
    if not found:
        raise BadInput("lists.empty")
    return tuple(found.values())


def terms_for(tx: Transaction, workspace: str, queries: Iterable[str]) -> Terms:
    """The lists of a workspace, for whoever reads these queries; none where they name none."""
    if not any(map(_names_lists, queries)):
        return {}
    return _terms(tx.lists.all(workspace))


def check_queries(tx: Transaction, stored: StoredWatch) -> None:
    """QueryError when a query of a watch cannot be read, with the lists as they stay until the end.

    Nobody can take a list away between this look and the keeping of the watch.
    """
    tx.lists.hold(stored.workspace)
    queries = queries_of(stored.watch)
    terms = terms_for(tx, stored.workspace, queries)
    for query in queries:
        parse(query, lists=terms, use="watch")


class _Told(msgspec.Struct, frozen=True):
    """A change of a list, as it is recorded."""

    who: str
    title: str
    added: Sequence[str] = ()
    gone: Sequence[str] = ()


class Lists:
    """Keeps the named lists of workspaces."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """`clock` tells when one was changed."""
        self._store = store
        self._clock = clock

    def terms(self, workspace: str) -> Terms:
        """The entries of every list of a workspace, by name."""
        with self._store.reading() as tx:
            return _terms(tx.lists.all(workspace))

    def overview(self, workspace: str) -> list[ListUse]:
        """The lists of a workspace by name, each with the watches that use it."""
        with self._store.reading() as tx:
            found = tx.lists.all(workspace)
            uses = _uses(tx, workspace, found)
        return [ListUse(named, uses.get(named.name, ())) for named in found]

    def one(self, workspace: str, name: str) -> ListUse:
        """A list of a workspace; Missing when there is none."""
        for use in self.overview(workspace):
            if use.named.name == name:
                return use
        raise Missing("lists.not_here")

    def used_by(self, workspace: str, watch: str) -> list[NamedList]:
        """The lists that a watch uses, by name."""
        uses = self.overview(workspace)
        return [use.named for use in uses if watch in {stored.id for stored in use.watches}]

    def make(self, workspace: str, typed: str, lines: Iterable[str], who: str = "") -> NamedList:
        """A new list; BadInput when its name or an entry cannot be, or there is one already."""
        named = NamedList(check_name(typed), read_entries(lines))
        with self._store.transaction() as tx:
            tx.lists.hold(workspace)
            known = tx.lists.all(workspace)
            if any(named.name == other.name for other in known):
                raise BadInput("lists.exists", list=named.name)
            if len(known) >= MOST_LISTS:
                raise BadInput("lists.many", limit=MOST_LISTS)
            tx.lists.save(workspace, named)
            self._record(tx, workspace, "list_made", _Told(who, named.name, named.entries))
        return named

    def change(self, workspace: str, name: str, lines: Iterable[str], who: str = "") -> NamedList:
        """Other entries for a list; what its watches match follows from now on.

        BadInput when an entry cannot be, or a watch that uses the list could not be read any more.
        """
        named = NamedList(name, read_entries(lines))
        with self._store.transaction() as tx:
            tx.lists.hold(workspace)
            before = _own(tx, workspace, name)
            tx.lists.save(workspace, named)
            _check_watches(tx, workspace, name)
            added = [e for e in named.entries if e not in set(before.entries)]
            gone = [e for e in before.entries if e not in set(named.entries)]
            if added or gone:
                told = _Told(who, name, added, gone)
                self._record(tx, workspace, "list_changed", told)
        return named

    def remove(self, workspace: str, name: str, who: str = "") -> None:
        """Remove a list; BadInput names the watches while any uses it."""
        with self._store.transaction() as tx:
            tx.lists.hold(workspace)
            named = _own(tx, workspace, name)
            using = _uses(tx, workspace, tx.lists.all(workspace)).get(name, ())
            if using:
                brands = ", ".join(w.watch.brand for w in using)
                raise BadInput("lists.in_use", list=name, brands=brands)
            tx.lists.remove(workspace, name)
            told = _Told(who, name, gone=named.entries)
            self._record(tx, workspace, "list_removed", told)

    def _record(self, tx: Transaction, workspace: str, fact: str, told: _Told) -> None:
        tx.changes.record(workspace, millis(self._clock.now(workspace)), fact, told)


def cautions_of(named: NamedList) -> Mapping[str, Sequence[str]]:
    """What the writer of a list should know: by message key, the entries that it is said of."""
    found: dict[str, list[str]] = {}
    for entry in named.entries:
        for caution in entry_cautions(entry):
            name = caution.key.removeprefix("query.")
            # A small "and" is a word among others here, and a common one.
            name = "very_common" if name == "small_operator" else name
            found.setdefault(f"lists.know_{name}", []).append(entry)
    return found


def queries_of(watch: Watch) -> tuple[str, ...]:
    """The query of a watch, and those of its competitors."""
    return (watch.query, *(rival.query for rival in watch.competitors))


def _own(tx: Transaction, workspace: str, name: str) -> NamedList:
    for named in tx.lists.all(workspace):
        if named.name == name:
            return named
    raise Missing("lists.not_here")


def _uses(
    tx: Transaction, workspace: str, lists: Sequence[NamedList]
) -> Mapping[str, tuple[StoredWatch, ...]]:
    terms = _terms(lists)
    using: dict[str, list[StoredWatch]] = {}
    for stored in _watches(tx, workspace):
        queries = filter(_names_lists, queries_of(stored.watch))
        names = {n for q in queries for n in lists_in(parse(q, lists=terms, use="watch").tree)}
        for name in sorted(names):
            using.setdefault(name, []).append(stored)
    return {name: tuple(found) for name, found in using.items()}


def _check_watches(tx: Transaction, workspace: str, name: str) -> None:
    """BadInput names the watch that could not be read with the lists as they are now."""
    terms = _terms(tx.lists.all(workspace))
    for stored in _watches(tx, workspace):
        for query in filter(_names_lists, queries_of(stored.watch)):
            try:
                parse(query, lists=terms, use="watch")
            except QueryError as error:
                told = {**error.values, "brand": stored.watch.brand, "problem": error.key}
                raise BadInput("lists.breaks_watch", **{**told, "list": name}) from error


def _watches(tx: Transaction, workspace: str) -> list[StoredWatch]:
    """The watches themselves: what was heard of a competitor of the past needs no list."""
    return [stored for stored in tx.listen.watches(workspace) if not stored.rival_of]


def _terms(lists: Iterable[NamedList]) -> Terms:
    return {named.name: named.entries for named in lists}


def _names_lists(query: str) -> bool:
    """Whether a query may name a list: most name none, and then none need be looked up."""
    return "@list" in query.replace("\uff20", "@")


def _plain(sign: str) -> str:
    return " " if sign == "\ufeff" or unicodedata.category(sign) == "Cc" else sign


def _short(entry: str) -> str:
    return entry if len(entry) <= SHORT else entry[:SHORT] + "…"
