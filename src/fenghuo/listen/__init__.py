"""What is being said? Intake, the query language, understanding of text, stories."""

from fenghuo.listen.aside import WouldHit, hits_of
from fenghuo.listen.bulk import Bulk
from fenghuo.listen.copies import Copies
from fenghuo.listen.edits import Key, apart
from fenghuo.listen.erasing import Affected, Erasing, Receipt, Wish
from fenghuo.listen.exclusion import Exclusion
from fenghuo.listen.first_sources import Start, starts, without_news
from fenghuo.listen.forgetting import DAYS, LONGEST, Forgetting, Looks, Middles
from fenghuo.listen.handed import Recognised, recognise
from fenghuo.listen.handing import HandedIn, Looked
from fenghuo.listen.intake import Checked, check, decode, decode_whole
from fenghuo.listen.items import PACKED, check_lines, items_of
from fenghuo.listen.lists import (
    MOST_ENTRIES,
    NAME_LONGEST,
    Lists,
    ListUse,
    Terms,
    cautions_of,
    check_name,
    queries_of,
    read_entries,
)
from fenghuo.listen.mapping import (
    ColumnMapping,
    Field,
    Found,
    Rows,
    columns_of,
    guess,
    read_mapping,
    shipped_mapping,
)
from fenghuo.listen.meaning import meaning_of, source_of
from fenghuo.listen.pictures import read_picture
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
from fenghuo.listen.spread import AGAIN, Spreading
from fenghuo.listen.stories import EVERYDAY, Stories, Story, unshow
from fenghuo.listen.understand import LANGUAGES, Explaining, Judge, Weights, read, unpack
from fenghuo.listen.watching import check_watch, watch_faults

__all__ = [
    "AGAIN",
    "DAYS",
    "EVERYDAY",
    "LANGUAGES",
    "LONGEST",
    "MOST_ENTRIES",
    "NAME_LONGEST",
    "PACKED",
    "Accepted",
    "Affected",
    "Bulk",
    "Checked",
    "ColumnMapping",
    "Copies",
    "Erasing",
    "Exclusion",
    "Explaining",
    "Explanation",
    "Field",
    "Forgetting",
    "Found",
    "HandedIn",
    "Hit",
    "Judge",
    "Key",
    "ListUse",
    "Listen",
    "Lists",
    "Looked",
    "Looks",
    "Matcher",
    "Middles",
    "Query",
    "Receipt",
    "Recipe",
    "Recognised",
    "Rows",
    "SourceView",
    "Sources",
    "Spreading",
    "Start",
    "Stories",
    "Story",
    "Terms",
    "Understood",
    "Use",
    "Verdict",
    "Weights",
    "Wish",
    "WouldHit",
    "apart",
    "cautions_of",
    "check",
    "check_lines",
    "check_name",
    "check_watch",
    "columns_of",
    "decode",
    "decode_whole",
    "explain",
    "fill",
    "guess",
    "hits_of",
    "index_tokens",
    "items_of",
    "meaning_of",
    "narrow",
    "parse",
    "queries_of",
    "read",
    "read_entries",
    "read_mapping",
    "read_picture",
    "recipes_of",
    "recognise",
    "shipped_mapping",
    "source_of",
    "starts",
    "unpack",
    "unshow",
    "watch_faults",
    "without_news",
]
