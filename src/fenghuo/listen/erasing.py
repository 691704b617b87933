"""Removal on request: one post, or every post of an author, wherever their words are kept."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

import msgspec

from fenghuo.domain.erased import REMOVED
from fenghuo.domain.errors import BadInput
from fenghuo.domain.log import DecisionRow, Excluded, Reshaped, Row, bare, next_until
from fenghuo.domain.post import Post, millis
from fenghuo.listen.log import append
from fenghuo.listen.stories.cluster import WEIGHT, middle
from fenghuo.ports.clock import Clock
from fenghuo.ports.erasure_store import Fits, Touched
from fenghuo.ports.store import Store, Transaction

AT_ONCE = 100
"""Posts of one transaction. More: intake of these watches waits longer."""
SHOWN = 5


class Wish(msgspec.Struct, frozen=True):
    """Whose words go: those of an author on a platform, or the post of a link."""

    platform: str = ""
    author: str = ""
    link: str = ""

    @property
    def digest(self) -> str:
        """What the receipt names it by: whoever knows the request can find it again."""
        parts = "\0".join((self.platform, self.author, self.link))
        return sha256(parts.encode()).hexdigest()


class Affected(msgspec.Struct, frozen=True):
    """What a removal takes: posts, those of them to be shown, samples without a match."""

    posts: int
    samples: int
    shown: Sequence[Post] = ()


class Receipt(msgspec.Struct, frozen=True):
    """What was removed; `wish` is the digest of the request."""

    wish: str
    posts: int
    mentions: int
    samples: int


class Erasing:
    """Finds what a wish means, and removes it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """`clock` tells when it was done."""
        self._store = store
        self._clock = clock

    def look(self, workspace: str, wish: Wish) -> Affected:
        """What would go; BadInput when the wish names nobody."""
        fits = _fits(wish)
        with self._store.reading() as tx:
            found = tx.erasure.posts(workspace, fits, wish.platform)
            samples = tx.erasure.count_samples(_sources(tx, workspace), fits)
        newest = sorted(found.values(), key=lambda post: post.time, reverse=True)
        return Affected(len(found), samples, newest[:SHOWN])

    def remove(self, workspace: str, wish: Wish, who: str) -> Receipt:
        """Remove it, some posts at a time, each time wholly and with a fact of its own.

        1. posts with everything that hangs on them, and their rows of the logs; 2. samples; 3. the
        index is cleared of their words. Broken off, it may be asked for again.
        """
        fits = _fits(wish)
        with self._store.reading() as tx:
            numbers = list(tx.erasure.posts(workspace, fits, wish.platform))
        mentions = 0
        for begin in range(0, len(numbers), AT_ONCE):
            mentions += self._some(workspace, numbers[begin : begin + AT_ONCE], wish, who)
        with self._store.transaction() as tx:
            samples = tx.erasure.forget_samples(_sources(tx, workspace), fits)
            receipt = Receipt(wish.digest, len(numbers), mentions, samples)
            told = {"who": who, "of": _of(wish), **msgspec.structs.asdict(receipt)}
            tx.changes.record(workspace, self._now(workspace), "removal_done", told)
        self._tidy()
        return receipt

    def _some(self, workspace: str, numbers: Sequence[int], wish: Wish, who: str) -> int:
        now = self._now(workspace)
        with self._store.transaction() as tx:
            tx.erasure.hold(touched.watch for touched in tx.erasure.touched(workspace, numbers))
            # Once more under the locks, behind which nobody joins a story.
            touched = tx.erasure.touched(workspace, numbers)
            by_watch: defaultdict[str, list[Touched]] = defaultdict(list)
            for one in touched:
                by_watch[one.watch].append(one)
            for watch, some in sorted(by_watch.items()):
                _bare_rows(tx, watch, some)
            tx.erasure.forget(workspace, numbers, REMOVED)
            for watch, some in sorted(by_watch.items()):
                append(tx, watch, _words_of(tx, watch, some, who, now))
            told = {"who": who, "of": _of(wish), "wish": wish.digest, "posts": len(numbers)}
            tx.changes.record(workspace, now, "posts_removed", told)
        return len(touched)

    def _tidy(self) -> None:
        """The index lets go of the words in short stretches, so that intake gets its turn."""
        begin, more = True, True
        while more:
            with self._store.transaction() as tx:
                more = tx.erasure.tidy(begin=begin)
            begin = False

    def _now(self, workspace: str) -> int:
        return millis(self._clock.now(workspace))


def _fits(wish: Wish) -> Fits:
    link, author = wish.link.strip(), wish.author.strip().removeprefix("@")
    if link:
        # A post whose words were changed since was taken in again under a longer id.
        return lambda post: link in (post.url, post.id) or post.id.startswith(f"{link}#")
    if not author or not wish.platform:
        raise BadInput("privacy.nobody_named")
    return lambda post: (
        post.platform == wish.platform
        and author in (post.author.id, post.author.name, post.author.name.removeprefix("@"))
    )


def _of(wish: Wish) -> str:
    return "link" if wish.link.strip() else wish.platform


def _sources(tx: Transaction, workspace: str) -> list[str]:
    return [source.id for source in tx.sources.all(workspace)]


def _bare_rows(tx: Transaction, watch: str, some: Sequence[Touched]) -> None:
    first = min(one.received for one in some)
    names, stories = [one.id for one in some], {one.story for one in some if one.story}
    rows = tx.erasure.rows_about(watch, names, first, stories)
    tx.erasure.rewrite(watch, {place: bare(row) for place, row in rows.items()})


def _words_of(
    tx: Transaction, watch: str, some: Sequence[Touched], who: str, now: int
) -> list[Callable[[int], Row]]:
    """The decisions that follow: each post is shown no more, each story stands without them."""
    erased = [Excluded(one.id, one.at, who, one.story, erased=True) for one in some]
    stories: Iterable[str] = dict.fromkeys(one.story for one in some if one.story)
    reshaped = [
        Reshaped(story, *middle(tx.erasure.vectors(watch, story, int(WEIGHT)))) for story in stories
    ]

    def row(word: Excluded | Reshaped) -> Callable[[int], Row]:
        return lambda until: DecisionRow(next_until(until, now, now), now, word)

    return [*map(row, erased), *map(row, reshaped)]
