"""The demo crisis: what its story promises, and that nothing in it is real or trained on."""

import re
import tomllib
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fenghuo.domain.errors import BadInput
from fenghuo.domain.market import check_markets
from fenghuo.domain.post import PRIVATE_KINDS, Post
from fenghuo.domain.watch import Watch
from fenghuo.i18n import LANGUAGES, explain
from fenghuo.listen import Matcher, parse
from fenghuo.prepare.demo import first_day, known_events, outbreak, story
from fenghuo.prepare.demo_script import SLOT, Script, script_of

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "src" / "fenghuo" / "data" / "demo"
START = datetime(2031, 3, 3, 5, 20, tzinfo=UTC)
PARTS = {f.stem: f.read_bytes() for f in sorted(DEMO.glob("*.toml")) if f.stem != "watch"}
SPOKEN_EVERY_DAY = ("de", "en", "es", "fr", "ja", "zh")

GRAVE = {
    "de": r"feuer|\bbrand(?!s)|brenn|flamme|\brauch|qualm|explo|verletz|verbrann|kranken|notauf",
    "en": r"\bfire|flame|smok|burn|explo|injur|hurt|hospital|emergency|recall|warning|\bdead\b",
    "es": r"fuego|incend|llama[sr]?\b|humo|quem|explo|herid|hospital|urgencias|peligr",
    "fr": r"\bfeu\b|incend|flamme|fumée|brûl|explo|bless|hôpital|urgences|danger",
    "ja": r"火|炎|煙|燃|焦げ|爆発|けが|怪我|やけど|病院|危険|リコール",
    "zh": r"火(?!车|爆)|烟|燃|烧|爆炸|伤|医院|召回|危险",
    "it": r"fuoco|incend|fiamme|fumo|brucia|ustion",
    "pt": r"fogo|incênd|chamas|fumaça|queima",
    "ko": r"불이|불꽃|화재|연기|폭발|화상|타는 냄새|타버",
}
"""Words of fire, injury, hospital and warning; "Brands", a train and "hot" are not among them."""

REAL_BRANDS = (
    "anker|ecoflow|jackery|bluetti|xiaomi|huawei|baseus|ugreen|romoss|belkin|mophie|samsung|sony|"
    "apple|iphone|amazon|aliexpress|temu|shein|deutsche bahn|sncf|renfe|tiktok|小米|华为|安克"
)


@pytest.fixture(scope="module")
def script() -> Script:
    return script_of(*PARTS.values())


@pytest.fixture(scope="module")
def posts(script: Script) -> list[Post]:
    return story(script, START, np.random.default_rng(1))


@pytest.fixture(scope="module")
def breaks_out(script: Script) -> datetime:
    return outbreak(script, START)


def test_its_markets_are_markets_as_a_watch_file_takes_them(posts: list[Post]) -> None:
    watch = msgspec.convert(tomllib.loads((DEMO / "watch.toml").read_text("utf8")), Watch)
    assert check_markets(watch.markets) == watch.markets
    assert check_markets({post.country for post in posts} - {""})


def pools(script: Script, topics: set[str]) -> list[tuple[str, str]]:
    """Language and sentence of every pool that these topics draw from."""
    return [
        (language, sentence)
        for language, words in script.languages.items()
        for pool, sentences in words.texts.items()
        for sentence in sentences
        if pool in topics | {script.topics[topic].more for topic in topics}
    ]


def everyday(script: Script) -> set[str]:
    return {each.topic for each in script.everyday}


