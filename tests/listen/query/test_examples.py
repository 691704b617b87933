"""The examples of the query language: each query with what it hits and what it does not."""

from typing import Any

import pytest
from listen.query.samples import LISTS, hits, post

from fenghuo.domain.post import Post
from fenghuo.listen.query import Matcher, parse

Sample = str | tuple[str, dict[str, Any]]

EXAMPLES: list[tuple[str, list[Sample], list[Sample]]] = [
    ("nuvolt charger", ["My NUVOLT charger died", "charger by Nuvolt"],
     ["Nuvolt power bank died", "nuvolts charger"]),
    ("battery OR charger fire", ["new battery arrived", "charger caught fire"],
     ["charger works fine", "fire drill today"]),
    ("gap", ["Gap opens a store", "love my #Gap hoodie", "买了gap的外套"],
     ["Singapore trip", "a stopgap fix", "https://gap.com/jeans"]),
    ('"caught fire"', ["it caught fire at night", "CAUGHT… FIRE!!"],
     ["fire was caught on video", "caught on fire"]),
    ('"charger burned"~2', ["the charger suddenly burned", "burned: my new charger"],
     ["the charger that I bought last week burned"]),
    ("(smoke OR fire OR burn*) NEAR/4 (charger OR powerbank)",
     ["smoke came out of the charger", "powerbank burning on my desk"],
     ["fire drill, then lunch with friends, then I bought a charger", "burnout at work"]),
    ("recall NEAR/2f toaster", ["recall of the toaster", "recall: toaster"],
     ["toaster recall announced", "recall of every single kitchen toaster"]),
    ("explod*", ["it exploded", "exploding phones"], ["an explosion was heard", "imploded"]),
    ("*phobic", ["a xenophobic ad", "homophobic joke"], ["a phobia of bats"]),
    ('raw:"H&M"', ["new H&M store"], ["size H, M and L", "h&m sale"]),
    ("cafe naive", ["Café so naïve", "CAFE NAIVE"], ["cafeteria naive"]),
    ("strasse", ["Straße gesperrt", "\uff53\uff54\uff52\uff41\uff53\uff53\uff45"],
     ["Strassen gesperrt"]),
    ("充电宝 (爆炸 OR 起火 OR 冒烟)", ["我的充电宝昨天起火了", "刚买的充电宝冒烟,客服不理"],
     ["充电宝很好用", "手机爆炸了"]),
    ("安克 -安克雷奇", ["安克的充电宝到了", "Nuvolt和安克哪个好"],
     ["安克雷奇今天下雪", "安克雷奇也有安克专柜"]),
    ('"电池 爆炸"~4', ["电池突然爆炸", "爆炸的是电池"],
     ["电池用了三年都很好昨天邻居家煤气爆炸"]),
    ("バッテリー 発火", ["バッテリーが発火した", "発火したバッテリー"], ["バッテリー交換"]),
    ("배터리 폭발", ["배터리가 폭발했다", "폭발한 배터리"], ["배터리 교체", "대폭발 세일 배터리"]),
    ("애플", ["애플이 발표했다", "애플 매장"], ["파인애플 주스"]),
    ("ไฟไหม้ ที่ชาร์จ", ["ที่ชาร์จไฟไหม้เมื่อคืน"], ["ไฟฟ้าดับ ที่ชาร์จใช้ไม่ได้"]),
    ("شاحن احتراق", ["احتراقٌ في شاحن جديد", "احتراق الشاحن"], ["الشاحن جيد"]),
    ("#NuvoltFail OR @NuvoltHelp", ["never again #nuvoltfail", "hey @NuvoltHelp answer me"],
     ["nuvolt fail", "NuvoltFail"]),
    ("nuvolt fail", ["#NuvoltFail again", "Nuvolt: epic fail"], ["#nuvoltfail again"]),
    ("nuvolt (lang:de OR country:(at OR ch)) rating:<=2 type:review",
     [("nuvolt kaputt", {"lang": "de", "rating": 1, "kind": "review"}),
      ("Nuvolt, plus jamais", {"lang": "fr", "country": "ch", "rating": 2, "kind": "review"})],
     [("nuvolt kaputt", {"lang": "de", "rating": 4, "kind": "review"}),
      ("nuvolt broken", {"lang": "en", "country": "us", "rating": 1, "kind": "review"})]),
    ("author:@list(press) nuvolt NOT is:repost",
     [("NUVOLT recalls heaters", {"author": "Reuters"})],
     [("NUVOLT recalls heaters", {"author": "joe"}),
      ("NUVOLT recalls heaters", {"author": "BBCNews", "kind": "repost"})]),
    ("“charger fire” （nuvolt OR 诺伏）", ["nuvolt charger fire", "诺伏 charger fire"],
     ["nuvolt fire charger"]),
    ("🔥 charger", ["charger 🔥🔥", "charger 🔥\ufe0f"], ["charger fire"]),
    ("colo?r", ["colour"], ["color"]),
    ("raw:C++ -job", ["crash in C++ SDK"], ["c++ sdk crash", "crash in C++ job"]),
    ("don't e-bike", ["don’t buy the e bike", "don't: e-bike"], ["do not buy an ebike"]),
    ("nuvolt followers:>=10000 has:video",
     [("nuvolt", {"author": {"followers": 10000}, "media": ("video",)})],
     [("nuvolt", {"author": {"followers": 9999}, "media": ("video",)}),
      ("nuvolt", {"media": ("video",)}),
      ("nuvolt", {"author": {"followers": 10000}, "media": ("image",)})]),
    ("title:nuvolt link:cpsc.gov",
     [("see below", {"title": "Nuvolt recall", "links": ("https://www.cpsc.gov/r/1",)}),
      ("at https://cpsc.gov/x", {"title": "nuvolt"})],
     [("nuvolt", {"title": "recall", "links": ("https://www.cpsc.gov/r/1",)}),
      ("see below", {"title": "Nuvolt recall"})]),
    ("nuvolt @list(hazards)",
     ["my nuvolt caught fire", "nuvolt burning", "nuvolt #nuvoltfail", "smoke from a nuvolt"],
     ["fire caught my nuvolt", "nuvolt smoked"]),
    ("author:joe nuvolt", [("nuvolt", {"author": "Joe"}), ("nuvolt", {"author": {"id": "joe"}})],
     [("nuvolt joe", {})]),
    ("site:bbc.co.uk", [("x", {"url": "https://www.bbc.co.uk/news/1"}),
                        ("x", {"url": "https://news.bbc.co.uk/"})],
     [("bbc.co.uk", {"url": "https://notbbc.co.uk/"}), ("x", {})]),
    ("nuvolt is:(reply OR verified)",
     [("nuvolt", {"in_reply_to": "7"}), ("nuvolt", {"author": {"verified": True}})],
     [("nuvolt", {}), ("nuvolt", {"kind": "quote"})]),
    ("nuvolt engagement:10..20",
     [("nuvolt", {"metrics": {"likes": 5, "reposts": 5}}), ("nuvolt", {"metrics": {"likes": 20}})],
     [("nuvolt", {"metrics": {"likes": 21}}), ("nuvolt", {})]),
    ("nuvolt NEAR/0 charger", ["charger nuvolt", "Nuvolt: charger"], ["nuvolt the charger"]),
]  # fmt: skip


