"""The Situation page says what is true now: harm first, since when, and which way it goes."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from web.house import House

from fenghuo.domain.fact import Fact, Finding
from fenghuo.domain.level import Level
from fenghuo.domain.post import Post, millis
from fenghuo.domain.source import Source
from fenghuo.ports.warn_store import Remembered
from fenghuo.warn import OpenAlert, State, to_bytes

HOUR_MS = 3_600_000
COUNTS = Finding("negative", 90, 0, 6, HOUR_MS)


def now() -> datetime:
    """Asked for in each test: what was read with the file is long past when its turn comes."""
    return datetime.now(UTC)  # noqa: TID251 - intake compares with the real clock


def harm(*words: str) -> Finding:
    return Finding("grave", 1, words=words)


def alarmed(house: House, *alerts: tuple[str, Level, int, Finding, int]) -> None:
    """Open alerts of a watch: story, level, hours since it began, reason, posts."""
    facts, still = [], []
    for n, (story, level, hours, reason, posts) in enumerate(alerts, 1):
        at = millis(now()) - hours * HOUR_MS
        facts.append(
            Fact(n, at, "alert_opened", f"a{n}", story, level, "product", reasons=(reason,),
                 mentions=posts)
        )  # fmt: skip
        still.append(
            OpenAlert(f"a{n}", level, "product", at, at, story, mentions=posts,
                      findings={reason.kind: reason})
        )  # fmt: skip
    state = State(began=millis(now()) - 48 * HOUR_MS, next_fact=len(facts) + 1, alerts=still)
    with house.app.store.transaction() as tx:
        tx.warn.add_facts(house.watch, facts)
        tx.warn.remember(house.watch, Remembered(1, to_bytes(state)))


def heard(house: House, minutes: range, platform: str = "x", country: str = "de") -> None:
    """A post so many minutes ago, each."""
    house.app.listen.accept(
        house.workspace,
        [
            Post(platform=platform, id=f"{platform}{m}", time=now() - timedelta(minutes=m),
                 text=f"veyra says thing {m}", country=country)
            for m in minutes
        ],
    )  # fmt: skip


def page(house: House, path: str = "/", language: str = "en") -> str:
    return house.client(house.owner, fenghuo_language=language).get(path).text


def bare(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def headline(text: str) -> str:
    return bare(text.split('<h1 class="say">')[1].split("</h1>")[0])


def drawn(text: str) -> dict[str, list[object]]:
    block = text.split('id="volume-data">')[1].split("</script>")[0]
    found: dict[str, list[object]] = json.loads(block)
    return found


def test_the_headline_tells_of_the_harm_since_it_began_and_not_of_the_counts(house: House) -> None:
    alarmed(house, ("s1", "orange", 20, harm("fire", "injury"), 971), ("", "red", 10, COUNTS, 900))
    text = page(house)
    assert re.match(r"Fire, injury, since [\d: -]+\.", headline(text))
    assert "Orange since" in text
    assert "Red since" in text
    todo = bare(text.split('box now">')[1].split("</section>")[0])
    assert todo.index("Fire, injury") < todo.index("Suddenly many negative posts")
    assert "971 posts" in todo
    assert re.match(r"[\d: -]+ 起：起火、有人受伤。", headline(page(house, language="zh-CN")))


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (range(1, 60), "Posts are on the rise."),
        (range(61, 119), "Posts are past their peak."),
        (range(1, 119), ""),
    ],
)
def test_which_way_it_goes_is_counted_and_not_remembered(
    house: House, minutes: range, says: str
) -> None:
    alarmed(house, ("", "red", 10, COUNTS, 900))
    heard(house, minutes)
    found = headline(page(house)).partition(". ")[2]
    assert found == says
    assert headline(page(house, "/?span=4w")).partition(". ")[2] == says


def test_the_past_hour_is_the_same_hour_in_every_span(house: House) -> None:
    heard(house, range(5, 55))
    for span in ("12h", "3d", "4w"):
        assert "51 posts in the past hour" in page(house, f"/?span={span}")


def test_every_open_alert_can_be_reached(house: House) -> None:
    alarmed(house, *((f"s{n}", "orange", n, harm("fire"), n) for n in range(1, 6)))
    text = page(house)
    assert text.count(f'href="/alerts/{house.watch}/') == 3
    assert '<a href="/alerts">and 2 more</a>' in text
    listed = page(house, "/alerts")
    assert all(f'href="/alerts/{house.watch}/a{n}"' in listed for n in range(1, 6))


def test_before_the_watch_began_nothing_is_drawn(house: House) -> None:
    alarmed(house)
    heard(house, range(10, 20))
    found = drawn(page(house, "/?span=4w"))
    silent = found["counts"].count(None)
    assert 100 <= silent < len(found["counts"]) == 112
    assert found["counts"][:silent] == found["negative"][:silent] == [None] * silent
    assert found["usual"][:silent] == [None] * silent
    assert sum(count or 0 for count in found["counts"] if isinstance(count, int)) == 11
    assert found["words"]["unheard"] == "not listened yet"  # type: ignore[call-overload]  # a dict


def test_a_market_or_a_platform_is_a_curve_of_its_own(house: House) -> None:
    heard(house, range(5, 15), "x", "de")
    heard(house, range(15, 20), "reddit", "fr")
    whole = page(house)
    assert "/?watch=" in whole
    sums = {}
    for asked in ("market=de", "market=fr", "platform=reddit", "market=de&platform=reddit"):
        text = page(house, f"/?{asked}")
        sums[asked] = sum(n for n in drawn(text)["counts"] if isinstance(n, int))
        assert set(drawn(text)["usual"]) == {None}
        assert "Only" in text
    assert list(sums.values()) == [10, 5, 5, 0]
    assert "Only" not in whole
    assert re.search(r"DE <small>62 %</small></span><b>10</b>", whole)


def test_an_alert_of_sources_is_no_everyday_talk_and_says_what_each_source_has(
    house: House,
) -> None:
    alarmed(house, ("sources", "yellow", 2, Finding("silent", 1, words=("Forum", "Gone")), 0))
    save = house.app.sources.save
    save(Source("f1", house.workspace, "feed", "Forum", {"url": "https://forum.example/feed"}))
    for path in ("/", "/alerts", f"/alerts/{house.watch}/a1"):
        text = page(house, path)
        assert "a source fails" in text, path
        assert "Everyday" not in bare(text.split("<main")[1]), path
    one = bare(page(house, f"/alerts/{house.watch}/a1"))
    assert "Forum : has brought nothing yet" in one
    assert "Gone : heard again, or removed since" in one


def test_what_happened_to_an_alert_stands_in_the_order_in_which_it_was_said(house: House) -> None:
    alarmed(house, ("s1", "orange", 20, harm("fire"), 1))
    later = [
        Fact(2, millis(now()) - HOUR_MS, "alert_updated", "a1", "s1", "orange", mentions=22),
        # Of an older version: at the time of a post that came late.
        Fact(3, millis(now()) - 9 * HOUR_MS, "alert_raised", "a1", "s1", "red", mentions=33),
    ]
    with house.app.store.transaction() as tx:
        tx.warn.add_facts(house.watch, later)
    text = page(house, f"/alerts/{house.watch}/a1")
    told = bare(text.split("What happened")[1].split("</section>")[0])
    assert told.index("opened") < told.index("updated") < told.index("raised")
