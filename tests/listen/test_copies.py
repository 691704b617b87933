"""Copies: reposts and copy-paste count as spread, other words do not."""

from fenghuo.listen import Copies

FIRST = "My Veyra power bank started to smoke on the train to Munich this morning, be careful!"


def test_the_first_of_its_kind_is_no_copy() -> None:
    assert Copies().find("m1", ("x", "1"), FIRST) == ""


def test_the_same_words_with_another_link_and_handle_are_a_copy() -> None:
    copies = Copies()
    copies.find("m1", ("x", "1"), FIRST)
    assert copies.find("m2", ("x", "2"), f"RT @anna: {FIRST} https://t.example/abc") == "m1"


def test_nearly_the_same_words_are_a_copy() -> None:
    copies = Copies()
    copies.find("m1", ("x", "1"), FIRST)
    assert copies.find("m2", ("bluesky", "9"), FIRST.replace("be careful!", "be careful")) == "m1"


def test_chinese_copy_paste_is_found() -> None:
    copies = Copies()
    text = "今天早上坐火车去慕尼黑,旁边乘客的充电宝突然冒烟,车厢里都是味道,大家小心"
    copies.find("m1", ("weibo", "1"), text)
    assert copies.find("m2", ("weibo", "2"), text + "!") == "m1"


def test_other_words_about_the_same_thing_are_no_copy() -> None:
    copies = Copies()
    copies.find("m1", ("x", "1"), FIRST)
    text = "Smoke from somebody's battery on the Munich train, we all had to get off."
    assert copies.find("m2", ("x", "2"), text) == ""


def test_short_thanks_are_not_copies_of_one_another() -> None:
    copies = Copies()
    copies.find("m1", ("x", "1"), "Thank you!")
    assert copies.find("m2", ("x", "2"), "Thank you!") == ""


def test_a_repost_names_its_original_whatever_its_text() -> None:
    copies = Copies()
    copies.find("m1", ("x", "1"), "Ouch!")
    assert copies.find("m2", ("x", "2"), "Ouch!", repost_of="1") == "m1"


def test_a_copy_of_a_copy_leads_to_the_first() -> None:
    copies = Copies()
    copies.find("m1", ("x", "1"), FIRST)
    copies.find("m2", ("x", "2"), FIRST)
    assert copies.find("m3", ("x", "3"), "so true", repost_of="2") == "m1"
