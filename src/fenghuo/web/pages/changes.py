"""What was changed: who, when, what, before and after, read from the recorded facts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from fenghuo.domain.people import ROLES
from fenghuo.domain.post import aware
from fenghuo.i18n import Language, catalogue, say
from fenghuo.ports.change_store import Change
from fenghuo.web.asking import Asking, needs
from fenghuo.web.pages.mentions import rows_of_csv
from fenghuo.web.render import joined, page

router = APIRouter()
Reader = Annotated[Asking, Depends(needs("read"))]
Exporter = Annotated[Asking, Depends(needs("export"))]
SHOWN, EXPORTED_AT_ONCE = 50, 500
NAMED = 10
"""Entries of a list that are named; the fact holds all."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "watches": ("watch_begun", "watch_changed", "watch_paused", "watch_resumed"),
    "lists": ("list_made", "list_changed", "list_removed"),
    "sources": (
        "source_added", "source_changed", "source_paused", "source_resumed", "source_removed",
        "mapping_saved", "mapping_removed",
    ),
    "people": (
        "workspace_begun", "person_changed",
        "member_invited", "member_joined", "roles_changed", "member_removed",
        "guest_invited", "guest_opened", "guest_revoked",
    ),
    "tokens": ("token_made", "token_withdrawn"),
    "duty": (
        "duty_put", "duty_removed", "channel_added", "channel_removed", "channel_ringing_set",
        "wake_asked", "wake_sent", "wake_failed", "wake_answered",
    ),
    "posts": ("mention_excluded", "mention_taken_back"),
    "privacy": ("posts_removed", "removal_done", "retention_changed"),
}  # fmt: skip
FIELDS = frozenset({
    "brand", "query", "markets", "languages", "competitors", "quiet_hours", "time_zone", "events",
    "title", "name", "language",
})  # fmt: skip


class Told(msgspec.Struct, frozen=True):
    """A change in plain words; `details` are lines below it."""

    seq: int
    at: int
    who: str
    words: str
    details: tuple[str, ...]


@router.get("/settings/changes")
def changes(request: Request, asking: Reader, kind: str = "", before: int = 0) -> Response:
    """The changes of the workspace, newest first."""
    facts = KINDS.get(kind, ())
    found = asking.app.changes(asking.workspace, facts, before=max(before, 0), limit=SHOWN + 1)
    names = asking.app.access.names(asking.workspace)
    return page(
        request, "changes.html", asking, kind=kind if facts else "", kinds=list(KINDS),
        found=[in_words(change, names, asking.language) for change in found[:SHOWN]],
        after=found[SHOWN - 1].seq if len(found) > SHOWN else 0,
    )  # fmt: skip


@router.get("/settings/changes.csv")
def as_csv(asking: Exporter, kind: str = "") -> Response:
    """All of them as CSV; a cell that a spreadsheet would run as a formula is made a text."""
    headers = {"Content-Disposition": 'attachment; filename="changes.csv"'}
    lines = _csv(asking, KINDS.get(kind, ()))
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def in_words(change: Change, names: Mapping[str, str], language: Language) -> Told:
    """A change as people read it; one of a later version keeps its own name."""
    key = f"changes.fact_{change.fact}"
    words = say(key, language) if key in catalogue(language) else change.fact
    what = change.what
    who = str(what.get("who") or what.get("asked_by") or "")
    title = _title(what, names)
    named = f"{words}{say('face.colon', language)}{title}" if title else words
    return Told(change.seq, change.at, names.get(who, who), named, tuple(_details(what, language)))


def _title(what: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What it was done to, by the name that people know."""
    for path in (("title",), ("duty", "person", "name"), ("channel", "title"), ("name",)):
        found: Any = what
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, str) and found:
            return found
    return names.get(str(what.get("member", "")), "")


def _pair(label: str, before: object, after: object, language: Language) -> str:
    values = {"what": label, "after": _shown(after, language)}
    if not before and not _number(before):
        return say("changes.set_to", language, **values)
    return say("changes.from_to", language, before=_shown(before, language), **values)


def _details(what: Mapping[str, Any], language: Language) -> Iterator[str]:
    for name, (before, after) in (what.get("fields") or {}).items():
        label = say(f"changes.field_{name}", language) if name in FIELDS else name
        yield _pair(label, before, after, language)
    for name, key in (("added", "changes.added"), ("gone", "changes.gone")):
        if what.get(name):
            yield _entries(key, what[name], language)
    if what.get("options"):
        yield say("changes.options", language, names=joined(what["options"], language))
    if "after" in what:
        label = say("changes.field_months" if _number(what["after"]) else "changes.field_roles",
                    language)  # fmt: skip
        yield _pair(label, what.get("before"), what["after"], language)
    if "posts" in what:
        yield say("web.posts", language, n=what["posts"])


def _entries(key: str, entries: Sequence[str], language: Language) -> str:
    """The first entries that came into a list or left it, and how many more."""
    named = joined(entries[:NAMED], language)
    rest = len(entries) - NAMED
    return say(key, language, names=named) + (
        say("changes.more", language, n=rest) if rest > 0 else ""
    )


def _shown(value: object, language: Language) -> str:
    if isinstance(value, list):
        return joined([_shown(one, language) for one in value], language) or "–"
    if isinstance(value, dict):
        return " ".join(str(one) for one in value.values())
    if value in ROLES:
        return say(f"web.role_{value}", language)
    return str(value) if value or _number(value) else "–"


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _csv(asking: Asking, facts: tuple[str, ...]) -> Iterator[bytes]:
    names, before = asking.app.access.names(asking.workspace), 0
    yield "\ufeff".encode() + rows_of_csv([("time", "fact", "who", "what")])
    while True:
        found = asking.app.changes(asking.workspace, facts, before=before, limit=EXPORTED_AT_ONCE)
        told = [(change, in_words(change, names, asking.language)) for change in found]
        yield rows_of_csv(
            (aware(change.at).isoformat(), change.fact, words.who,
             "; ".join((words.words, *words.details)))
            for change, words in told
        )  # fmt: skip
        if len(found) < EXPORTED_AT_ONCE:
            return
        before = found[-1].seq
