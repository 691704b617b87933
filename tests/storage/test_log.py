"""The logs: dense positions, one writer at a time, rows as they were written."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage.rows import MINUTE, START, log_rows, mention_row

from fenghuo.domain.log import Heard, Meaning, MentionRow, Row, TickRow, UnderstoodRow
from fenghuo.storage import Database

fresh = count()
ROOT = Path(__file__).parents[2]


def test_positions_go_up_by_one_from_one_and_each_log_has_its_own(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.listen.append("w", [mention_row(1, 5), mention_row(2, 7)]) == 2
        assert tx.listen.append("v", [mention_row(3, 9)]) == 1
        assert tx.listen.append("w", [mention_row(4, 7)]) == 3
        assert tx.listen.append("w", []) == 3
    with database.transaction() as tx:
        assert tx.listen.lock_log("w") == 7
        assert tx.listen.lock_logs(["w", "u", "v", "w"]) == {"u": 0, "v": 9, "w": 7}
        assert tx.listen.append("w", [TickRow(8, 8)]) == 4
        rows = tx.listen.rows("w", 1, 2)
        assert rows == [(2, mention_row(2, 7)), (3, mention_row(4, 7))]
        assert [p for p, _ in tx.listen.rows("w", 0, 100)] == [1, 2, 3, 4]


def test_time_that_is_final_never_goes_back(database: Database) -> None:
    with database.transaction() as tx:
        tx.listen.append("w", [TickRow(8, 8)])
        with pytest.raises(ValueError, match="until 7 after 8"):
            tx.listen.append("w", [TickRow(7, 9)])


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 2**50), max_size=6).map(sorted), st.data())
def test_rows_come_back_as_they_were_written(
    database: Database, untils: list[int], data: st.DataObject
) -> None:
    rows: list[Row] = [data.draw(log_rows(until)) for until in untils]
    watch = f"watch {next(fresh)}"
    with database.transaction() as tx:
        tx.listen.append(watch, rows)
    with database.reading() as tx:
        assert [row for _, row in tx.listen.rows(watch, 0, 100)] == rows


def test_the_row_of_a_mention_is_found_near_its_receipt_or_wherever_it_stands(
    database: Database,
) -> None:
    def row(number: int, received: int) -> MentionRow:
        return MentionRow(number, received, Heard(f"m{number}", START))

    rows: list[Row] = [row(n, START + n * MINUTE) for n in range(1, 90)]
    # Written long before the time that its mention tells.
    rows[3] = row(4, START + 80 * MINUTE)
    with database.transaction() as tx:
        tx.listen.append("w", rows)
        tx.listen.append("w", [UnderstoodRow(90, Heard("m90", START), Meaning("en", 0.0, 0.0, ()))])
        for place in (0, 3, 70, 88):
            found = rows[place]
            assert isinstance(found, MentionRow)
            assert tx.erasure.mention_row("w", found.source.mention, found.received) == found
        assert tx.erasure.mention_row("w", "m90", START + 90 * MINUTE) is None
        assert tx.erasure.mention_row("v", "m1", START + MINUTE) is None


def test_a_transaction_that_fails_leaves_nothing_in_the_log(database: Database) -> None:
    def write_and_fail() -> None:
        with database.transaction() as tx:
            tx.listen.append("w", [TickRow(8, 8)])
            tx.listen.save_cursor("feed", "9")
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    with database.transaction() as tx:
        assert tx.listen.rows("w", 0, 9) == []
        assert tx.listen.cursor("feed") == ""
        assert tx.listen.append("w", [TickRow(1, 1)]) == 1


def write_often(url: str, writer: int, logs: Sequence[str], start: Barrier) -> None:
    database = Database(url)
    start.wait()
    for turn in range(25):
        with database.transaction() as tx:
            # In another order each time: `lock_logs` keeps writers from blocking each other.
            heads = tx.listen.lock_logs(logs if turn % 2 else list(reversed(logs)))
            for watch, until in heads.items():
                number = writer * 1_000 + turn
                tx.listen.append(
                    watch, [mention_row(number, until + 1), mention_row(number, until + 1)]
                )
    database.close()


def test_writers_of_one_log_never_interleave_and_no_row_is_lost(database_url: str) -> None:
    start, writers, logs = Barrier(4), range(4), ["w", "v"]
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(write_often, database_url, n, logs, start) for n in writers]
    for each in done:
        each.result()
    database = Database(database_url)
    with database.reading() as tx:
        for watch in logs:
            rows = tx.listen.rows(watch, 0, 1_000)
            assert [position for position, _ in rows] == list(range(1, 201))
            assert [row.until for _, row in rows] == [n // 2 + 1 for n in range(200)]
            pairs = [row for _, row in rows]
            assert pairs[::2] == pairs[1::2]
    database.close()


WRITER = """
import sys
from storage.rows import add, mention, mention_row, post
from fenghuo.storage import Database

database = Database(sys.argv[1])
number = int(sys.argv[2])
while True:
    number += 1
    with database.transaction() as tx:
        add(tx, *(mention(post(f"{number} {part}")) for part in "abc"))
        tx.listen.append("w", [mention_row(number) for _ in "abc"])
    print(number, flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_whole_transactions_and_all_it_promised(
    database: Database,
) -> None:
    promised = 0
    for turn in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, database.url, str(turn * 10_000)],
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("src", "tests"))},
        )
        assert writer.stdout is not None
        with writer.stdout:
            for _ in range(3 + 5 * turn):
                assert writer.stdout.readline()
                promised += 1
            writer.kill()
            promised += len(writer.stdout.readlines())
        writer.wait()
    with database.transaction() as tx:
        tx.listen.lock_log("w")
        rows = tx.listen.rows("w", 0, 100_000)
        assert [position for position, _ in rows] == list(range(1, len(rows) + 1))
        # The last transaction of a killed writer may stand without its word.
        assert promised <= len(rows) / 3 <= promised + 4
        assert tx.listen.awaiting() == len(rows)
