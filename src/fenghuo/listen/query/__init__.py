"""The query language: one language for watches, for the search page and for rules. Pure.

`parse` reads a query, `Matcher` matches posts against many, `explain` shows how one reads,
`index_tokens` and `narrow` serve full text.
"""

from fenghuo.listen.query.errors import Caution, QueryError
from fenghuo.listen.query.explain import Explanation, Verdict, explain
from fenghuo.listen.query.listed import check_entry, entry_cautions, list_name, lists_in
from fenghuo.listen.query.match import Matcher
from fenghuo.listen.query.parser import Query, Use, parse
from fenghuo.listen.query.places import Hit
from fenghuo.listen.query.tokens import index_tokens, narrow
from fenghuo.listen.query.view import Understood

__all__ = [
    "Caution", "Explanation", "Hit", "Matcher", "Query", "QueryError", "Understood", "Use",
    "Verdict", "check_entry", "entry_cautions", "explain", "index_tokens", "list_name", "lists_in",
    "narrow", "parse",
]  # fmt: skip