def normalised(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\W+", " ", folded).strip()


# The story


def test_the_same_seed_tells_the_same_story_and_another_seed_another(script: Script) -> None:
    one, two, other = (story(script, START, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert one == two
    assert one != other


def test_the_story_has_fifteen_to_twenty_five_hundred_posts(script: Script) -> None:
    for seed in range(4):
        assert 1500 <= len(story(script, START, np.random.default_rng(seed))) <= 2600


def test_posts_come_in_the_order_of_aware_times_and_every_id_is_unique(posts: list[Post]) -> None:
    assert all(post.time.utcoffset() == timedelta(0) for post in posts)
    assert [post.time for post in posts] == sorted(post.time for post in posts)
    assert len({(post.platform, post.id) for post in posts}) == len(posts)


def test_day_one_is_the_first_whole_day_in_shenzhen_and_every_post_lies_within_the_story(
    script: Script, posts: list[Post]
) -> None:
    day_1 = first_day(script, START).astimezone(ZoneInfo("Asia/Shanghai"))
    assert (day_1.hour, day_1.minute) == (0, 0)
    assert timedelta(0) <= day_1 - START < timedelta(days=1)
    assert posts[0].time >= day_1
    assert posts[-1].time < day_1 + timedelta(days=script.days)


@given(days=st.integers(0, 9000), minutes=st.integers(0, 1439), hours=st.integers(-12, 14))
@settings(max_examples=50, deadline=None)
def test_the_outbreak_is_at_fourteen_past_two_in_shenzhen_on_day_fifteen_whatever_the_start(
    days: int, minutes: int, hours: int
) -> None:
    script = script_of(*PARTS.values())
    at = (START + timedelta(days=days, minutes=minutes)).astimezone(ZoneInfo(f"Etc/GMT{-hours:+d}"))
    local = outbreak(script, at).astimezone(ZoneInfo("Asia/Shanghai"))
    assert (local.hour, local.minute) == (2, 14)
    assert timedelta(days=14) <= local - at < timedelta(days=16)


def test_the_first_grave_post_comes_at_the_scripted_minute_and_is_german(
    posts: list[Post], breaks_out: datetime
) -> None:
    (first,) = [post for post in posts if post.time == breaks_out and "RE 47" in post.text]
    assert re.search(GRAVE["de"], first.text.casefold())
    assert not [post for post in posts if post.time < breaks_out and "RE 47" in post.text]


def test_two_quiet_weeks_have_twenty_five_to_forty_five_posts_a_day_but_for_the_launch(
    script: Script, posts: list[Post], breaks_out: datetime
) -> None:
    day_1 = first_day(script, START)
    days = Counter((p.time - day_1) // timedelta(days=1) + 1 for p in posts if p.time < breaks_out)
    (event,) = script.events
    launch = range(event.day, event.day + 3)
    plain = [days[day] for day in range(1, 15) if day not in launch]
    assert 25 <= np.mean(plain) <= 45
    assert min(plain) >= 12
    assert np.mean([days[day] for day in launch]) > np.mean(plain) + 6


def test_the_launch_is_an_event_that_the_team_could_enter(script: Script) -> None:
    (event,) = known_events(script, START)
    assert first_day(script, START) < event.start < event.end < outbreak(script, START)


def test_the_crisis_swells_for_six_hours_to_two_hundred_an_hour_and_fades_over_two_days(
    posts: list[Post], breaks_out: datetime
) -> None:
    hours = Counter(int((p.time - breaks_out) / timedelta(hours=1)) for p in posts)
    first, peak = hours[0], max(hours[hour] for hour in range(4, 8))
    assert first < 20
    assert hours[2] > 2 * first
    assert peak > 180
    assert max(hours.values()) == peak
    assert sum(hours[hour] for hour in range(24, 30)) < peak
    assert sum(hours[hour] for hour in range(42, 48)) < 0.5 * peak


def test_the_crisis_wanders_from_german_to_english_to_spanish_to_japanese(
    script: Script, posts: list[Post], breaks_out: datetime
) -> None:
    starts = {moment.name: moment.at for moment in script.moments}
    order = ["first", "english", "spanish", "japanese", "french", "chinese"]
    assert [starts[name] for name in order] == sorted(starts[name] for name in order)
    words = ("RE 47", "caught fire", "se incendió", "発火", "a pris feu")
    told = [post for post in posts if post.time >= breaks_out]
    firsts = [min(post.time for post in told if word in post.text) for word in words]
    assert firsts == sorted(firsts)


def test_people_sleep_at_night_where_they_live(posts: list[Post], breaks_out: datetime) -> None:
    quiet = [post for post in posts if post.time < breaks_out]
    for country, zone in {
        "de": "Europe/Berlin",
        "us": "America/New_York",
        "jp": "Asia/Tokyo",
    }.items():
        hours = [p.time.astimezone(ZoneInfo(zone)).hour for p in quiet if p.country == country]
        night = sum(1 <= hour < 6 for hour in hours) / len(hours)
        evening = sum(17 <= hour < 22 for hour in hours) / len(hours)
        assert night < 0.15 < evening


# Who says what


def test_at_least_five_languages_speak_every_day_and_nine_in_the_crisis(script: Script) -> None:
    assert {language for m in script.markets for language in m.languages} == set(SPOKEN_EVERY_DAY)
    assert len({wave.language for wave in script.waves}) == 9


def test_two_hundred_and_fifty_sentences_were_written_by_hand(script: Script) -> None:
    sentences = pools(script, set(script.topics))
    assert len({sentence for _, sentence in sentences}) == len(sentences) >= 250


def test_few_posts_say_what_another_said_but_reposts_and_copies_do(posts: list[Post]) -> None:
    moments = [post for post in posts if any(p.repost_of == post.id for p in posts)]
    own = [p for p in posts if not p.repost_of and not any(m.text in p.text for m in moments)]
    assert len({post.text for post in own}) > 0.9 * len(own)
    by_id = {(post.platform, post.id): post for post in posts}
    reposts = [post for post in posts if post.kind == "repost"]
    assert len(reposts) > 200
    for post in reposts:
        original = by_id[post.platform, post.repost_of]
        assert (original.text, original.time < post.time) == (post.text, True)
    copied = [p for m in moments for p in posts if not p.repost_of and m.text in p.text and p != m]
    assert len(copied) > 60


def test_a_reply_answers_an_earlier_post_of_its_platform(posts: list[Post]) -> None:
    by_id = {(post.platform, post.id): post for post in posts}
    replies = [post for post in posts if post.in_reply_to]
    assert len(replies) > 30
    assert all(by_id[p.platform, p.in_reply_to].time < p.time for p in replies)


def test_private_tickets_come_in_quiet_days_and_in_the_crisis(
    posts: list[Post], breaks_out: datetime
) -> None:
    private = [post for post in posts if post.private]
    assert {post.kind for post in private} == PRIVATE_KINDS
    assert all(post.platform == "helpdesk" for post in private)
    assert {post.time < breaks_out for post in private} == {True, False}


def test_stars_are_mostly_four_and_five_in_quiet_days(
    posts: list[Post], breaks_out: datetime
) -> None:
    quiet = [p.rating for p in posts if p.rating is not None and p.time < breaks_out]
    assert sum(rating >= 4 for rating in quiet) > 0.6 * len(quiet)
    assert {2.0, 3.0} & set(quiet)
    assert {1.0} <= {p.rating for p in posts if p.rating is not None and p.time > breaks_out}


def test_most_authors_have_few_followers_and_a_few_have_very_many(posts: list[Post]) -> None:
    counts = [p.author.followers for p in posts if p.author.followers is not None]
    assert np.median(counts) < 200
    assert max(counts) > 20_000


def test_the_watch_hits_nearly_every_post_of_each_language(script: Script) -> None:
    table = tomllib.loads((DEMO / "watch.toml").read_text("utf8"))
    watch = msgspec.convert(table, Watch)
    assert watch.brand == script.brand
    matcher = Matcher({"own": parse(watch.query, use="watch")})
    told = story(script, START, np.random.default_rng(2))
    missed = [post for post in told if not matcher.match(post)]
    assert len(missed) < 0.03 * len(told)
    assert all("Solvane" in post.words for post in missed)


# Grave words


def test_no_harmless_sentence_of_everyday_life_has_a_grave_word(script: Script) -> None:
    figurative = {name for name, topic in script.topics.items() if topic.figurative}
    for language, sentence in pools(script, everyday(script) - figurative):
        found = re.search(GRAVE[language], SLOT.sub("", sentence.casefold()))
        assert not found, f"{language}: {sentence}"


def test_grave_words_in_a_harmless_sense_are_there_too(script: Script) -> None:
    figurative = {name for name, topic in script.topics.items() if topic.figurative}
    told = pools(script, figurative)
    grave = {language for language, text in told if re.search(GRAVE[language], text.casefold())}
    assert figurative <= everyday(script)
    assert len(grave) >= 5


@pytest.mark.parametrize("language", sorted(GRAVE))
def test_most_alarmed_sentences_name_the_harm_in_plain_words(script: Script, language: str) -> None:
    sentences = script.languages[language].texts["alarm"]
    grave = [text for text in sentences if re.search(GRAVE[language], text.casefold())]
    assert len(grave) >= 0.8 * len(sentences)


# Nothing real, nothing trained on


def test_every_address_lies_on_a_host_that_cannot_exist(posts: list[Post]) -> None:
    hosts = [urlsplit(url).hostname or "" for p in posts for url in (p.url, *p.links)]
    assert all(host.endswith(".example") for host in hosts)


def test_no_real_brand_is_named(posts: list[Post]) -> None:
    for post in posts:
        found = re.search(rf"(?<!\w)(?:{REAL_BRANDS})(?!\w)", post.words.casefold())
        assert not found, post.words


def test_no_demo_text_stands_in_a_training_set(script: Script, posts: list[Post]) -> None:
    folders = (ROOT / "models" / "texts", ROOT / "src" / "fenghuo" / "data" / "heads")
    files = [file for folder in folders for file in folder.glob("*.jsonl")]
    if not files:
        pytest.skip("No training texts are here to compare with.")
    learnt = {
        normalised(msgspec.json.decode(line)["text"])
        for file in files
        for line in file.read_bytes().splitlines()
        if line.strip()
    }
    sentences = [SLOT.sub("", sentence) for _, sentence in pools(script, set(script.topics))]
    told = {normalised(text) for text in [*sentences, *(post.text for post in posts)]}
    assert not told & learnt


# Bad scripts


def broken(old: str, new: str, part: str = "story") -> list[bytes]:
    text = PARTS[part].decode()
    assert old in text
    return [
        text.replace(old, new, 1).encode() if name == part else data for name, data in PARTS.items()
    ]


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ([b"brand = "], "demo.script_unreadable"),
        ([b"\xff\xfe"], "demo.script_unreadable"),
        ([b'brand = "Veyra"'], "demo.script_wrong"),
        (broken("a_day = 5.5", "a_week = 5.5"), "demo.script_wrong"),
        (broken("0.35, 0.18", "0.35, 0.0"), "demo.rhythm_wrong"),
        (broken("days_of_week = [0.95, ", "days_of_week = ["), "demo.rhythm_wrong"),
        (broken("Europe/Berlin", "Europe/Neuwerra"), "demo.zone_unknown"),
        (broken("days = [5, 7]", "days = [5, 70]"), "demo.day_outside"),
        (broken('answers = "first"', 'answers = "nobody"'), "demo.name_unknown"),
        (broken('answers = "first"', 'answers = "railway"'), "demo.name_unknown"),
        (broken('of = "first"', 'of = "nobody"'), "demo.name_unknown"),
        (broken('topic = "praise"', 'topic = "prayer"'), "demo.name_unknown"),
        (broken("mx = 0.25", "xx = 0.25"), "demo.name_unknown"),
        (broken("smalltalk = [", "small = [", "fr"), "demo.texts_missing"),
        (broken("pasted = [", "copied = [", "ja"), "demo.texts_missing"),
        (broken("{thing}", "{thingy}", "es"), "demo.slot_unknown"),
    ],
)
def test_a_broken_script_is_refused_with_the_place(parts: list[bytes], key: str) -> None:
    with pytest.raises(BadInput) as refused:
        script_of(*parts)
    assert refused.value.key == key
    assert all(explain(refused.value, language) for language in LANGUAGES)


def test_a_script_may_come_in_one_piece_or_in_many_and_in_any_order(script: Script) -> None:
    assert script_of(*reversed(PARTS.values())) == script
