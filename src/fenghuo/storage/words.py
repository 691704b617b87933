"""Full text over tokens that were made elsewhere: FTS5 on SQLite, tsvector on PostgreSQL.

The tokens are words of [a-z0-9]; neither database may stem, split or drop them, so FTS5 gets its
plainest tokenizer and PostgreSQL gets lexemes without a parser. Only which words a text holds is
kept, not where: the query language looks at order and nearness itself.
"""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    bindparam,
    column,
    delete,
    false,
    func,
    insert,
    literal,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from fenghuo.ports.narrow import All, Any, Narrow, Token
from fenghuo.storage.repository import Repository
from fenghuo.storage.schema import WORDS, mentions, words

LONGEST = 500
"""A longer word is cut here, in texts and in questions alike: nobody types it whole, and
PostgreSQL refuses lexemes of 2 kB."""
MOST = 800_000
"""Characters that are indexed of one text; PostgreSQL's limit is 1 MB a text."""

_TOKEN = re.compile("[a-z0-9]+")
_FTS5 = table(WORDS, column("rowid", Integer), column("words", Text))


class Words(Repository):
    """The full-text index of mentions."""

    def add_words(self, rows: Iterable[tuple[int, str]]) -> None:
        """Index mentions by number, each with its tokens separated by blanks."""
        made = [{"number": number, "words": distinct(tokens)} for number, tokens in rows]
        if not made:
            return
        if self.postgres:
            listed = func.string_to_array(bindparam("words", type_=Text), " ")
            lexemes = func.array_to_tsvector(listed, type_=words.c.words.type)
            row = insert(words).values(number=bindparam("number"), words=lexemes)
            self.connection.execute(row, made)
        else:
            row = insert(_FTS5).values(rowid=bindparam("number"), words=bindparam("words"))
            self.connection.execute(row, made)

    def forget_words(self, numbers: Sequence[int]) -> None:
        """Take mentions out of the index."""
        if self.postgres:
            self.connection.execute(delete(words).where(words.c.number.in_(numbers)))
        elif numbers:
            gone = delete(_FTS5).where(_FTS5.c.rowid == bindparam("number"))
            self.connection.execute(gone, [{"number": n} for n in numbers])

    def rare(self, narrow: Narrow, most: int) -> bool:
        """Whether at most so many mentions of the whole store fit; asked of SQLite only."""
        wanted = _reduced(narrow)
        if isinstance(wanted, bool):
            return not wanted
        fits = select(_FTS5.c.rowid).where(_fits(wanted)).limit(most + 1).subquery()
        return (self.connection.scalar(select(func.count()).select_from(fits)) or 0) <= most

    def having(self, narrow: Narrow, numbers: tuple[int, int] | None = None) -> ColumnElement[bool]:
        """The condition on a mention that its words fit.

        `numbers`, the smallest and the largest that are asked about, spares SQLite the others.
        """
        wanted = _reduced(narrow)
        if isinstance(wanted, bool):
            return true() if wanted else false()
        if self.postgres:
            asked = literal(tsquery(wanted), Text).cast(TSQUERY)
            found = select(words.c.number).where(words.c.words.op("@@")(asked))
            return mentions.c.number.in_(found)
        listed = select(_FTS5.c.rowid).where(_fits(wanted))
        if numbers:
            listed = listed.where(_FTS5.c.rowid.between(*numbers))
        return mentions.c.number.in_(listed)


def distinct(tokens: str) -> str:
    """Each token once, in order, within the limits of both databases."""
    found = dict.fromkeys(tokens.split())
    if max(map(len, found), default=0) > LONGEST:
        found = dict.fromkeys(word[:LONGEST] for word in found)
    kept = " ".join(found)
    return kept if len(kept) <= MOST else kept[:MOST].rpartition(" ")[0]


def _fits(narrow: Narrow) -> ColumnElement[bool]:
    """FTS5's hidden column of the table's own name is asked by MATCH."""
    return column(WORDS).op("MATCH", is_comparison=True)(match(narrow))


def match(narrow: Narrow) -> str:
    """The tree as FTS5 reads it."""
    return _write(narrow, " AND ", " OR ", '"{}"', '"{}"*')


def tsquery(narrow: Narrow) -> str:
    """The tree as PostgreSQL's tsquery reads it."""
    return _write(narrow, " & ", " | ", "'{}'", "'{}':*")


def _write(narrow: Narrow, both: str, either: str, word: str, prefix: str) -> str:
    if isinstance(narrow, Token):
        return (prefix if narrow.prefix else word).format(narrow.text[:LONGEST])
    parts = [_write(part, both, either, word, prefix) for part in narrow.parts]
    return "(" + (both if isinstance(narrow, All) else either).join(parts) + ")"


def _reduced(narrow: Narrow) -> Narrow | bool:
    """The tree without parts that always or never hold; ValueError for what is no token."""
    if isinstance(narrow, Token):
        if not _TOKEN.fullmatch(narrow.text):
            raise ValueError(f"not a token: {narrow.text!r}")
        return narrow
    ends = isinstance(narrow, Any)
    left: list[Narrow] = []
    for part in narrow.parts:
        smaller = _reduced(part)
        if smaller is ends:
            return ends
        if not isinstance(smaller, bool):
            left.append(smaller)
    if not left:
        return not ends
    return left[0] if len(left) == 1 else type(narrow)(tuple(left))
