"""Posts, mentions and what they mean, for the tests of the store; and strategies that draw them."""

from hypothesis import strategies as st

from fenghuo.domain.erased import REMOVED
from fenghuo.domain.fact import Fact
from fenghuo.domain.identity import identity
from fenghuo.domain.log import Heard, Meaning, MentionRow, Row, TickRow, UnderstoodRow
from fenghuo.domain.post import Author, Kind, Metrics, Post, aware
from fenghuo.domain.understanding import CRISIS_TYPES, Cue, Reason, Understanding
from fenghuo.ports.listen_store import StoredMention
from fenghuo.storage import Transaction

START = 1_700_000_000_000 // 60_000 * 60_000
"""The minute from which these tests count; no test knows what time it is."""
MINUTE = 60_000
OURS, THEIRS = "workspace-1", "workspace-2"


def post(
    name: str, minute: int = 0, platform: str = "x", kind: Kind = "post", country: str = ""
) -> Post:
    """A post that is fully filled in, `minute` minutes after START."""
    return Post(
        platform=platform,
        id=name,
        time=aware(START + minute * MINUTE),
        text=f"水壶 {name} caught fire",
        kind=kind,
        title="A title",
        url=f"https://social.example/{name}",
        author=Author("7", "Wen", 12, True, None, "Berlin"),
        country=country,
        links=("https://elsewhere.example",),
        metrics=Metrics(likes=3),
        extra={"shop": {"id": 7}},
    )


def mention(post: Post, watch: str = "w", workspace: str = OURS) -> StoredMention:
    """A mention received ten days after START, so that it is no post from the future."""
    received = START + 14_400 * MINUTE
    name = identity(received, watch, workspace, post.platform, post.id)
    return StoredMention(name, watch, workspace, post, received)


def add(tx: Transaction, *mentions: StoredMention, tokens: str = "") -> set[str]:
    """Store mentions, all with the same tokens."""
    return tx.listen.add_mentions(mentions, [tokens] * len(mentions))


def erase(tx: Transaction, workspace: str, mention: str) -> bool:
    """Take the words of a post away, as on request; False when there is no such mention."""
    found = tx.erasure.mention(workspace, mention)
    if found:
        tx.erasure.forget(workspace, [found.number], REMOVED)
    return found is not None


def understanding(negative: float = 0.8, lang: str = "en", p_fire: float = 0.9) -> Understanding:
    """What a post about a fire means."""
    crisis = dict.fromkeys(CRISIS_TYPES, 0.1) | {"product": 0.4}
    return Understanding(
        lang,
        0.9,
        {"negative": negative, "neutral": 1 - negative, "positive": 0.0},
        {str(name): p for name, p in crisis.items()},
        (Cue("fire", p_fire, ("caught fire",)),),
        (Reason("sentiment", ("fire",), ("an example",)),),
        bytes(512),
        "model 1",
    )


def mention_row(number: int, until: int = 0) -> MentionRow:
    """A log row about mention `number`."""
    return MentionRow(until, START, Heard(f"m{number}", START))


def fact(seq: int, fact: str = "alert_opened", alert: str = "", story: str = "") -> Fact:
    """A fact by number."""
    return Fact(seq, START + seq, fact, alert, story)  # type: ignore[arg-type]  # any name will do


# PostgreSQL's text holds no NUL, and intake lets none through in what identifies a post.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
times = st.integers(946_684_800_000, 4_070_908_800_000).map(aware)
authors = st.builds(
    Author, words, words, st.none() | st.integers(0, 2**40), st.none() | st.booleans()
)
posts = st.builds(
    Post,
    platform=texts,
    id=texts,
    time=times,
    text=words,
    kind=st.sampled_from(["post", "review", "ticket"]),
    title=words,
    author=authors,
    country=texts,
    rating=st.none() | st.floats(0, 5),
    links=st.lists(words, max_size=2).map(tuple),
    metrics=st.builds(Metrics, likes=st.none() | st.integers(0, 2**40)),
)
numbers = st.integers(0, 2**50)
sources = st.builds(Heard, words, numbers, words, followers=st.none() | numbers)
meanings = st.builds(
    Meaning,
    texts,
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.floats(0, 1), min_size=7, max_size=7).map(tuple),
    vector=st.binary(max_size=512),
)


def log_rows(until: int) -> st.SearchStrategy[Row]:
    """Rows of every kind that intake, worker and timers write."""
    return st.one_of(
        st.builds(MentionRow, st.just(until), numbers, sources, st.booleans()),
        st.builds(UnderstoodRow, st.just(until), sources, meanings),
        st.builds(TickRow, st.just(until), numbers),
    )
