"""By hand: what a paste shows before it is taken in, pictures, and what is never lost."""

import re
from typing import Any

import pytest
from fakes.pictures import jpeg, moving_png, moving_webp, png, webp
from httpx2 import Response
from starlette.testclient import TestClient
from web.house import WORD, House
from web.test_pages import Tags

from fenghuo.domain.people import Newcomer
from fenghuo.domain.watch import Watch
from fenghuo.ports.listen_store import MentionSearch

LINK = "https://x.com/mama/status/7"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
SMOKES = "El cargador Veyra empezó a echar humo al lado de la cuna de mi bebé"
LIVE = {"hx-request": "true"}


class Page:
    """The page as somebody with a session uses it."""

    def __init__(self, house: House, session: str, language: str = "en") -> None:
        self.client: TestClient = house.client(session, fenghuo_language=language)
        self.csrf = house.csrf(session)

    def look(self, **typed: str) -> str:
        answer = self.client.post("/by-hand/look", data={"csrf": self.csrf, **typed}, headers=LIVE)
        assert answer.status_code == 200
        return str(answer.text)

    def hand_in(self, picture: bytes | None = None, live: bool = False, **typed: str) -> "Response":
        files: Any = {"picture": ("a.png", picture, "image/png")} if picture is not None else None
        data = {"csrf": self.csrf, **typed}
        headers = LIVE if live else {}
        return self.client.post("/by-hand", data=data, files=files, headers=headers)

    def taken(self, picture: bytes | None = None, **typed: str) -> str:
        """The id of the mention that it became."""
        answer = self.hand_in(picture, live=False, **typed)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"]).split("/")[-1].partition("?")[0]


@pytest.fixture
def page(house: House) -> Page:
    return Page(house, house.owner)


def heard(house: House) -> list[str]:
    """The words of all mentions but the one that the house begins with."""
    found = house.app.listen.mentions(MentionSearch(house.workspace))
    return [m.post.text for m in found if m.post.platform != "mastodon"]


def chosen(text: str) -> str:
    tags = Tags(text).found
    return next(str(a["value"]) for _, a in tags if a.get("name") == "watch" and "checked" in a)


def test_a_paste_shows_where_it_is_from_what_it_says_and_which_brand_it_names(
    house: House, page: Page
) -> None:
    text = page.look(text=f"{SMOKES} {LINK}")
    assert "@mama" in text
    assert 'lang="es"' in text
    assert "not here yet" in text
    assert re.search(r"fire[^<]* 0\.\d\d", text)
    assert chosen(text) == house.watch
    assert "<html" not in text


def test_a_grave_paste_says_before_it_is_taken_in_what_will_happen(page: Page) -> None:
    text = page.look(text="My Veyra caught fire, my daughter is in hospital")
    assert "orange alert" in text
    assert "orange alert" not in page.look(text="My Veyra arrived today")


def test_what_is_known_already_is_said_before_it_is_handed_in_again(page: Page) -> None:
    mention = page.taken(text=f"Veyra smokes {LINK}")
    text = page.look(text=f"look at this {LINK}?s=20")
    assert f"/by-hand/{mention}" in text
    assert "counts nothing twice" in text


def test_the_brand_that_a_person_chose_stays_while_they_go_on_typing(
    house: House, page: Page
) -> None:
    other = house.app.listen.watch(house.workspace, Watch("Lumora", "lumora")).id
    assert chosen(page.look(text="lumora smokes")) == other
    text = page.look(text="lumora smokes", watch=house.watch, suggested=other)
    assert chosen(text) == house.watch
    assert chosen(page.look(text="lumora", watch="", suggested=house.watch)) == ""


def test_a_picture_alone_says_that_somebody_must_type_its_words(house: House, page: Page) -> None:
    assert "Type its words" in page.look(picture="photo.png")
    # What a browser may send for a field without a file says nothing of a picture.
    assert "Type its words" not in page.look(picture="[object File]")
    mention = page.taken(png(), watch=house.watch)
    text = page.client.get(f"/by-hand/{mention}").text
    assert "Type it" in text
    assert f'name="about" value="{mention}"' in text
    assert "[Screenshot]" in text
    worded = page.taken(text="it burnt my hand", about=mention)
    text = page.client.get(f"/by-hand/{worded}").text
    assert "it burnt my hand" in text
    assert f"/by-hand/{worded}/picture" in text


def test_without_a_brand_it_offers_to_choose_one_and_keeps_what_was_typed(
    house: House, page: Page
) -> None:
    answer = page.hand_in(text=f"It burnt <my> hand {LINK}", watch="", suggested=house.watch,
                          heard_from="dealers")  # fmt: skip
    assert answer.status_code == 422
    assert f"It burnt &lt;my&gt; hand {LINK}</textarea>" in answer.text
    assert "choose a brand" in answer.text
    checked = [a["value"] for _, a in Tags(answer.text).found if "checked" in a]
    assert checked == ["", "dealers"]
    assert heard(house) == []
    mention = page.taken(text="It burnt my hand", watch=house.watch, heard_from="dealers")
    assert "heard in a dealer group" in page.client.get(f"/by-hand/{mention}").text


def test_with_scripts_only_the_trouble_is_put_into_the_page_so_the_chosen_file_stays(
    page: Page,
) -> None:
    answer = page.hand_in(SVG, live=True, text="Veyra smokes")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "<textarea" not in answer.text
    done = page.hand_in(png(), live=True, text="Veyra smokes")
    assert done.headers["hx-redirect"].startswith("/by-hand/")


