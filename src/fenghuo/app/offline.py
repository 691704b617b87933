"""Rooms without a database: a replay of files, and a query explained."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from fenghuo.app.models import understands
from fenghuo.app.uploads import read_file
from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.domain.log import Expected, Settings, Tuning
from fenghuo.domain.misfit import misfit
from fenghuo.domain.post import Post, millis
from fenghuo.domain.watch import Watch
from fenghuo.listen import (
    Checked,
    Explanation,
    Matcher,
    Terms,
    Use,
    check_name,
    explain,
    parse,
    read_entries,
)
from fenghuo.ports.reads import Remark
from fenghuo.warn import Replay


def read_posts(files: Sequence[Path]) -> Iterator[tuple[str, int, Post | FenghuoError]]:
    """Posts of files in turn, each with its file and line or row; a bad one comes as its error.

    BadInput when a file cannot be opened, or breaks off.
    """
    now = datetime.now(UTC)  # noqa: TID251 - a replay has no workspace and so no clock
    for file in files:
        for number, item in read_file(file, now).items:
            if number == 0 and isinstance(item, BadInput):
                raise item
            if not isinstance(item, Remark):
                yield str(file), number, item.post if isinstance(item, Checked) else item


def new_replay(
    watches: Mapping[str, Watch],
    sets: Mapping[str, str],
    lists: Mapping[str, Terms] | None = None,
) -> Replay:
    """A replay of these watches with detectors tuned by `sets`; `lists` are those of each watch."""
    tuning = _tuning(sets)
    known = lists or {}
    queries = {
        name: parse(watch.query, lists=known.get(name), use="watch")
        for name, watch in watches.items()
    }
    settings = {name: Settings(_expected(watch), tuning) for name, watch in watches.items()}
    return Replay(settings, Matcher(queries), understands())


def read_lists(written: Mapping[str, Sequence[str]]) -> Terms:
    """Named lists as somebody wrote them; BadInput names the list, and the entry that is none."""
    found: dict[str, Sequence[str]] = {}
    for typed, entries in written.items():
        name = check_name(typed)
        if name in found:
            raise BadInput("lists.exists", list=name)
        try:
            found[name] = read_entries(entries)
        except BadInput as error:
            told = {**error.values, "list": name, "wrong": error.key}
            raise BadInput("lists.in_list", str(error), **told) from error
    return found


def explain_query(text: str, posts: Sequence[Post], lists: Terms, use: Use) -> Explanation:
    """How a query reads, and its verdict on sample posts."""
    return explain(parse(text, lists=lists, use=use), posts)


def _expected(watch: Watch) -> tuple[Expected, ...]:
    return tuple(Expected(e.name, millis(e.start), millis(e.end)) for e in watch.events)


def _tuning(sets: Mapping[str, str]) -> Tuning:
    known = Tuning.__struct_fields__
    for key in sets:
        if key not in known:
            raise BadInput("replay.set_unknown", key=key, known=", ".join(known))
    try:
        return msgspec.convert(sets, Tuning, strict=False)
    except msgspec.ValidationError as error:
        told = misfit(error, Tuning)
        key = str(told["field"])
        raise BadInput("replay.set_wrong", str(error), key=key, value=sets[key], **told) from error
