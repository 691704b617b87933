"""The list of stories: what it tells of each, what it narrows by, in which order and pages."""

import re

import pytest
from msgspec.structs import replace
from storage.rows import MINUTE, mention, post, understanding
from web.house import House

from fenghuo.domain.fact import Fact
from fenghuo.domain.level import Level
from fenghuo.domain.post import millis
from fenghuo.domain.watch import Watch
from fenghuo.listen import Story
from fenghuo.ports.warn_store import Remembered
from fenghuo.warn import OpenAlert, State, to_bytes

HOUR = 60 * MINUTE


def now(house: House) -> int:
    return millis(house.app.clock.now(house.workspace))


def lived(house: House, watch: str, stories: list[tuple[Story, str, Level]]) -> None:
    """A watch with these open stories, each with its type and the level of its alert."""
    facts: list[Fact] = []
    alerts = []
    for story, kind, level in stories:
        story.kind = kind
        told = {"story": story.id, "type": kind, "mentions": story.mentions}
        seq = len(facts) + 1
        facts.append(
            Fact(seq, story.first, "story_opened", examples=tuple(story.examples), **told)  # type: ignore[arg-type]  # texts and numbers
        )
        if level != "calm":
            alert = f"a{seq}"
            facts.append(Fact(seq + 1, story.last, "alert_opened", alert, story.id, level, kind))
            alerts.append(OpenAlert(alert, level, kind, story.first, story.last, story.id))
    state = State(
        next_fact=len(facts) + 1, alerts=alerts, stories=[story for story, _, _ in stories]
    )
    with house.app.store.transaction() as tx:
        tx.warn.add_facts(watch, facts)
        tx.warn.remember(watch, Remembered(1, to_bytes(state)))


def story(house: House, name: str, mentions: int, *, first: int, last: int) -> Story:
    """A story told of; `first` and `last` in hours before now."""
    return Story(
        name, bytes(512), now(house) - first * HOUR, now(house) - last * HOUR, mentions=mentions,
        copies=mentions // 3, langs={"de": 5, "zh": 2}, platforms={"x": 4, "reddit": 9},
        told=mentions,
    )  # fmt: skip


def shown(text: str) -> list[str]:
    return re.findall(r'href="/stories/[^/"]+/(\w+)"', text)


@pytest.fixture
def told(house: House) -> House:
    """Three stories of one brand and one of another."""
    other = house.app.listen.watch(house.workspace, Watch("Lumora", "lumora")).id
    lived(
        house,
        house.watch,
        [
            (story(house, "s1", 30, first=50, last=40), "product", "calm"),
            (story(house, "s2", 9, first=3, last=2), "breach", "orange"),
            (story(house, "s3", 12, first=2, last=1), "none", "calm"),
        ],
    )
    lived(house, other, [(story(house, "s9", 20, first=60, last=0), "product", "blue")])
    return house


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("", ["s2", "s9", "s1", "s3"]),
        ("?sort=biggest", ["s1", "s9", "s3", "s2"]),
        ("?sort=latest", ["s9", "s3", "s2", "s1"]),
        ("?sort=newest", ["s3", "s2", "s1", "s9"]),
        ("?sort=sideways", ["s2", "s9", "s1", "s3"]),
        ("?watch={watch}", ["s2", "s1", "s3"]),
        ("?crisis=product", ["s9", "s1"]),
        ("?since=12h", ["s2", "s9", "s3"]),
        ("?since=12h&crisis=breach&sort=latest", ["s2"]),
        ("?crisis=regulation", []),
        ("?page=2", []),
    ],
)
def test_stories_are_narrowed_and_ordered_by_the_address(
    told: House, asked: str, wanted: list[str]
) -> None:
    text = told.client(told.owner).get("/stories" + asked.format(watch=told.watch)).text
    assert shown(text) == wanted


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_story_is_told_with_its_level_type_counts_languages_and_platforms(
    told: House, language: str
) -> None:
    client = told.client(told.owner, fenghuo_language=language)
    text = client.get("/stories?crisis=breach").text
    row = re.sub(r"<[^>]+>", " ", text.split("<tbody>")[1].split("</tbody>")[0])
    named = ("橙色 · II 级", "数据泄露") if language == "zh-CN" else ("Orange · II", "Data breach")
    german, chinese = ("德语", "中文") if language == "zh-CN" else ("German", "Chinese")
    for part in (*named, "Veyra", "9", "3", german, chinese, "reddit"):
        assert part in row
    assert row.index(german) < row.index(chinese)
    assert row.index("reddit") < row.index("x ")


def test_the_words_of_an_example_stand_for_the_story(house: House) -> None:
    made = mention(post("p1"), house.watch, house.workspace)
    with house.app.store.transaction() as tx:
        tx.listen.add_mentions([made], ["veyra"])
        tx.listen.save_understanding(made.id, understanding(lang="zh"))
    one = story(house, "s1", 4, first=2, last=1)
    one.examples = [made.id]
    lived(house, house.watch, [(one, "product", "calm")])
    text = house.client(house.owner).get("/stories").text
    assert re.search(r'<b lang="zh" dir="auto">A title\s+水壶 p1 caught fire</b>', text)


