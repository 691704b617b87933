"""Traps of real text: what looks like a hit and is none, and the other way round."""

import pytest
from listen.query.samples import hits, post

from fenghuo.listen.query import Matcher, parse

HITS = {
    "a brand with its trade mark sign": ("nuvolt", "my Nuvolt™ died"),
    "a brand glued to Chinese": ("nuvolt充电宝", "买了Nuvolt 充电宝"),
    "a brand with a case": ("iphone15", "new iPhone15!"),
    "a tag of another case as one word": ("oneplus", "love #OnePlus"),
    "both words of a camel tag": ("one plus", "love #OnePlus"),
    "a handle as words": ("nuvolt help", "hi @nuvolt_help"),
    "a handle after the dot that shows a reply to all": (
        "@nuvolt",
        ".@NuvoltHelp no, .@nuvolt: yes",
    ),
    "a handle before Chinese without a space": ("@NuvoltHelp", "@NuvoltHelp你好"),
    "a handle on another server": ("@nuvolt@social.example", "hi @nuvolt@social.example!"),
    "the short form of a handle on another server": ("@nuvolt", "hi @nuvolt@social.example!"),
    "a handle with dots": ("@nuvolt.bsky.social", "hi @nuvolt.bsky.social."),
    "a Chinese tag between two signs": ("#诺伏爆炸", "今天 #诺伏爆炸# 上热搜"),
    "a tag after Chinese": ("#nuvolt", "买了#Nuvolt"),
    "a tag after a Thai vowel": ("#nuvolt", "ที่#Nuvolt"),
    "a full-width tag": ("#nuvolt", "\uff03Nuvolt"),
    "a full-width query": ("\uff03nuvolt", "#Nuvolt"),
    "a tag by its beginning": ("#nuvolt*", "#NuvoltFail"),
    "Han across an invisible space": ("充电宝", "充\u200b电宝"),
    "an emoji with another skin": ("👍🏽", "👍"),
    "a family is one emoji": ("👨\u200d👩\u200d👧", "my 👨\u200d👩\u200d👧!"),
    "a flag": ("🇩🇪", "🇩🇪🇫🇷"),
    "small and big letters of Greek": ("οδός", "ΟΔΟΣ"),
    "Arabic with the article and and": ("شاحن", "والشاحن"),
    "Hebrew with points": ("שלום", "שָׁלוֹם"),
    "Cyrillic io": ("елка", "Ёлка"),
    "an apostrophe of another kind": ("don't", "don\u00b4t"),
    "a hyphen that is a dash": ("e-bike", "E\u2011Bike"),
    "raw beside Chinese": ("raw:GAP", "买GAP的"),
    "raw with accents composed or not": ("raw:Café", "Cafe\u0301 noir"),
    "raw symbols only": ('raw:"++"', "a ++ b"),
    "raw symbols in NEAR": ("raw:C++ NEAR/1 crash", "C++ crash"),
    "inner star in Chinese": ("充电*宝", "充电大宝"),
    "question mark in Chinese": ("小米?粥", "小米红粥"),
    "an odd distance in Chinese rounds up": ("电池 NEAR/1 爆炸", "电池又爆炸"),
    "title and text both count": ("nuvolt fire", "fire"),
    "the same word twice": ('"fire fire"~1', "fire and fire"),
    "a phrase over a line end": ('"caught fire"', "caught\nfire"),
    "negation of a group": ("nuvolt -(job OR hiring)", "nuvolt"),
    "nested NEAR": ("(a NEAR/1 b) NEAR/1 c", "a x b y c"),
}
MISSES = {
    "a link with the brand": ("gap", "see gap.com/jeans and http://x.com/gap"),
    "a link with big letters": ("gap", "HTTPS://GAP.COM Www.Gap.Com"),
    "Han across a stop": ("电池", "充电。池塘"),
    "one emoji of a family": ("👨", "my 👨\u200d👩\u200d👧"),
    "Thai with another tone": ("มา", "ม้า"),
    "a Korean word inside another": ("플", "애플"),
    "a short handle": ("@nuvolt", "@nuvolt.bsky.social @nuvolt_help"),
    "an address is no handle": ("@gap", "joe@gap.com"),
    "an address with a dot before its sign is no handle": ("@gap", "joe.@gap.com"),
    "a character reference is no tag": ("#39", "don&#39;t"),
    "a longer tag": ("#nuvolt", "#nuvoltfail"),
    "a word for its tag": ("#nuvolt", "nuvolt"),
    "digits before": ("gap", "15gap"),
    "digits behind": ("gap", "gap15"),
    "a raw word inside another": ("raw:GAP", "GAPS sGAP"),
    "a raw word inside another across an invisible space": ("raw:GAP", "x\u200bGAP"),
    "raw in other letters": ("raw:GAP", "gap"),
    "simplified and traditional": ("充电宝", "充電寶"),
    "a plural": ("charger", "chargers"),
    "other accents in Hindi": ("कल", "काल"),
    "a question mark wants a letter": ("charger?", "charger"),
    "one word for two in NEAR": ("fire NEAR/5 fire", "fire"),
    "one word for two in a loose phrase": ('"fire fire"~3', "fire"),
    "the order of ONEAR": ("b ONEAR/5 a", "a b"),
    "one over the distance": ("a NEAR/1 b", "a x y b"),
    "two words of Chinese are more than one": ("电池 NEAR/1 爆炸", "电池今天又爆炸"),
    "an exclusion in the middle of a word": ("安克 -雷奇", "安克雷奇"),
}