def _post(sample: Sample) -> Post:
    if isinstance(sample, str):
        return post(sample)
    return post(sample[0], **sample[1])


@pytest.mark.parametrize(("query", "yes", "no"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_an_example_hits_what_it_should_and_nothing_else(
    query: str, yes: list[Sample], no: list[Sample]
) -> None:
    assert [sample for sample in yes if not hits(query, _post(sample))] == []
    assert [sample for sample in no if hits(query, _post(sample))] == []


@pytest.mark.parametrize("query", [e[0] for e in EXAMPLES])
def test_an_example_can_be_watched_and_reads_the_same_with_all_brackets(query: str) -> None:
    read = parse(query, lists=LISTS, use="watch")
    assert parse(str(read), lists=LISTS).tree == read.tree


@pytest.mark.parametrize(("query", "yes", "no"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_each_hit_of_an_example_says_what_decided(
    query: str, yes: list[Sample], no: list[Sample]
) -> None:
    matcher = Matcher({"q": parse(query, lists=LISTS)})
    for sample in yes:
        one = _post(sample)
        reasons = matcher.why("q", one)
        assert reasons
        for reason in reasons:
            if reason.field:
                original = one.title if reason.field == "title" else one.text
                assert original[reason.start : reason.end] == reason.words != ""
    assert [sample for sample in no if matcher.why("q", _post(sample))] == []


def test_all_examples_together_match_as_each_alone() -> None:
    together = Matcher({query: parse(query, lists=LISTS) for query, _, _ in EXAMPLES})
    for query, yes, no in EXAMPLES:
        assert all(query in together.match(_post(sample)) for sample in yes)
        assert not any(query in together.match(_post(sample)) for sample in no)


def test_the_bracketed_form_shows_which_operator_binds_tighter() -> None:
    read = parse("a OR b c -d NEAR e")
    assert str(read) == "(a OR (b AND c AND NOT (d NEAR/5 e)))"
    assert str(parse("a ONEAR/3 b NEAR c")) == "((a NEAR/3f b) NEAR/5 c)"
    assert str(parse("(a) AND (b OR (c))")) == "(a AND (b OR c))"
