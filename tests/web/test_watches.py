"""Watches on their page: begun, changed, with what is expected; nothing typed is lost."""

import re

import pytest
from web.house import House

from fenghuo.domain.watch import Watch

FORM = {
    "brand": "Veyra",
    "query": "veyra OR 维拉",
    "markets": "US、de",
    "competitors": "Lumora: lumora -film\nTavio",
    "event_name": ["Spring sale", ""],
    "event_from": ["2026-06-01T09:00", ""],
    "event_to": ["2026-06-03T23:00", ""],
    "quiet_from": "22:00",
    "quiet_to": "07:00",
    "time_zone": "Europe/Berlin",
}


def save(house: House, **changes: object) -> tuple[int, str]:
    form = {**FORM, **changes, "csrf": house.csrf(house.owner)}
    answer = house.client(house.owner).post(f"/watch/{house.watch}", data=form)
    return answer.status_code, answer.text


def kept(house: House) -> Watch:
    return house.app.listen.one_watch(house.workspace, house.watch).watch


def test_everything_that_the_form_asks_for_is_kept_and_shown_again(house: House) -> None:
    assert save(house)[0] == 303
    watch = kept(house)
    assert watch.query == "veyra OR 维拉"
    assert watch.markets == ("us", "de")
    assert [(c.brand, c.query) for c in watch.competitors] == [
        ("Lumora", "lumora -film"),
        ("Tavio", '"Tavio"'),
    ]
    assert watch.quiet_hours == "22:00-07:00"
    assert [event.name for event in watch.events] == ["Spring sale"]
    assert watch.events[0].start.isoformat() == "2026-06-01T07:00:00+00:00"
    page = house.client(house.owner).get(f"/watch/{house.watch}").text
    for shown in ("Spring sale", "2026-06-01T09:00", "lumora -film", "22:00", "Europe/Berlin"):
        assert shown in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("query", "veyra OR ("),
        ("query", "-veyra"),
        ("competitors", "Lumora: lumora OR ("),
        ("markets", "xx"),
        ("markets", "de, uk"),
        ("markets", "Atlantis"),
        ("quiet_to", ""),
        ("time_zone", "Mars/Olympus"),
        ("event_name", ["", "x"]),
        ("event_to", ["2026-05-01T00:00", ""]),
        ("brand", " "),
    ],
)
def test_what_cannot_be_read_comes_back_with_its_cure_and_changes_nothing(
    house: House, field: str, value: object
) -> None:
    before = kept(house)
    status, text = save(house, **{field: value})
    assert status == 422
    assert 'role="alert"' in text
    assert "Tavio" in text or field == "competitors"
    assert kept(house) == before


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/watch", {"query": "veyra OR (smoke"}),
        ("/watch/preview", {"query": "veyra OR (smoke"}),
        ("/watch/{watch}", {"query": "veyra OR (smoke"}),
        ("/watch/{watch}/preview", {"query": "veyra OR (smoke"}),
        ("/watch/{watch}", {"query": "veyra", "competitors": "Lumora: lumora\nT: veyra OR (smoke"}),
        ("/mentions", {"q": "veyra OR (smoke"}),
    ],
)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_query_that_cannot_be_read_is_shown_with_the_place_and_its_cure(
    house: House, path: str, form: dict[str, str], language: str
) -> None:
    client = house.client(house.owner, fenghuo_language=language)
    sent = {"brand": "Veyra", **form, "csrf": house.csrf(house.owner)}
    if path == "/mentions":
        text = client.get(path, params=form).text
    else:
        text = client.post(path.format(watch=house.watch), data=sent).text
    assert "veyra OR <mark>(</mark>smoke" in text
    assert ("第 10 位" if language == "zh-CN" else "10") in text
    assert "(smoke)" in text


def test_a_stopped_watch_hears_nothing_and_a_change_does_not_start_it(house: House) -> None:
    client = house.client(house.owner)
    press = {"csrf": house.csrf(house.owner)}
    client.post(f"/watch/{house.watch}/pause", data=press)
    assert save(house)[0] == 303
    assert not house.app.listen.one_watch(house.workspace, house.watch).active
    assert re.search("已暂停|Paused", client.get("/").text)
    # Two who press "stop" at once both mean to stop.
    client.post(f"/watch/{house.watch}/pause", data=press)
    assert not house.app.listen.one_watch(house.workspace, house.watch).active
    assert (
        '<input type="hidden" name="active" value="1">' in client.get(f"/watch/{house.watch}").text
    )
    client.post(f"/watch/{house.watch}/pause", data={**press, "active": "1"})
    assert house.app.listen.one_watch(house.workspace, house.watch).active


def test_a_watch_of_another_workspace_is_not_there(house: House) -> None:
    other = house.app.listen.watch("another", Watch("Lumora", "lumora")).id
    client = house.client(house.owner)
    assert client.get(f"/watch/{other}").status_code == 404
    answer = client.post(f"/watch/{other}", data={**FORM, "csrf": house.csrf(house.owner)})
    assert answer.status_code == 404
    assert house.app.listen.one_watch("another", other).watch.brand == "Lumora"