@pytest.mark.parametrize("trap", HITS)
def test_it_hits(trap: str) -> None:
    query, text = HITS[trap]
    title = "nuvolt" if trap.startswith("title") else ""
    assert hits(query, text, title=title)


@pytest.mark.parametrize("trap", MISSES)
def test_it_does_not_hit(trap: str) -> None:
    assert not hits(*MISSES[trap])


def test_a_latin_brand_never_hits_inside_a_longer_word() -> None:
    for text in ("Singapore", "stopgap", "gaps", "agap", "gáp\u0301x", "gapé", "#stopgaps"):
        assert not hits("gap", text)


def test_nothing_stands_beside_something_across_title_and_text() -> None:
    one = post("fire", title="it caught")
    assert not hits('"caught fire"', one)
    assert not hits("caught NEAR/5 fire", one)
    assert hits("caught fire", one)


def test_the_places_of_a_hit_are_those_of_the_post_as_it_was_written() -> None:
    one = post("x\u200b 👍🏽 Ｃａｆé https://a.b/c 充电宝起火了", title="Straße")
    matcher = Matcher({"q": parse("cafe strasse 起火 👍")})
    found = matcher.why("q", one)
    assert [(hit.field, hit.words) for hit in found] == [
        ("title", "Straße"),
        ("text", "👍🏽"),
        ("text", "Ｃａｆé"),
        ("text", "起火"),
    ]
    for hit in found:
        source = one.title if hit.field == "title" else one.text
        assert source[hit.start : hit.end] == hit.words


def test_near_shows_its_two_sides_and_not_what_stands_between() -> None:
    matcher = Matcher({"q": parse("smoke NEAR/4 charger")})
    found = matcher.why("q", post("smoke came out of the charger"))
    assert [hit.words for hit in found] == ["smoke", "charger"]


# Each of these once took the square of its length; at that rate the time limit of a test ends it.
HOSTILE = {
    "a tower of marks": ("nuvolt", "e" + "\u0301" * 300_000 + " nuvolt"),
    "an endless tag": ("nuvolt", "#aB" + "nuvolt" * 100_000 + " nuvolt"),
    "nothing but joiners": ("nuvolt", "\u200d" * 300_000 + " nuvolt"),
    "one word again and again": ("a NEAR/100 a", "a " * 100_000),
}


@pytest.mark.parametrize("trap", HOSTILE)
def test_hostile_text_takes_no_more_than_its_length(trap: str) -> None:
    assert hits(*HOSTILE[trap])