@pytest.mark.parametrize(
    ("body", "english", "chinese"),
    [
        (SVG, "no PNG, JPEG or WebP", "不是 PNG、JPEG 或 WebP"),
        (b"GIF89a" + b"\0" * 40, "no PNG, JPEG or WebP", "不是 PNG、JPEG 或 WebP"),
        (b"<!doctype html><script>alert(1)</script>", "no PNG", "不是 PNG"),
        (moving_png(), "moves", "会动"),
        (moving_webp(), "moves", "会动"),
        (png()[:-8], "incomplete", "不完整"),
        (png(30_000, 30_000), "pixels", "像素"),
        (png() + b"\0" * 8_000_000, "larger than 8 MB", "超过 8 MB"),
    ],
)
def test_a_file_that_is_no_picture_we_keep_is_refused_in_both_languages_and_words_stay(
    house: House, body: bytes, english: str, chinese: str
) -> None:
    for language, words in (("en", english), ("zh-CN", chinese)):
        answer = Page(house, house.owner, language).hand_in(body, text="Veyra smokes")
        assert answer.status_code == 422
        assert words in answer.text
        assert "Veyra smokes</textarea>" in answer.text
    assert heard(house) == []


@pytest.mark.parametrize(
    ("body", "kind"), [(png(), "image/png"), (jpeg(), "image/jpeg"), (webp(), "image/webp")]
)
def test_a_picture_leaves_under_its_own_type_and_nothing_in_it_may_run(
    page: Page, body: bytes, kind: str
) -> None:
    mention = page.taken(body + b"<script>alert(1)</script>", text="Veyra smokes")
    answer = page.client.get(f"/by-hand/{mention}/picture")
    assert answer.content == body
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == "inline"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_a_polyglot_is_shown_as_the_picture_that_it_begins_as(page: Page) -> None:
    said = b"<script>alert(document.domain)</script>"
    mention = page.taken(jpeg(said=said), text="Veyra smokes")
    answer = page.client.get(f"/by-hand/{mention}/picture")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_mention_with_a_picture_shows_it_small_and_one_without_shows_none(page: Page) -> None:
    mention = page.taken(png(), text="Veyra smokes")
    images = [a for tag, a in Tags(page.client.get("/mentions").text).found if tag == "img"]
    assert [(a["src"], a["loading"]) for a in images] == [(f"/by-hand/{mention}/picture", "lazy")]
    assert page.client.get("/by-hand/nothing/picture").status_code == 404


def test_a_picture_is_seen_by_members_who_may_read_and_by_nobody_of_another_workspace(
    house: House, page: Page
) -> None:
    mention = page.taken(png(), text="Veyra smokes")
    path = f"/by-hand/{mention}/picture"
    assert house.client(house.member("viewer")).get(path).status_code == 200
    assert house.client().get(path).status_code == 303
    assert house.client(house.member("guest", name="gu")).get(path).status_code == 403
    link = house.app.access.invite("another", ["owner"])
    new = Newcomer("zhao@lumora.example", "Zhao", WORD)
    foreign = house.app.access.accept_invite(link, new, "127.0.0.1")
    session = house.app.access.session(foreign)
    assert session is not None
    house.app.access.begin_workspace(session.person.id, "Lumora", "real")
    for place in (path, f"/by-hand/{mention}"):
        assert house.client(foreign).get(place).status_code == 404


def test_a_viewer_may_not_hand_anything_in(house: House) -> None:
    viewer = Page(house, house.member("viewer"))
    assert viewer.client.get("/by-hand").status_code == 403
    assert viewer.hand_in(png(), text="Veyra smokes").status_code == 403
    data = {"csrf": viewer.csrf, "text": "Veyra"}
    assert viewer.client.post("/by-hand/look", data=data).status_code == 403
    assert heard(house) == []


def test_markup_in_a_paste_stays_words_on_every_page(page: Page) -> None:
    hostile = f'Veyra <img src=x onerror=alert(1)><b hx-get="/sign-out" hx-trigger="load"> {LINK}"x'
    mention = page.taken(text=hostile)
    for text in (
        page.look(text=hostile),
        page.hand_in(SVG, text=hostile).text,
        page.client.get(f"/by-hand/{mention}").text,
        page.client.get("/mentions").text,
    ):
        tags = Tags(text).found
        assert not [a for _, a in tags if "onerror" in a or a.get("hx-get") == "/sign-out"]
        assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_a_form_that_is_too_large_or_hides_its_size_is_not_read(house: House, page: Page) -> None:
    large = {"content-length": "64000001", "content-type": "multipart/form-data; boundary=x"}
    assert page.client.post("/by-hand", content=b"", headers=large).status_code == 413
    hidden = page.client.post("/by-hand", content=iter([b"text=", b"x"]))
    assert hidden.status_code == 411


def test_the_page_works_whole_without_scripts(page: Page) -> None:
    tags = Tags(page.client.get("/by-hand").text).found
    form = next(a for tag, a in tags if tag == "form" and a.get("action") == "/by-hand")
    assert (form["method"], form["enctype"]) == ("post", "multipart/form-data")
    names = {a.get("name") for tag, a in tags if tag in {"input", "textarea"}}
    assert {"csrf", "text", "picture", "watch", "heard_from"} <= names
