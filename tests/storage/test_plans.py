"""What is asked often is answered out of an index, however many rows there are."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from storage.rows import MINUTE, OURS, START, add, fact, mention, mention_row, post, understanding

from fenghuo.domain.identity import earliest
from fenghuo.ports.listen_store import MentionSearch
from fenghuo.ports.narrow import Token
from fenghuo.storage import Database, Transaction
from fenghuo.storage.engine import open_engine

LARGE = {"mentions", "log", "samples", "facts", "posts", "understandings", "joins", "awaiting"}
Ask = Callable[[Transaction], object]

LATER = earliest(START + 99_999 * MINUTE)
BEFORE = (START + 5 * MINUTE, LATER)
ONE = mention(post("1"))
PAGES: Mapping[str, MentionSearch] = {
    "of the workspace": MentionSearch(OURS),
    "of a watch": MentionSearch(OURS, "w"),
    "of a watch, further on": MentionSearch(OURS, "w", before=BEFORE),
    "between two times": MentionSearch(OURS, "w", since=START, until=START + MINUTE),
    "with the hidden ones": MentionSearch(OURS, since=START, with_excluded=True, limit=1),
    "of grave harm": MentionSearch(OURS, grave=True),
    "of grave harm in a watch": MentionSearch(OURS, "w", grave=True),
    "of grave harm in a language": MentionSearch(OURS, "w", grave=True, lang="de", before=BEFORE),
    "of a tone": MentionSearch(OURS, sentiment="negative"),
    "of a type in a watch": MentionSearch(OURS, "w", crisis_type="breach"),
    "of a place": MentionSearch(OURS, "w", platform="x", country="de", lang="de"),
    "of a story": MentionSearch(OURS, "w", story="s1"),
}


def page(search: MentionSearch) -> Ask:
    return lambda tx: tx.listen.search(search)


ASKED: Mapping[str, Ask] = {
    **{f"a page {name}": page(search) for name, search in PAGES.items()},
    "how many wait": lambda tx: tx.listen.awaiting(OURS),
    "where any wait": lambda tx: tx.listen.workspaces_awaiting(),
    "who waits longest": lambda tx: tx.listen.awaiting_understanding(9),
    "who waits here": lambda tx: tx.listen.awaiting_understanding(9, "a", OURS),
    "what is understood": lambda tx: tx.listen.save_understandings({ONE.id: understanding()}),
    "some mentions": lambda tx: tx.listen.mentions(OURS, [ONE.id]),
    "what is old": lambda tx: tx.retention.due(OURS, "a", LATER, 9),
    "the end of a log": lambda tx: tx.listen.lock_log("w"),
    "the next rows of a log": lambda tx: tx.listen.rows("w", 1, 9),
    "the row of a mention": lambda tx: tx.erasure.mention_row("w", "m2", START),
    "who lags": lambda tx: tx.warn.lagging(),
    "the next facts": lambda tx: tx.warn.facts("w", 1),
    "the last facts": lambda tx: tx.warn.fact_heads(OURS),
    "the facts of an alert": lambda tx: tx.warn.alert_facts("w", "a1"),
    "the last of an alert": lambda tx: tx.warn.last_of_alerts([("w", "a1")]),
    "the last of a story": lambda tx: tx.warn.last_of_stories([("w", "s1")]),
    "the posts of a story": lambda tx: tx.warn.mentions_of("w", "s1"),
    "what a source sent": lambda tx: tx.listen.sample("source"),
    "what a source sends": lambda tx: tx.listen.keep_sample("source", [post("2")]),
}
SORTED_LATER: Mapping[str, Ask] = {
    "the counts of a watch": lambda tx: tx.listen.volume(MentionSearch(OURS, "w"), MINUTE),
    "the mentions of a post": lambda tx: tx.listen.mentions_of(OURS, "x", "1"),
    "the latest alerts": lambda tx: tx.warn.latest_alerts("w"),
    "the latest stories": lambda tx: tx.warn.latest_stories("w"),
    "a page with a rare word": lambda tx: tx.listen.search(
        MentionSearch(OURS, "w", narrow=Token("kettle"))
    ),
}
"""These may sort what an index found for them: groups, or a few mentions."""


@pytest.fixture
def filled(database: Database) -> Database:
    """A little of everything, so that no statement is left out because there is nothing to do."""
    with database.transaction() as tx:
        add(tx, *[mention(post(str(n), n)) for n in range(1, 9)], tokens="kettle")
        tx.listen.append("w", [mention_row(n, START + n) for n in range(1, 9)])
        tx.warn.add_facts("w", [fact(1, alert="a1"), fact(2, "story_opened", story="s1")])
        tx.warn.join("w", [(ONE.id, "s1")])
    return database


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """Where plans are asked for."""
    engine = open_engine(database_url)
    with engine.connect() as made:
        yield made
    engine.dispose()


@pytest.fixture
def statements() -> Iterator[list[tuple[str, Any]]]:
    """What is sent to a database while a test runs, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, statement: str, values: Any, _x: object, many: bool) -> None:
        sent.append((statement, values[0] if many else values))

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", [*ASKED, *SORTED_LATER])
def test_what_is_asked_often_is_found_in_an_index(
    filled: Database, connection: Connection, statements: list[tuple[str, Any]], name: str
) -> None:
    ask = ASKED.get(name) or SORTED_LATER[name]
    statements.clear()
    with filled.transaction() as tx:
        ask(tx)
    sent = [(said, values) for said, values in statements if plannable(said)]
    assert sent
    for said, values in sent:
        if connection.dialect.name == "sqlite":
            steps = sqlite_plan(connection, said, values)
            assert not [step for step in steps if scans(step)], (said, steps)
            assert name in SORTED_LATER or not [s for s in steps if "TEMP B-TREE" in s], steps
        else:
            assert not unindexed(postgres_plan(connection, said, values)), said


def plannable(statement: str) -> bool:
    """Whether a plan of it can be asked for and tells something."""
    return statement.split()[0] in {"SELECT", "WITH", "UPDATE", "DELETE"} and "FROM" in statement


def sqlite_plan(connection: Connection, statement: str, values: Any) -> list[str]:
    rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values)
    return [row.detail for row in rows]


def scans(step: str) -> bool:
    words = step.split()
    return words[0] == "SCAN" and words[1] in LARGE


def postgres_plan(connection: Connection, statement: str, values: Any) -> Any:
    # Small tables are read whole unless that is made to look dear.
    connection.execute(text("SET enable_seqscan = off"))
    explained = connection.exec_driver_sql("EXPLAIN (FORMAT JSON) " + statement, values)
    return explained.scalar_one()[0]["Plan"]


def unindexed(step: Mapping[str, Any]) -> list[str]:
    """The large tables that are read without a condition on an index."""
    found = [name for inner in step.get("Plans", ()) for name in unindexed(inner)]
    bounded = "Index Cond" in step or step["Node Type"] == "Bitmap Heap Scan"
    if step.get("Relation Name") in LARGE and "Scan" in step["Node Type"] and not bounded:
        found.append(step["Relation Name"])
    return found
