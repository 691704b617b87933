"""How a query reads, and why each sample post hits or misses."""

import pytest
from listen.query.samples import LISTS, post

from fenghuo.i18n import LANGUAGES, say
from fenghuo.listen.query import explain, parse

QUERY = (
    'nuvolt充电宝 (explod* OR #NuvoltFail OR raw:C++) -"job offer" lang:de OR author:reuters fire'
)


def test_it_shows_the_brackets_and_every_term_with_its_units() -> None:
    found = explain(parse(QUERY))
    assert found.query == (
        '((nuvolt充电宝 AND (explod* OR #NuvoltFail OR raw:C++) AND NOT "job offer" AND lang:de)'
        " OR (author:reuters AND fire))"
    )
    units = {one.term: [(piece.text, piece.kind) for piece in one.pieces] for one in found.literals}
    assert units == {
        "nuvolt充电宝": [("nuvolt", "word"), ("充电宝", "cluster")],
        "explod*": [("explod*", "word")],
        "#NuvoltFail": [("#nuvoltfail", "tag")],
        "raw:C++": [("C++", "raw")],
        '"job offer"': [("job", "word"), ("offer", "word")],
        "fire": [("fire", "word")],
    }


def test_it_names_the_anchor_of_each_branch() -> None:
    found = explain(parse(QUERY))
    assert [branch.anchors for branch in found.branches] == [("充电宝",), ("author:reuters",)]
    assert [branch.anchors for branch in explain(parse("lang:de")).branches] == [()]


def test_a_hit_says_which_words_decided_and_a_miss_what_was_missing() -> None:
    query = parse("nuvolt (fire OR smoke) -job")
    found = explain(
        query, [post("Nuvolt on FIRE"), post("nuvolt"), post("nuvolt fire job", id="3")]
    )
    hit, missing, excluded = found.verdicts
    assert hit.hit
    assert [(one.words, one.start, one.end) for one in hit.reasons] == [
        ("Nuvolt", 0, 6),
        ("FIRE", 10, 14),
    ]
    assert not missing.hit
    assert missing.missing == ("(fire OR smoke)",)
    assert (excluded.post_id, excluded.missing) == ("3", ("NOT job",))
    assert [one.words for one in excluded.excluded_by] == ["job"]


def test_words_of_posts_that_almost_match_are_counted() -> None:
    query = parse("nuvolt (fire OR smoke)")
    posts = [post("nuvolt sparks"), post("nuvolt sparks again"), post("sparks")]
    found = explain(query, posts)
    assert [(one.word, one.posts) for one in found.near_misses][:2] == [("sparks", 2), ("again", 1)]


@pytest.mark.parametrize("text", ["istanbul", "istanbul OR paris", "-job nuvolt", "istanbul -job"])
def test_where_nothing_almost_matched_no_words_are_counted(text: str) -> None:
    found = explain(parse(text), [post("the charger caught fire"), post("another charger fire")])
    assert not any(verdict.hit for verdict in found.verdicts)
    assert found.near_misses == ()


def test_warnings_are_sentences_in_both_languages() -> None:
    found = explain(parse("charger H&M"))
    assert [one.key for one in found.cautions] == ["query.symbols_dropped", "query.no_stemming"]
    for language in LANGUAGES:
        assert "charger*" in say(found.cautions[1].key, language, **found.cautions[1].values)


def test_a_text_can_be_explained_as_it_was_typed_with_its_lists() -> None:
    found = explain("nuvolt @list(hazards)", lists=LISTS, use="watch")
    assert found.query == "(nuvolt AND @list(hazards))"
    assert [one.term for one in found.literals][1:] == [
        '"caught fire"',
        "smoke",
        "burn*",
        "#NuvoltFail",
    ]
