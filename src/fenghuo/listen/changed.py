"""What changed in watches and sources, as facts: fields with before and after, never a secret."""

from collections.abc import Mapping
from typing import Any

import msgspec

from fenghuo.domain.source import Source
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.ports.store import Transaction


def record_watch(
    tx: Transaction, before: StoredWatch | None, after: StoredWatch, at: int, who: str
) -> None:
    """A watch was begun, changed, paused or gone on with; nothing where it is the same."""
    told: dict[str, object] = {"who": who, "watch": after.id, "title": after.watch.brand}
    old = msgspec.to_builtins(before.watch) if before else {}
    fields = _fields(old, msgspec.to_builtins(after.watch))
    if before is None:
        tx.changes.record(after.workspace, at, "watch_begun", {**told, "fields": fields})
    elif fields:
        tx.changes.record(after.workspace, at, "watch_changed", {**told, "fields": fields})
    if before and before.active is not after.active:
        fact = "watch_resumed" if after.active else "watch_paused"
        tx.changes.record(after.workspace, at, fact, told)


def record_source(tx: Transaction, before: Source | None, after: Source, at: int, who: str) -> None:
    """A source was added, changed, paused or gone on with.

    Of options only the names of those that differ: an address may carry a key.
    """
    told: dict[str, object] = {
        "who": who, "source": after.id, "title": after.title, "platform": after.platform,
    }  # fmt: skip
    if before is None:
        tx.changes.record(after.workspace, at, "source_added", told)
        return
    differing = _fields(before.options, after.options)
    titles = _fields({"title": before.title}, {"title": after.title})
    if differing or titles:
        told_more = {**told, "fields": titles, "options": sorted(differing)}
        tx.changes.record(after.workspace, at, "source_changed", told_more)
    if before.active is not after.active:
        fact = "source_resumed" if after.active else "source_paused"
        tx.changes.record(after.workspace, at, fact, told)


def record_source_removed(tx: Transaction, gone: Source, at: int, who: str) -> None:
    """A source was removed; what it brought stays."""
    told = {"who": who, "source": gone.id, "title": gone.title, "platform": gone.platform}
    tx.changes.record(gone.workspace, at, "source_removed", told)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs, by name: before and after."""
    pairs = {name: [before.get(name), after.get(name)] for name in {**before, **after}}
    return {name: pair for name, pair in pairs.items() if (pair[0] or "") != (pair[1] or "")}