def kept(house: House, *words: str, lang: str = "de", kind: str = "product") -> list[str]:
    """Posts of these words; the ids of their mentions."""
    posts = [replace(post(f"k{n}"), title="", text=text) for n, text in enumerate(words)]
    made = [mention(one, house.watch, house.workspace) for one in posts]
    meant = replace(understanding(lang=lang), crisis_type={kind: 1.0})
    with house.app.store.transaction() as tx:
        tx.listen.add_mentions(made, ["veyra"] * len(made))
        for one in made:
            tx.listen.save_understanding(one.id, meant)
    return [one.id for one in made]


@pytest.mark.parametrize("path", ["/", "/stories"])
def test_a_story_of_copies_alone_is_named_by_the_words_of_any_of_them(
    house: House, path: str
) -> None:
    (copy,) = kept(house, "Die Veyra brennt")
    lived(house, house.watch, [(story(house, "s1", 4, first=2, last=1), "product", "calm")])
    with house.app.store.transaction() as tx:
        tx.warn.join(house.watch, [(copy, "s1")])
    assert re.search(r"<b[^>]*>Die Veyra brennt</b>", house.client(house.owner).get(path).text)


@pytest.mark.parametrize("path", ["/", "/stories"])
def test_no_row_is_an_empty_link_even_without_any_words(house: House, path: str) -> None:
    (bare,) = kept(house, " ")
    lived(house, house.watch, [(story(house, "s1", 4, first=2, last=1), "product", "calm")])
    client = house.client(house.owner, fenghuo_language="en")
    unlinked = client.get(path).text
    with house.app.store.transaction() as tx:
        tx.warn.join(house.watch, [(bare, "s1")])
    for text, where in ((unlinked, "s1"), (client.get(path).text, "x")):
        assert re.search(rf"<b>Product quality and safety · {where} · [-\d: ]+</b>", text)


@pytest.mark.parametrize("path", ["/", "/stories"])
def test_who_cannot_read_the_words_of_a_story_sees_its_cues_and_its_language(
    house: House, path: str
) -> None:
    one = story(house, "s1", 40, first=2, last=1)
    one.examples = kept(house, "Die Veyra brennt")
    one.cues = {"injury": 30, "fire": 35, "death": 1}
    lived(house, house.watch, [(one, "product", "calm")])
    text = house.client(house.owner, fenghuo_language="zh-CN").get(path).text
    assert "<b>起火、有人受伤</b> · 德语" in text


def test_an_example_in_the_readers_language_names_the_story_if_it_tells_of_the_same(
    house: House,
) -> None:
    one = story(house, "s1", 40, first=2, last=1)
    one.examples = kept(house, "Die Veyra brennt")
    with house.app.store.transaction() as tx:
        for name, kind in (("e1", "none"), ("e2", "product")):
            made = mention(replace(post(name), title="", text=f"veyra {name}"), house.watch,
                           house.workspace)  # fmt: skip
            tx.listen.add_mentions([made], ["veyra"])
            meant = replace(understanding(lang="en"), crisis_type={kind: 1.0})
            tx.listen.save_understanding(made.id, meant)
            one.examples.append(made.id)
    lived(house, house.watch, [(one, "product", "calm")])
    english = house.client(house.owner, fenghuo_language="en").get("/stories").text
    chinese = house.client(house.owner, fenghuo_language="zh-CN").get("/stories").text
    assert ">veyra e2</b>" in english
    assert ">Die Veyra brennt</b>" in chinese


def test_many_stories_come_in_pages_without_gaps(house: House) -> None:
    many = [story(house, f"s{n}", 100 - n, first=n + 1, last=n) for n in range(1, 46)]
    lived(house, house.watch, [(one, "product", "calm") for one in many])
    client = house.client(house.owner)
    found, path = [], "/stories?sort=biggest"
    while path:
        text = client.get(path).text
        found += shown(text)
        after = re.search(r'href="(/stories\?[^"]*page=\d+)">(?:下一页|Next page)', text)
        path = after[1].replace("&amp;", "&") if after else ""
    assert found == [one.id for one in many]


def test_stories_of_another_workspace_are_not_there(told: House) -> None:
    theirs = told.app.listen.watch("another", Watch("Tavio", "tavio")).id
    lived(told, theirs, [(story(told, "s77", 9, first=2, last=1), "product", "red")])
    client = told.client(told.owner)
    assert "s77" not in shown(client.get("/stories").text)
    assert client.get(f"/stories?watch={theirs}").status_code == 404


def test_the_list_is_in_the_bar(told: House) -> None:
    text = told.client(told.owner).get("/stories").text
    assert re.search(r'<a href="/stories" class="[^"]*" aria-current="page"', text)


def test_a_story_leads_to_all_its_posts_as_a_list(house: House) -> None:
    told = story(house, "s1", 400, first=3, last=0)
    lived(house, house.watch, [(told, "product", "calm")])
    with house.app.store.transaction() as tx:
        heard = tx.listen.awaiting_understanding(10)
        tx.warn.join(house.watch, [(heard[0].id, "s1")])
    client = house.client(house.owner)
    text = client.get(f"/stories/{house.watch}/s1").text
    assert f"/mentions?watch={house.watch}&amp;story=s1" in text
    within = client.get(f"/mentions?watch={house.watch}&story=s1").text
    beside = client.get(f"/mentions?watch={house.watch}&story=s2").text
    assert (within.count('<article class="post"'), beside.count('<article class="post"')) == (1, 0)
