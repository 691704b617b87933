"""What is being said? Intake, the query language, understanding of text, stories."""

from fenghuo.listen.copies import Copies
from fenghuo.listen.intake import Checked, check, decode, lines, unknown_fields
from fenghuo.listen.meaning import meaning_of, source_of
from fenghuo.listen.stories import Stories, Story

__all__ = [
    "Checked",
    "Copies",
    "Stories",
    "Story",
    "check",
    "decode",
    "lines",
    "meaning_of",
    "source_of",
    "unknown_fields",
]
