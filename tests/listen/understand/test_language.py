"""Script rules, function words, the classifier and the platform's own tag."""

import pytest

from fenghuo.inference.langid import Langid
from fenghuo.listen.understand.language import LANGUAGES, UNKNOWN, Language, identify


@pytest.fixture(scope="session")
def langid() -> Langid:
    return Langid(LANGUAGES)


def never(text: str) -> tuple[str, float]:
    """A classifier that must not be asked."""
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("垃圾客服，等了两个小时", "zh"),
        ("這台吸塵器根本瑕疵品", "zh"),
        ("充電したら煙が出た", "ja"),
        ("배터리가 폭발했어요", "ko"),
        ("แบตระเบิด", "th"),
        ("إن الشاحن احترق", "ar"),
        ("चार्जर में आग लग गई", "hi"),
        ("የግል ዩኒቨርስቲ", "am"),
        ("yeh phone bahut accha hai bhai", "hi"),
        ("abeg wetin una dey do with my money", "pcm"),
    ],
)
def test_a_script_or_function_words_decide_without_the_classifier(text: str, code: str) -> None:
    assert identify(text, never).code == code


def test_one_japanese_letter_in_a_chinese_brand_name_does_not_make_a_text_japanese() -> None:
    assert identify("优の良品的客服一直没有回复我的退款申请", never).code == "zh"


@pytest.mark.parametrize("dialect", ["wuu", "yue"])
def test_chinese_dialects_are_folded_into_chinese(dialect: str) -> None:
    assert identify("Latin only", lambda _: (dialect, 0.9)).code == "zh"


def test_links_handles_and_hashtags_are_not_shown_to_the_classifier() -> None:
    seen: list[str] = []

    def classify(text: str) -> tuple[str, float]:
        seen.append(text)
        return "de", 0.9

    identify("@Brand #heute kaputt https://example.org/the/best", classify)
    assert seen[0].split() == ["kaputt"]


def test_a_post_of_nothing_but_a_hashtag_is_judged_by_its_letters() -> None:
    assert identify("#wunderbar", lambda _: ("de", 0.9)).code == "de"


def test_a_doubtful_answer_yields_to_the_tag_of_the_platform() -> None:
    assert identify("lol ok", lambda _: ("cy", 0.3), "en") == Language("en", 0.6)


@pytest.mark.parametrize("text", ["hola", "ok", "danke!", "merci", "hello", "thanks"])
def test_a_word_or_two_that_could_be_anything_are_of_unclear_language(
    text: str, langid: Langid
) -> None:
    assert identify(text, langid) == Language(UNKNOWN, 0.0)
    assert identify(text, langid, "es") == Language("es", 0.6)


@pytest.mark.parametrize(
    ("text", "code"), [("muy bueno", "es"), ("schlecht", "de"), ("caught fire", "en")]
)
def test_a_word_or_two_that_tell_their_language_have_it(
    text: str, code: str, langid: Langid
) -> None:
    assert identify(text, langid).code == code


def test_of_a_longer_text_the_doubtful_word_stays() -> None:
    assert identify("no idea what this is", lambda _: ("en", 0.2)) == Language("en", 0.2)


def test_a_sure_answer_does_not_yield_to_the_tag_of_the_platform() -> None:
    assert identify("Das ist kaputt", lambda _: ("de", 0.95), "en").code == "de"


def test_a_post_without_letters_is_of_unknown_language() -> None:
    assert identify("😡😡 12345 https://t.co/x", never) == Language(UNKNOWN, 0.0)


def test_the_real_classifier_tells_close_european_languages_apart(langid: Langid) -> None:
    assert identify("Seit drei Wochen warte ich auf mein Geld zurück", langid).code == "de"
    assert identify("Mijn pakket is kwijt en niemand reageert op mijn mails", langid).code == "nl"
    assert identify("Рейс отменили, никто ничего не объясняет", langid).code == "ru"


def test_two_classifiers_do_not_share_their_languages() -> None:
    narrow = Langid(["en", "fr"])
    wide = Langid(["en", "fr", "de"])
    assert narrow("Das ist ein ganz normaler deutscher Satz")[0] in {"en", "fr"}
    assert wide("Das ist ein ganz normaler deutscher Satz")[0] == "de"
