"""The listening room's face: watches, intake, understanding."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec
from msgspec.structs import replace

from fenghuo.domain.erased import erased_name
from fenghuo.domain.errors import BadInput, FenghuoError, Missing
from fenghuo.domain.handed import Handed
from fenghuo.domain.identity import identity
from fenghuo.domain.log import (
    Decision,
    DecisionRow,
    Expected,
    Row,
    Settings,
    TickRow,
    next_until,
)
from fenghuo.domain.post import Post, millis
from fenghuo.domain.watch import Watch
from fenghuo.listen import handing
from fenghuo.listen.aside import keep_aside
from fenghuo.listen.changed import record_watch
from fenghuo.listen.copies import Copies
from fenghuo.listen.edits import EDITED, Key, apart
from fenghuo.listen.handed import recognise
from fenghuo.listen.handing import HandedIn, Looked
from fenghuo.listen.intake import Checked, check, check_heard, decode_whole, unfamiliar
from fenghuo.listen.lists import check_queries
from fenghuo.listen.log import append, mention_row
from fenghuo.listen.matchers import Matchers
from fenghuo.listen.pictures import read_picture
from fenghuo.listen.query import Matcher, index_tokens
from fenghuo.listen.reading import Reading
from fenghuo.listen.repeats import Repeats
from fenghuo.listen.rivals import keep_rivals
from fenghuo.listen.watching import check_watch
from fenghuo.ports.clock import Clock
from fenghuo.ports.listen_store import StoredMention, StoredWatch
from fenghuo.ports.store import Store, Transaction
from fenghuo.ports.understands import Understands

AT_ONCE = 10_000
"""Posts in one call of intake. More: one bad client holds the writer lock for too long."""

Gate = Callable[[Post, datetime], Checked]


class Rejected(msgspec.Struct, frozen=True):
    """Item `index` of the call was refused: why, as a message key with its values."""

    index: int
    key: str
    values: Mapping[str, str | int | float]


class Accepted(msgspec.Struct, frozen=True):
    """What became of each item. `accepted` ones are safe; `matched` of them hit a watch."""

    accepted: int
    matched: int
    duplicates: int
    rejected: tuple[Rejected, ...] = ()
    unknown: tuple[str, ...] = ()


class _Heard(msgspec.Struct, frozen=True):
    """A post that hit `watches`, with the tokens of its words for the index."""

    found: Checked
    watches: tuple[str, ...]
    tokens: str

    @property
    def key(self) -> Key:
        """Platform and native id."""
        return self.found.post.platform, self.found.post.id

    def apart(self, first: MutableMapping[Key, bytes]) -> "_Heard":
        """As `edits.apart`, and marked when the words were changed."""
        post = apart(self.found.post, first)
        if post is self.found.post:
            return self
        return replace(self, found=Checked(post, (*self.found.marks, EDITED)))


class Listen(Reading):
    """Accepts posts into the logs of the watches that they match, and has them understood."""

    def __init__(self, store: Store, clock: Clock, understands: Callable[[], Understands]) -> None:
        """`understands` is called when the model is first needed, since it takes a second."""
        super().__init__(store, understands)
        self._clock = clock
        self._repeats = Repeats()
        self._matchers = Matchers(store)

    def watch(
        self,
        workspace: str,
        watch: Watch,
        watch_id: str = "",
        since: datetime | None = None,
        who: str = "",
    ) -> StoredWatch:
        """Begin or change a watch; BadInput when it is wrong, or its query cannot be read.

        Posts from before now are late: they count and teach nothing. With `since` a new watch
        begins so far back, for sources that tell their past in order.
        """
        check_watch(watch)
        now = millis(self._clock.now(workspace))
        events = tuple(Expected(e.name, millis(e.start), millis(e.end)) for e in watch.events)
        with self._store.transaction() as tx:
            before = _own(tx, workspace, watch_id, to_change=True) if watch_id else None
            name = watch_id or identity(now, workspace, watch.brand)
            stored = StoredWatch(name, workspace, watch, before.active if before else True)
            check_queries(tx, stored)
            tx.listen.save_watch(stored)
            began = min(now, millis(since)) if since else now
            self.decide(tx, stored.id, began, Settings(events=events))
            keep_rivals(tx, stored, now)
            record_watch(tx, before, stored, now, who)
        return stored

    def one_watch(self, workspace: str, watch: str) -> StoredWatch:
        """A watch of a workspace; Missing when there is none."""
        with self._store.reading() as tx:
            return _own(tx, workspace, watch)

    @staticmethod
    def watch_in(tx: Transaction, watch: str) -> StoredWatch:
        """A watch of any workspace, for the room that reads it in its transaction."""
        found = tx.listen.watch(watch)
        if found is None:
            raise Missing("watch.not_here")
        return found

    def pause(self, workspace: str, watch: str, *, active: bool, who: str = "") -> None:
        """Stop listening for a watch, or go on; what was heard stays."""
        now = millis(self._clock.now(workspace))
        with self._store.transaction() as tx:
            before = _own(tx, workspace, watch, to_change=True)
            changed = replace(before, active=active)
            tx.listen.save_watch(changed)
            keep_rivals(tx, changed, now)
            record_watch(tx, before, changed, now, who)

    def watches(self, workspace: str | None = None) -> list[StoredWatch]:
        """The watches of a workspace, or all; competitors are not among them."""
        with self._store.reading() as tx:
            return [watch for watch in tx.listen.watches(workspace) if not watch.rival_of]

    def rivals(self, workspace: str, watch: str = "") -> list[StoredWatch]:
        """The watches of competitors that are listened for, of one watch or of all."""
        with self._store.reading() as tx:
            found = [w for w in tx.listen.watches(workspace) if w.rival_of and w.active]
        return [w for w in found if watch in ("", w.rival_of)]

    def accept_lines(self, workspace: str, lines: Sequence[bytes]) -> Accepted:
        """NDJSON items as they came; each is decoded on its own, so one bad item harms no other."""
        posts: dict[int, Post] = {}
        rejected: list[Rejected] = []
        unknown: set[str] = set()
        for index, line in enumerate(lines):
            try:
                post = posts[index] = decode_whole(line)
                unknown.update(unfamiliar(post))
            except BadInput as error:
                rejected.append(Rejected(index, error.key, dict(error.values)))
        done = self._accept(workspace, posts, check)
        return msgspec.structs.replace(
            done,
            rejected=tuple(sorted([*rejected, *done.rejected], key=lambda r: r.index)),
            unknown=tuple(sorted(unknown)),
        )

    def accept(
        self, workspace: str, posts: Sequence[Post | Checked], source: str = "", cursor: str = ""
    ) -> Accepted:
        """Posts of a reader, or checked ones of a file; a cursor moves in the same transaction."""
        return self._accept(workspace, dict(enumerate(posts)), check_heard, source, cursor)

    def accept_about(self, workspace: str, posts: Sequence[Post | Checked], watch: str) -> Accepted:
        """Posts of which a person says that all are about one watch, whatever its query hits."""
        about = self.one_watch(workspace, watch).id
        now = self._clock.now(workspace)
        checked, rejected = self._check(dict(enumerate(posts)), now, check)
        matcher = self._matchers.of(workspace)
        hits = [_heard(matcher, found, about) for found in checked]
        with self._taking_in() as tx:
            edits = self._with_edits(tx, workspace, [hit for hit in hits if hit])
            duplicates, matched = self._store_hits(tx, workspace, edits, now)
        return Accepted(len(checked) - duplicates, matched, duplicates, tuple(rejected))

    def look(self, workspace: str, text: str) -> Looked | None:
        """What is known of a paste, None when there is nothing in it; nothing is kept."""
        pasted = recognise(text)
        if not (pasted.words or pasted.url):
            return None
        now = self._clock.now(workspace)
        post = check(pasted.post(now), now).post
        with self._store.reading() as tx:
            known = tx.listen.mentions_of(workspace, post.platform, post.id)
        meant = self._understands().understand([post]) if pasted.words else []
        ours = {watch.id for watch in self.watches(workspace)}
        watches = tuple(w for w in self._matchers.of(workspace).match(post) if w in ours)
        return Looked(pasted, watches, tuple(known), meant[0] if meant else None)

    def hand_in(self, workspace: str, handed: Handed) -> HandedIn:
        """Take in what a person heard, for the watches that they chose and those that it hits.

        1. it is checked like any post; 2. words of a post that came without words before stand
        beside it; 3. it is stored and logged; 4. the picture is kept with every mention of it.
        """
        now = self._clock.now(workspace)
        pasted = recognise(handed.text)
        picture = read_picture(handed.picture) if handed.picture else None
        if not (pasted.words or pasted.url or picture):
            raise BadInput("by_hand.nothing")
        found = check(pasted.post(now, picture.body if picture else b"", handed.instead), now)
        chosen = [self.one_watch(workspace, watch).id for watch in handed.watches]
        ours = {watch.id for watch in self.watches(workspace)}
        matcher = self._matchers.of(workspace)
        with self._taking_in() as tx:
            post, before = found.post, None
            if pasted.words:
                before = handing.wordless(tx, workspace, handed.about, post)
            if before:
                post = handing.beside(before.post, post)
                chosen.append(before.watch)
                picture = picture or tx.listen.picture(workspace, before.id)
            watches = tuple(dict.fromkeys([*chosen, *matcher.match(post)]))
            if ours.isdisjoint(watches):
                return HandedIn()
            marked = Checked(post, (*found.marks, *handing.marks_of(handed, pasted)))
            heard = _Heard(marked, watches, " ".join(index_tokens(post.words)))
            _, new = self._store_hits(tx, workspace, [heard], now)
            mentions = handing.keep_picture(tx, workspace, post, picture)
        return HandedIn(tuple(m for m in mentions if m.watch in ours & {*watches}), bool(new))

    def decide(self, tx: Transaction, watch: str, at: int, decision: Decision) -> None:
        """Append a decision to the log of a watch."""
        append(tx, watch, [lambda until: DecisionRow(next_until(until, at, at), at, decision)])

    def tick(self, workspace: str, watches: Sequence[str]) -> None:
        """Silence moves time: one row in the log of each watch."""
        at = millis(self._clock.now(workspace))
        with self._store.transaction() as tx:
            for watch in sorted(watches):
                append(tx, watch, [lambda until: TickRow(next_until(until, at, at), at)])

    @staticmethod
    def rows(tx: Transaction, watch: str, after: int, limit: int) -> list[tuple[int, Row]]:
        """Rows of a log with their positions, for the room that reads it in its transaction."""
        return tx.listen.rows(watch, after, limit)

    def _accept(
        self,
        workspace: str,
        posts: Mapping[int, Post | Checked],
        gate: Gate,
        source: str = "",
        cursor: str = "",
    ) -> Accepted:
        if len(posts) > AT_ONCE:
            raise BadInput("intake.batch_large", limit=AT_ONCE)
        now = self._clock.now(workspace)
        checked, rejected = self._check(posts, now, gate)
        matcher = self._matchers.of(workspace)
        heard = [_heard(matcher, found) for found in checked]
        hits = [hit for hit in heard if hit]
        with self._taking_in() as tx:
            # What a person hands in of a known post is their paste, not a change of its words.
            edits = self._with_edits(tx, workspace, hits)
            duplicates, matched = self._store_hits(tx, workspace, edits, now)
            if source:
                tx.listen.save_cursor(source, cursor)
                missed = [c.post for c, hit in zip(checked, heard, strict=True) if not hit]
                keep_aside(tx, source, missed)
        return Accepted(len(checked) - duplicates, matched, duplicates, tuple(rejected))

    @contextmanager
    def _taking_in(self) -> Iterator[Transaction]:
        stored = False
        try:
            with self._store.transaction() as tx:
                yield tx
            stored = True
        finally:
            # What was not stored may not be remembered as the original of a copy.
            if not stored:
                self._repeats.forget()

    @staticmethod
    def _check(
        posts: Mapping[int, Post | Checked], now: datetime, gate: Gate
    ) -> tuple[list[Checked], list[Rejected]]:
        checked, rejected = [], []
        for index, post in posts.items():
            try:
                checked.append(post if isinstance(post, Checked) else gate(post, now))
            except FenghuoError as error:
                rejected.append(Rejected(index, error.key, dict(error.values)))
        return checked, rejected

    def _store_hits(
        self,
        tx: Transaction,
        workspace: str,
        hits: Sequence[_Heard],
        now: datetime,
    ) -> tuple[int, int]:
        """Store the new ones of these hits and log them; answers duplicates and new posts."""
        once: dict[tuple[str, str, str], int] = {}
        for number, hit in enumerate(hits):
            for watch in hit.watches:
                # The same words may hit more the second time: a rating or an author may differ.
                once.setdefault((watch, *hit.key), number)
        kept = [(hits[number], watch) for (watch, *_), number in once.items()]
        tx.listen.lock_logs({watch for _, watch in kept})
        copies = {w: self._repeats.of(tx, workspace, w) for w in {watch for _, watch in kept}}
        mentions = [
            _mention(workspace, watch, hit.found, millis(now), copies[watch]) for hit, watch in kept
        ]
        added = tx.listen.add_mentions(mentions, [hit.tokens for hit, _ in kept])
        self._log(tx, [m for m in mentions if m.id in added])
        new = {n for m, n in zip(mentions, once.values(), strict=True) if m.id in added}
        return len(hits) - len(new), len(new)

    @staticmethod
    def _with_edits(tx: Transaction, workspace: str, hits: Sequence[_Heard]) -> list[_Heard]:
        """Hits whose words were changed, within this batch or since another, are told apart."""
        # Under the logs' locks, so that nobody takes in other words of a post between.
        tx.listen.lock_logs({watch for hit in hits for watch in hit.watches})
        first = dict(tx.listen.known_posts(workspace, [hit.key for hit in hits]))
        removed = _removed(tx, workspace, Counter(hit.key for hit in hits if hit.key not in first))
        return [hit if hit.key in removed else hit.apart(first) for hit in hits]

    def _log(self, tx: Transaction, mentions: Sequence[StoredMention]) -> None:
        by_watch: defaultdict[str, list[StoredMention]] = defaultdict(list)
        for mention in mentions:
            by_watch[mention.watch].append(mention)
        for watch in sorted(by_watch):
            position = append(tx, watch, [mention_row(m) for m in by_watch[watch]])
            self._repeats.moved(watch, position)


def _own(tx: Transaction, workspace: str, watch: str, *, to_change: bool = False) -> StoredWatch:
    found = tx.listen.watch(watch, to_change=to_change)
    if found is None or found.workspace != workspace or found.rival_of:
        raise Missing("watch.not_here")
    return found


def _heard(matcher: Matcher, found: Checked, *about: str) -> _Heard | None:
    watches = tuple(dict.fromkeys((*about, *matcher.match(found.post))))
    if not watches:
        return None
    return _Heard(found, watches, " ".join(index_tokens(found.post.words)))


def _mention(workspace: str, watch: str, found: Checked, now: int, copies: Copies) -> StoredMention:
    post = found.post
    key = (post.platform, post.id)
    name = identity(now, watch, *key)
    edited = EDITED in found.marks
    copy_of = copies.find(name, key, post.words, post.repost_of, edited=edited)
    return StoredMention(name, watch, workspace, post, now, copy_of, marks=found.marks)


def _removed(tx: Transaction, workspace: str, heard: Mapping[Key, int]) -> set[Key]:
    """Of the posts heard more than once those that stay out, since somebody had them removed."""
    names = {
        (platform, erased_name(workspace, platform, native)): (platform, native)
        for (platform, native), times in heard.items()
        if times > 1
    }
    return {names[name] for name in tx.listen.known_posts(workspace, list(names))}
