"""What is counted is said right for one as well as for many."""

import re
import string

import pytest

from fenghuo.i18n import catalogue, say

COUNTED = [key for key, text in catalogue("en").items() if re.search(r"\{\w+:[^}]*\|", text)]


def said(key: str, number: int, **others: str) -> str:
    names = [name for _, name, _, _ in string.Formatter().parse(catalogue("en")[key]) if name]
    return say(key, "en", **{**dict.fromkeys(names, number), **others})


@pytest.mark.parametrize("key", COUNTED)
def test_one_of_a_thing_is_told_in_the_singular(key: str) -> None:
    assert not re.search(r"\b1 (?!was\b)(\w+[^s]s|were|are|have|carry)\b", said(key, 1, host="x"))
    assert said(key, 2) != said(key, 1).replace("1", "2")


def test_a_number_chooses_its_words_wherever_it_stands() -> None:
    assert say("imports.done", "en", n=1) == "One row was taken"
    assert say("imports.done", "en", n=1_000) == "1000 rows were taken"
    told = say("imports.done_lead", "en", matched=0, known=1, bad=2)
    assert told.endswith("1 was here already, 2 were left out.")
    minutes = say("telling.minutes", "en", minutes=1)
    assert minutes == "Acknowledge within a minute, or the next person is called."
