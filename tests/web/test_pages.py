"""What pages say, and what they never say."""

import re
from html.parser import HTMLParser

import pytest
from web.house import House

PAGES = (
    "/", "/alerts", "/stories", "/mentions", "/by-hand", "/import", "/sources", "/settings",
    "/settings/duty",
    "/settings/duty/new", "/settings/channels", "/watch", "/nowhere",
)  # fmt: skip
LANGUAGES = ("zh-CN", "en")


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_in_both_languages(house: House, path: str, language: str) -> None:
    client = house.client(house.owner, fenghuo_language=language)
    answer = client.get(path)
    assert answer.status_code == (404 if path == "/nowhere" else 200)
    assert f'<html lang="{language}"' in answer.text
    assert answer.text.count("<main") == 1
    chinese = re.sub(r"<[^>]+>", "", answer.text.split("<main")[1])
    if language == "zh-CN":
        assert re.search(r"[一-鿿]", chinese)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_a_style_or_a_script_of_its_own(house: House, path: str) -> None:
    for tag, attributes in Tags(house.client(house.owner).get(path).text).found:
        assert tag != "style"
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith(("on", "hx-on"))]
        if tag == "script":
            own = (attributes.get("src") or "").startswith("/static/")
            assert own or attributes.get("type") == "application/json"


@pytest.mark.parametrize("path", ["/mentions", "/", "/mentions?q=veyra"])
def test_the_markup_of_a_post_never_reaches_a_page_as_markup(house: House, path: str) -> None:
    text = house.client(house.owner).get(path).text
    tags = Tags(text).found
    assert not [a for _, a in tags if a.get("hx-get") == "/sign-out" or "onerror" in a]
    assert not [a for tag, a in tags if tag == "a" and str(a.get("href")).startswith("javascript")]
    assert "<script>alert" not in text


def test_the_words_of_a_post_are_shown_as_they_are(house: House) -> None:
    text = house.client(house.owner).get("/mentions").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_shows_a_session(house: House, path: str) -> None:
    assert house.owner not in house.client(house.owner).get(path).text


def test_a_token_is_shown_once(house: House) -> None:
    client = house.client(house.owner)
    data = {"csrf": house.csrf(house.owner), "title": "shop", "scopes": "posts:write"}
    made = re.findall(r"fh_[\w-]{20,}", client.post("/settings/token", data=data).text)
    assert made
    assert made[0] not in client.get("/settings").text
    assert house.app.access.token(made[0], "posts:write").workspace == house.workspace


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("zh-CN,zh;q=0.9,en;q=0.5", "zh-CN"), ("de-DE,de;q=0.9", "en"), ("", "en"), ("en-GB", "en")],
)
def test_a_stranger_is_spoken_to_in_the_language_of_the_browser(
    house: House, asked: str, shown: str
) -> None:
    text = house.client().get("/sign-in", headers={"accept-language": asked}).text
    assert f'<html lang="{shown}"' in text


def test_the_choice_on_this_machine_goes_before_that_of_the_person(house: House) -> None:
    assert 'lang="zh-CN"' in house.client(house.owner).get("/alerts").text.split("<head")[0]
    client = house.client(house.owner)
    client.get("/language/en")
    assert 'lang="en"' in client.get("/alerts").text.split("<head")[0]


def test_day_and_night_are_chosen_on_this_machine_and_can_be_left_to_the_device(
    house: House,
) -> None:
    client = house.client(house.owner)
    assert "data-theme" not in client.get("/alerts").text
    client.get("/theme/dark")
    assert 'data-theme="dark"' in client.get("/alerts").text
    client.get("/theme/auto")
    assert "data-theme" not in client.get("/alerts").text


def test_a_page_names_the_place_in_which_it_is(house: House) -> None:
    tags = Tags(house.client(house.owner).get("/alerts").text).found
    here = [a for tag, a in tags if tag == "a" and a.get("aria-current") == "page"]
    assert [a["href"] for a in here] == ["/alerts"]
