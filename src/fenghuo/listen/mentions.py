"""What was heard, to be found again: pages of mentions, counts over time, searches."""

from collections.abc import Sequence

from msgspec.structs import replace

from fenghuo.domain.picture import Picture
from fenghuo.domain.post import millis
from fenghuo.domain.understanding import CRISIS_TYPES, SENTIMENTS
from fenghuo.listen.intake import encode_whole
from fenghuo.listen.lists import terms_for
from fenghuo.listen.query import Matcher, Understood, narrow, parse
from fenghuo.ports.lately_store import Occurring
from fenghuo.ports.listen_store import MentionSearch, StoredMention, Volume
from fenghuo.ports.store import Store, Transaction

SEARCH_PAGES = 20
"""Pages of candidates that one search looks through before it offers to go on."""
SIFTED, SIEVES = 50_000, 10
"""Mentions that are sifted by one statement, and statements of one page, before it offers to go
on. More: among a million mentions one waits longer for a filter that fits none."""
LATELY = 3_000
"""Newest mentions of which a page tells what occurs. Fewer: a rare platform is not offered."""

Place = tuple[int, str]


class Mentions:
    """The part of the listening room's face that reads mentions."""

    def __init__(self, store: Store) -> None:
        """`store` keeps the mentions."""
        self._store = store

    def mentions(self, search: MentionSearch) -> list[StoredMention]:
        """A page of mentions, newest first."""
        with self._store.reading() as tx:
            return tx.listen.search(search)

    def page(self, search: MentionSearch) -> tuple[list[StoredMention], Place | None]:
        """A page of mentions, newest first, and where the next one begins; None after the last.

        One that sifts ends early where it has looked through enough: the page may be short, or
        empty, and yet go on. A story or a query's words narrow it enough by themselves.
        """
        with self._store.reading() as tx:
            if not search.sifts or search.story or search.narrow is not None:
                found = tx.listen.search(search)
                return found, place(found[-1]) if len(found) == search.limit else None
            return _sifted(tx, search)

    def occurring(self, workspace: str, watch: str = "") -> Occurring:
        """What occurs among the mentions heard last, of a watch or of all."""
        with self._store.reading() as tx:
            return tx.lately.occurring(workspace, watch, LATELY)

    def knows_platform(self, workspace: str, platform: str) -> bool:
        """Whether a post of this platform was ever heard."""
        with self._store.reading() as tx:
            return tx.lately.knows_platform(workspace, platform)

    def volume(self, search: MentionSearch, step: int) -> list[Volume]:
        """Counts of what a search finds, in steps of `step` milliseconds."""
        with self._store.reading() as tx:
            return tx.listen.volume(search, step)

    def awaiting(self, workspace: str) -> int:
        """How many mentions wait to be understood."""
        with self._store.reading() as tx:
            return tx.listen.awaiting(workspace)

    def named(self, workspace: str, mentions: Sequence[str]) -> list[StoredMention]:
        """These mentions of a workspace."""
        with self._store.reading() as tx:
            return tx.listen.mentions(workspace, mentions)

    @staticmethod
    def named_in(tx: Transaction, workspace: str, mentions: Sequence[str]) -> list[StoredMention]:
        """As `named`, for the room that reads in its transaction."""
        return tx.listen.mentions(workspace, mentions)

    def find(self, search: MentionSearch, text: str) -> tuple[list[StoredMention], Place | None]:
        """A page of what a query finds, newest first, and where the next page begins.

        Full text brings a superset, the query language decides. QueryError for a bad query.
        """
        with self._store.reading() as tx:
            query = parse(text, lists=terms_for(tx, search.workspace, [text]))
        matcher = Matcher({"q": query})
        search = replace(search, narrow=narrow(query))
        found: list[StoredMention] = []
        for _ in range(SEARCH_PAGES):
            page = self.mentions(search)
            found.extend(m for m in page if matcher.match(m.post, _facts_of(m)))
            if len(page) < search.limit:
                return found, None
            search = replace(search, before=place(page[-1]))
            if len(found) >= search.limit:
                break
        return found, search.before

    @staticmethod
    def place(mention: StoredMention) -> Place:
        """Where a mention stands in the order of a search; the next page begins after it."""
        return place(mention)

    @staticmethod
    def line(mention: StoredMention) -> bytes:
        """The post of a mention as a line that intake reads back, its lasting marks with it."""
        return encode_whole(mention.post, mention.marks)

    def mention(self, workspace: str, mention: str) -> StoredMention | None:
        """One mention of a workspace, or None."""
        with self._store.reading() as tx:
            return tx.listen.mention(workspace, mention)

    def picture(self, workspace: str, mention: str) -> Picture | None:
        """The picture of a mention of a workspace, or None."""
        with self._store.reading() as tx:
            return tx.listen.picture(workspace, mention)


def place(mention: StoredMention) -> Place:
    """Where a mention stands in the order of a search."""
    return min(millis(mention.post.time), mention.received), mention.id


def _sifted(tx: Transaction, search: MentionSearch) -> tuple[list[StoredMention], Place | None]:
    found: list[StoredMention] = []
    for _ in range(SIEVES):
        end = tx.lately.end_of(search, SIFTED)
        rest = search.limit - len(found)
        found += tx.listen.search(replace(search, down_to=end, limit=rest))
        if len(found) == search.limit:
            return found, place(found[-1])
        if end is None:
            return found, None
        search = replace(search, before=end)
    return found, search.before


def _facts_of(mention: StoredMention) -> Understood | None:
    found = mention.understanding
    if found is None:
        return None
    sentiment = max(SENTIMENTS, key=lambda name: found.sentiment[name])
    crisis = max(CRISIS_TYPES, key=lambda name: found.crisis_type[name])
    return Understood(sentiment, crisis, frozenset(cue.cue for cue in found.grave))
