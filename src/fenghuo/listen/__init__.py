"""What is being said? Intake, the query language, understanding of text, stories."""

from fenghuo.listen.copies import Copies
from fenghuo.listen.intake import Checked, check, decode, lines, unknown_fields
from fenghuo.listen.meaning import meaning_of, source_of
from fenghuo.listen.query import (
    Explanation,
    Hit,
    Matcher,
    Query,
    Understood,
    Use,
    explain,
    index_tokens,
    narrow,
    parse,
)
from fenghuo.listen.query.explain import Verdict
from fenghuo.listen.recipes import Recipe, fill, recipes_of
from fenghuo.listen.room import Accepted, Listen
from fenghuo.listen.sources import Sources, SourceView
from fenghuo.listen.stories import Stories, Story
from fenghuo.listen.understand import LANGUAGES, Judge, read, unpack

__all__ = [
    "LANGUAGES",
    "Accepted",
    "Checked",
    "Copies",
    "Explanation",
    "Hit",
    "Judge",
    "Listen",
    "Matcher",
    "Query",
    "Recipe",
    "SourceView",
    "Sources",
    "Stories",
    "Story",
    "Understood",
    "Use",
    "Verdict",
    "check",
    "decode",
    "explain",
    "fill",
    "index_tokens",
    "lines",
    "meaning_of",
    "narrow",
    "parse",
    "read",
    "recipes_of",
    "source_of",
    "unknown_fields",
    "unpack",
]
