"""Replay of posts at full speed: it builds the log a live run would have built and advances it.

Received = event time, and each understood row follows its mention. Copies share the meaning of
their original, as they do live.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from fenghuo.domain.fact import Fact
from fenghuo.domain.log import (
    DecisionRow,
    Heard,
    Meaning,
    MentionRow,
    Row,
    Settings,
    TickRow,
    UnderstoodRow,
    next_until,
)
from fenghuo.domain.post import Post, millis
from fenghuo.listen import Copies, Key, apart, meaning_of, source_of
from fenghuo.ports.matches import Matches
from fenghuo.ports.understands import Understands
from fenghuo.warn.advance import advance
from fenghuo.warn.state import State

REMEMBERED = 100_000
"""Posts remembered for duplicates and edits. Fewer: an old post read twice counts twice."""
MEANINGS = 5_000


_SEP = "\x1f"
"""Stands between the parts of a mention's name: intake lets it into no id."""


class Found(msgspec.Struct, frozen=True):
    """A fact of one watch."""

    watch: str
    fact: Fact

    @property
    def examples(self) -> list[str]:
        """The ids of its example posts, as their platforms gave them."""
        return [name.split(_SEP)[1] for name in self.fact.examples]


class _Hit(msgspec.Struct, frozen=True):
    """A post as it counts, the watches for which it is new, and the name of its mentions.

    A replay has no store that gives ids: platform and native id name a mention, and its words
    when they were changed.
    """

    post: Post
    watches: tuple[str, ...]
    mention: str
    edited: bool


class Counted(msgspec.Struct):
    """What went through: `matched` posts hit at least one watch."""

    posts: int = 0
    matched: int = 0
    duplicates: int = 0
    alerts: int = 0


class Replay:
    """Feed it batches of posts in order of time; it answers the facts of each batch."""

    def __init__(
        self, watches: Mapping[str, Settings], matches: Matches, understands: Understands
    ) -> None:
        """`watches`: id to settings; `matches` knows the same ids."""
        self._settings = watches
        self._matches = matches
        self._understands = understands
        self._states = {watch: State() for watch in watches}
        self._until = dict.fromkeys(watches, 0)
        self._copies = {watch: Copies() for watch in watches}
        self._first: OrderedDict[Key, bytes] = OrderedDict()
        self._seen: OrderedDict[Key, tuple[str, ...]] = OrderedDict()
        self._meanings: OrderedDict[str, Meaning] = OrderedDict()
        self._latest = 0
        self._rows: dict[str, list[Row]] = {watch: [] for watch in watches}
        self.counted = Counted()

    def feed(self, posts: Sequence[Post]) -> list[Found]:
        """Facts of these posts, in order of event time."""
        self.counted.posts += len(posts)
        if posts and not self._latest:
            self._begin(millis(posts[0].time))
        hits = [heard for post in posts if (heard := self._hit(post))]
        sources = [(w, hit.post, self._source(w, hit)) for hit in hits for w in hit.watches]
        self._learn_meanings(sources)
        for watch, _, source in sources:
            self._append(watch, source)
        if posts:
            self._latest = max(self._latest, *(millis(post.time) for post in posts))
        return self._advance()

    def end(self) -> list[Found]:
        """Facts of the silence up to the last post."""
        return self._advance()

    def state(self, watch: str) -> State:
        """The memory of a watch as it stands."""
        return self._states[watch]

    def _begin(self, at: int) -> None:
        self._latest = at
        for watch, settings in self._settings.items():
            self._until[watch] = next_until(0, at, at)
            self._rows[watch].append(DecisionRow(self._until[watch], at, settings))

    def _hit(self, post: Post) -> _Hit | None:
        watches = self._matches.match(post)
        if not watches:
            return None
        told = apart(post, self._first)
        key = (told.platform, told.id)
        before = self._seen.get(key, ())
        new = tuple(watch for watch in watches if watch not in before)
        if not new:
            self.counted.duplicates += 1
            return None
        self.counted.matched += 1
        self._seen[key] = (*before, *new)
        for memory in (self._first, self._seen):
            while len(memory) > REMEMBERED:
                memory.popitem(last=False)
        mention = _SEP.join((post.platform, post.id, told.id.removeprefix(post.id)))
        return _Hit(told, new, mention, told is not post)

    def _source(self, watch: str, hit: _Hit) -> Heard:
        post, key = hit.post, (hit.post.platform, hit.post.id)
        copy_of = self._copies[watch].find(
            hit.mention, key, post.words, post.repost_of, edited=hit.edited
        )
        return source_of(post, hit.mention, copy_of, millis(post.time))

    def _learn_meanings(self, sources: Iterable[tuple[str, Post, Heard]]) -> None:
        fresh: dict[str, Post] = {}
        for _, post, source in sources:
            names = (source.mention, source.copy_of)
            if not any(name in self._meanings or name in fresh for name in names):
                fresh[source.mention] = post
        understood = self._understands.understand(list(fresh.values()))
        for mention, found in zip(fresh, understood, strict=True):
            self._meanings[mention] = meaning_of(found)

    def _append(self, watch: str, source: Heard) -> None:
        until = self._until[watch] = next_until(self._until[watch], source.at, source.at)
        self._rows[watch].append(MentionRow(until, source.at, source))
        meaning = self._meanings.get(source.mention) or self._meanings[source.copy_of]
        self._rows[watch].append(UnderstoodRow(until, source, meaning))

    def _advance(self) -> list[Found]:
        found: list[Found] = []
        for watch, rows in self._rows.items():
            until = self._until[watch] = next_until(self._until[watch], self._latest, self._latest)
            rows.append(TickRow(until, self._latest))
            step = advance(self._states[watch], rows)
            self._states[watch] = step.state
            found.extend(Found(watch, fact) for fact in step.facts)
            rows.clear()
        while len(self._meanings) > MEANINGS:
            self._meanings.popitem(last=False)
        self.counted.alerts += sum(f.fact.fact == "alert_opened" for f in found)
        return sorted(found, key=lambda f: (f.fact.at, f.watch, f.fact.seq))
