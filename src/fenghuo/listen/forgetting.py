"""Words that are old enough go by themselves, a few at a time; counts, facts and stories stay.

In each workspace, whenever it is asked:
1. words, authors and pictures of some posts that came in longer ago than its months say, but
   for those that an open alert shows;
2. authors and vectors of the rows of the logs about posts of that age;
3. once a day: what sources sent without a match, its counts, and translations, after 90 days.
"""

from collections.abc import Callable, Iterable, Mapping, Set

import msgspec

from fenghuo.domain.erased import AGED
from fenghuo.domain.errors import BadInput
from fenghuo.domain.identity import earliest
from fenghuo.domain.log import (
    DecisionRow,
    MentionRow,
    Reshaped,
    Row,
    UnderstoodRow,
    bare,
    next_until,
)
from fenghuo.domain.post import aware, millis
from fenghuo.listen.log import append
from fenghuo.ports.clock import Clock
from fenghuo.ports.store import Store, Transaction

MONTHS = 13
"""So long words are kept where nobody said otherwise: a year can be compared with the last."""
LONGEST = 60
DAYS = 90
SOME = 200
"""Posts or rows of one transaction. More: intake waits longer."""
MONTH_MS = 365.25 / 12 * 24 * 3_600_000
DAY_MS = 24 * 3_600_000


class Middles(msgspec.Struct, frozen=True):
    """Open stories of a watch with centroid and weight, and how far its engine has come."""

    position: int
    stories: Mapping[str, tuple[bytes, float]]


class Looks(msgspec.Struct, frozen=True):
    """What is asked of the warning room: posts that open alerts show, and open stories."""

    evidence: Callable[[str], Set[str]]
    middles: Callable[[Transaction, str], Middles]


class Forgetting:
    """Keeps to how long words may be kept."""

    def __init__(self, store: Store, clock: Clock, looks: Looks) -> None:
        """`clock` knows each workspace's own time."""
        self._store = store
        self._clock = clock
        self._looks = looks

    def months(self, workspace: str) -> int:
        """How many months words are kept; 0 for ever."""
        with self._store.reading() as tx:
            return _months(tx, workspace)

    def keep(self, workspace: str, months: int, who: str) -> None:
        """Keep words for so many months (1 to 60), or for ever (0); BadInput for another number."""
        if not 0 <= months <= LONGEST:
            raise BadInput("privacy.months_wrong", longest=LONGEST)
        with self._store.transaction() as tx:
            before = _months(tx, workspace)
            if before == months:
                return
            tx.retention.set_months(workspace, months)
            told = {"who": who, "before": before, "after": months}
            tx.changes.record(workspace, self._now(workspace), "retention_changed", told)

    def forget_some(self) -> int:
        """One stretch in each workspace; answers how many posts lost their words."""
        with self._store.reading() as tx:
            places = [place.id for place in tx.access.workspaces()]
        return sum(self._in(place) for place in places)

    def _in(self, workspace: str) -> int:
        now = self._now(workspace)
        with self._store.reading() as tx:
            months = _months(tx, workspace)
            watches = [watch.id for watch in tx.listen.watches(workspace)]
            day = tx.retention.place("day", workspace)
        gone = 0
        if months:
            before = earliest(max(0, round(now - months * MONTH_MS)))
            gone = self._words(workspace, before)
            for watch in watches:
                self._rows(watch, before, now)
        today = f"{aware(now):%Y-%m-%d}"
        if day != today:
            self._daily(workspace, now - DAYS * DAY_MS, today)
        return gone

    def _words(self, workspace: str, before: str) -> int:
        evidence = self._looks.evidence(workspace)
        with self._store.reading() as tx:
            after = tx.retention.place("words", workspace)
            held = tx.retention.place("held", workspace).split()
            if not tx.retention.due(workspace, after, before, 1) and set(held) <= evidence:
                return 0
        with self._store.transaction() as tx:
            due = tx.retention.due(workspace, after, before, SOME)
            waited = tx.retention.named(workspace, held)
            old = [one for one in (*waited, *due) if one.id not in evidence]
            tx.erasure.forget(workspace, list(dict.fromkeys(one.post for one in old)), AGED)
            if due:
                tx.retention.set_place("words", workspace, due[-1].id)
            still = [one.id for one in (*waited, *due) if one.id in evidence]
            tx.retention.set_place("held", workspace, " ".join(still))
        return len(old)

    def _rows(self, watch: str, before: str, now: int) -> None:
        """Rows in their order; those of open stories leave the story its middle as it is."""
        with self._store.reading() as tx:
            after = int(tx.retention.place("log", watch) or 0)
            if not _old(tx.listen.rows(watch, after, 1), before):
                return
        with self._store.transaction() as tx:
            tx.erasure.hold([watch])
            middles = self._looks.middles(tx, watch)
            rows = _old(tx.listen.rows(watch, after, SOME), before)
            rows = {place: row for place, row in rows.items() if place <= middles.position}
            if not rows:
                return
            tx.erasure.rewrite(watch, {place: bare(row) for place, row in rows.items()})
            tx.retention.set_place("log", watch, str(max(rows)))
            touched = _stories(tx, rows.values()) & middles.stories.keys()
            append(tx, watch, [_stands(s, *middles.stories[s], now) for s in sorted(touched)])

    def _daily(self, workspace: str, before: int, today: str) -> None:
        with self._store.reading() as tx:
            sources = [source.id for source in tx.sources.all(workspace)]
        moment = aware(max(0, before))
        for source in sources:
            with self._store.transaction() as tx:
                tx.erasure.forget_samples([source], lambda post: post.time < moment)
                tx.retention.forget_counts(source, before)
        with self._store.transaction() as tx:
            tx.retention.forget_translations(workspace, earliest(max(0, before)))
            tx.retention.set_place("day", workspace, today)

    def _now(self, workspace: str) -> int:
        return millis(self._clock.now(workspace))


def _months(tx: Transaction, workspace: str) -> int:
    kept = tx.retention.months(workspace)
    return MONTHS if kept is None else kept


def _old(rows: list[tuple[int, Row]], before: str) -> dict[int, Row]:
    """The rows up to the first about a post that is not old enough; ids tell their receipt."""
    found = {}
    for place, row in rows:
        if isinstance(row, MentionRow | UnderstoodRow) and row.source.mention >= before:
            break
        found[place] = row
    return found


def _stories(tx: Transaction, rows: Iterable[Row]) -> set[str]:
    """The stories whose middles these rows moved."""
    rows = list(rows)
    names = [row.source.mention for row in rows if isinstance(row, UnderstoodRow)]
    words = [row.decision for row in rows if isinstance(row, DecisionRow)]
    given = {word.story for word in words if isinstance(word, Reshaped)}
    return given | set(tx.retention.stories(names).values())


def _stands(story: str, centroid: bytes, weight: float, now: int) -> Callable[[int], Row]:
    word = Reshaped(story, centroid, weight)
    return lambda until: DecisionRow(next_until(until, now, now), now, word)
