"""Which language is a post in? Script rules first, then function words, then a classifier."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

Classify = Callable[[str], tuple[str, float]]
"""(text) -> (language code, probability)."""

LANGUAGES = (
    "af", "am", "ar", "az", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es",
    "et", "eu", "fa", "fi", "fr", "ga", "gl", "gu", "ha", "he", "hi", "hr", "hu", "hy",
    "id", "ig", "is", "it", "ja", "ka", "kk", "km", "kn", "ko", "lo", "lt", "lv", "mk", "ml",
    "mn", "mr", "ms", "my", "ne", "nl", "no", "pa", "pcm", "pl", "pt", "ro", "ru", "rw", "si",
    "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "uz", "vi",
    "wuu", "yo", "yue", "zh", "zu",
)  # fmt: skip
"""What the classifier may answer. Unrestricted it finds rare languages in short slang."""

FOLD = {"wuu": "zh", "yue": "zh", "nb": "no", "nn": "no"}
UNKNOWN = "und"
SURE = 0.99
ENOUGH = 0.6
"""Below this the classifier's word yields to the platform's own tag."""
SHORT, GUESSED = 15, 0.3
"""Of a word or two (so many characters) the classifier's word counts only from this probability
on: below it "hola" is Zulu and "merci" Polish. Of longer texts a doubtful word stays, and its p."""

_NOISE = re.compile(r"https?\S*|www\.\S+|[@#]\w+|\bRT\b|[\d_]+", re.IGNORECASE)
_SCRIPTS = re.compile(
    "(?P<kana>[\u3041-\u30ff\u31f0-\u31ff])|(?P<han>[\u3400-\u9fff\uf900-\ufaff])|"
    "(?P<hangul>[\u1100-\u11ff\uac00-\ud7af])|(?P<thai>[\u0e01-\u0e4d])|"
    "(?P<arabic>[\u0620-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc])|"
    "(?P<devanagari>[\u0900-\u0963])|(?P<cyrillic>[\u0400-\u052f])|(?P<ethiopic>[\u1200-\u137f])|"
    "(?P<greek>[\u0370-\u03ff])|(?P<hebrew>[\u05d0-\u05ea])|(?P<bengali>[\u0980-\u09ff])|"
    "(?P<tamil>[\u0b80-\u0bff])|(?P<telugu>[\u0c00-\u0c7f])|(?P<latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff])"
)
_OF_SCRIPT = {
    "hangul": "ko", "thai": "th", "ethiopic": "am", "greek": "el", "hebrew": "he",
    "bengali": "bn", "tamil": "ta", "telugu": "te",
}  # fmt: skip
_URDU = re.compile("[\u0679\u0688\u0691\u06ba\u06d2\u06c1\u06be]")
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc]")

_PIDGIN = (
    "dey wey una abeg dem don wetin sef oga fit pipo tok sey naija wan bin comot wia dia nna ehn "
    "omo wahala pikin sabi nor neva beta abi shey haba kpai"
)
_HINDI_IN_LATIN = (
    "hai nahi nahin kya bhai mein mai ka ki ke ko tha thi aur kar raha rahe rahi se hain bhi toh "
    "yeh woh aap tum mera meri mere apne apna kuch sab hum karo jai ye hi hota hoga gaya kiya liye "
    "kaise abhi koi na sirf unke unka usse iske iska"
)
FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    "pcm": frozenset(_PIDGIN.split()),
    "hi": frozenset(_HINDI_IN_LATIN.split()),
}
"""Function words of languages that the classifier takes for another one (mostly English)."""


class Language(NamedTuple):
    """A language code and its probability 0..1.

    "und", with 0, when there is nothing to judge, or too little to tell.
    """

    code: str
    p: float


def speech(text: str) -> str:
    """The text without links, handles, hashtags and digits: what a person said."""
    return _NOISE.sub(" ", text)


def identify(text: str, classify: Classify, tag: str = "") -> Language:
    """The language of a text; `tag` is what the platform said, believed only in doubt.

    1. cut links, handles, hashtags (the words of a hashtag count when nothing else is left);
    2. a script that one language owns decides;
    3. function words decide between languages that look alike;
    4. else the classifier.
    """
    said = speech(text)
    counts = _scripts(said)
    if not counts:
        said = speech(text.replace("#", " "))
        counts = _scripts(said)
    if not counts:
        return Language(tag or UNKNOWN, 0.0)
    owner = _by_script(said, counts) or _by_words(said)
    if owner:
        return Language(owner, SURE if owner in _CERTAIN else 0.9)
    code, p = classify(said)
    code = FOLD.get(code, code)
    if p < ENOUGH and tag in LANGUAGES:
        return Language(tag, ENOUGH)
    if p < GUESSED and len(said.strip()) <= SHORT:
        return Language(UNKNOWN, 0.0)
    return Language(code, round(p, 4))


_CERTAIN = frozenset({*_OF_SCRIPT.values(), "ja", "zh"})


def _scripts(text: str) -> dict[str, int]:
    if text.isascii():  # the commonest case needs no look at each letter
        return {"latin": len(text)} if any(map(str.isalpha, text)) else {}
    counts: dict[str, int] = {}
    for match in _SCRIPTS.finditer(text):
        name = match.lastgroup or ""
        counts[name] = counts.get(name, 0) + 1
    return counts


def _by_script(text: str, counts: Mapping[str, int]) -> str:
    kana, han = counts.get("kana", 0), counts.get("han", 0)
    latin = counts.get("latin", 0)
    # A Han or kana character says about as much as three Latin letters.
    if 3 * (kana + han) >= latin and kana + han:
        # One の in a Chinese brand name does not make a text Japanese.
        return "ja" if kana >= 2 and kana * 10 >= han else "zh"
    script = max(counts, key=counts.__getitem__)
    if script in _OF_SCRIPT:
        return _OF_SCRIPT[script]
    if script == "arabic":
        return _arabic(text)
    if script == "devanagari":
        return "hi" if "ळ" not in text and "आहे" not in text else "mr"
    return ""


def _arabic(text: str) -> str:
    if len(_URDU.findall(text)) >= 2:
        return "ur"
    persian = len(_PERSIAN.findall(text))
    return "fa" if persian >= 3 and persian * 14 >= len(text) else "ar"


def _by_words(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    for code, known in FUNCTION_WORDS.items():
        hits = sum(word in known for word in words)
        distinct = len(known.intersection(words))
        if distinct >= 2 and hits * 7 >= len(words):
            return code
    return ""
