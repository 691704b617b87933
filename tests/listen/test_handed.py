"""What is recognised in a pasted text: links, words, where it is from, which post it is."""

from datetime import UTC, datetime

import pytest

from fenghuo.domain.errors import BadInput
from fenghuo.listen.handed import recognise
from fenghuo.listen.intake import check

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

LINKS = [
    ("https://x.com/mama_ruta/status/2061234567890123456?s=20&t=abc", "x", "mama_ruta",
     "2061234567890123456"),
    ("https://mobile.twitter.com/i/web/status/5703", "x", "", "5703"),
    ("https://www.tiktok.com/@mama.en.ruta/video/7412000000000000001?is_from_webapp=1", "tiktok",
     "mama.en.ruta", "7412000000000000001"),
    ("https://vm.tiktok.com/ZMabc1/", "tiktok", "", "https://vm.tiktok.com/ZMabc1"),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s&si=xyz", "youtube", "", "dQw4w9WgXcQ"),
    ("https://youtu.be/dQw4w9WgXcQ?si=xyz", "youtube", "", "dQw4w9WgXcQ"),
    ("https://youtube.com/shorts/dQw4w9WgXcQ", "youtube", "", "dQw4w9WgXcQ"),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=UgzAbc", "youtube", "", "UgzAbc"),
    ("https://www.instagram.com/reel/C9abc_-1/?igsh=zzz", "instagram", "", "C9abc_-1"),
    ("https://www.instagram.com/mama.ruta/p/C9abc/", "instagram", "mama.ruta", "C9abc"),
    ("https://www.facebook.com/veyra.fans/posts/pfbid02abc", "facebook", "veyra.fans",
     "pfbid02abc"),
    ("https://m.facebook.com/story.php?story_fbid=123&id=9", "facebook", "", "123"),
    ("https://www.facebook.com/groups/55/permalink/77/", "facebook", "", "77"),
    ("https://www.threads.net/@mama.ruta/post/DAbc-1", "threads", "mama.ruta", "DAbc-1"),
    ("https://www.reddit.com/r/powerbanks/comments/1abcde/it_smoked/?utm_source=share", "reddit",
     "", "t3_1abcde"),
    ("https://old.reddit.com/r/powerbanks/comments/1abcde/it_smoked/kx1y2z/", "reddit", "",
     "t1_kx1y2z"),
    ("https://bsky.app/profile/did:plc:abc123/post/3kxyz", "bluesky", "did:plc:abc123",
     "at://did:plc:abc123/app.bsky.feed.post/3kxyz"),
    ("https://bsky.app/profile/mama.bsky.social/post/3kxyz", "bluesky", "mama.bsky.social",
     "https://bsky.app/profile/mama.bsky.social/post/3kxyz"),
    ("https://mastodon.example/@mama/112233445566778899", "mastodon", "mama",
     "https://mastodon.example/users/mama/statuses/112233445566778899"),
    ("https://news.ycombinator.com/item?id=4242", "hackernews", "", "4242"),
    ("https://weibo.com/1234567890/OabcDEF12?refer_flag=1", "weibo", "", "OabcDEF12"),
    ("https://m.weibo.cn/detail/4999999999999999", "weibo", "", "4999999999999999"),
    ("https://www.xiaohongshu.com/explore/65a1b2c3d4e5f60718293a4b?xsec_token=AB", "xiaohongshu",
     "", "65a1b2c3d4e5f60718293a4b"),
    ("https://de.trustpilot.com/reviews/65a1b2c3d4e5f60718293a4b", "trustpilot", "",
     "65a1b2c3d4e5f60718293a4b"),
    ("https://www.amazon.co.jp/-/en/gp/customer-reviews/R1ABCDEF/ref=cm_cr", "amazon", "",
     "R1ABCDEF"),
    ("https://www.amazon.de/dp/B0ABC?tag=x&ref_=abc", "amazon", "",
     "https://amazon.de/dp/B0ABC?tag=x"),
    ("https://forum.example/t/12?utm_source=x&fbclid=y#post-3", "web", "",
     "https://forum.example/t/12"),
    ("https://www.zeitung.example/a/?b=2&a=1", "web", "", "https://zeitung.example/a?a=1&b=2"),
]  # fmt: skip


@pytest.mark.parametrize(("link", "platform", "author", "native"), LINKS)
def test_a_link_tells_the_platform_the_author_and_which_post_it_is(
    link: str, platform: str, author: str, native: str
) -> None:
    found = recognise(link)
    assert (found.platform, found.author, found.native) == (platform, author, native)
    assert (found.url, found.links, found.words) == (link, (link,), "")


@pytest.mark.parametrize(
    ("link", "platform"),
    [
        ("https://x.com.evil.example/mama/status/1", "web"),
        ("https://x.com@evil.example/mama/status/1", "web"),
        ("https://notx.com/mama/status/1", "web"),
        ("https://evil.example/?u=https://x.com/mama/status/1", "web"),
        ("https://amazon.com.evil.example/dp/B0", "web"),
        ("https://X.COM./mama/status/1", "x"),
    ],
)
def test_a_host_that_only_looks_like_a_platform_is_none(link: str, platform: str) -> None:
    assert recognise(link).platform == platform


@pytest.mark.parametrize(
    ("text", "words", "url"),
    [
        ("看这个 https://x.com/mama/status/1，冒烟了", "看这个 ，冒烟了", "https://x.com/mama/status/1"),
        ("https://x.com/mama/status/1冒烟了", "冒烟了", "https://x.com/mama/status/1"),
        ("Look (https://x.com/mama/status/1).", "Look ( ).", "https://x.com/mama/status/1"),
        ("x.com/mama/status/1 burns", "burns", "https://x.com/mama/status/1"),
        ("a@x.com/mama/status/1 writes", "a@x.com/mama/status/1 writes", ""),
        ("www.forum.example/t/1", "", "https://www.forum.example/t/1"),
        ("https://de.example/Akku_(Brand) brennt", "brennt", "https://de.example/Akku_(Brand)"),
        ("https://es.example/batería-humo", "", "https://es.example/batería-humo"),
        ("No link. Just words/and signs.", "No link. Just words/and signs.", ""),
        ("https://[broken/ https://", "https://[broken/ https://", ""),
        ("javascript:alert(1)//x", "javascript:alert(1)//x", ""),
    ],
)  # fmt: skip
def test_words_and_links_are_told_apart(text: str, words: str, url: str) -> None:
    found = recognise(text)
    assert (found.words, found.url) == (words, url)


def test_lines_of_the_words_stay_lines() -> None:
    assert recognise("Uno  dos\n\nhttps://a.example/1\ntres ").words == "Uno dos\ntres"


def test_of_several_links_the_one_that_leads_to_a_post_counts_and_all_are_kept() -> None:
    found = recognise("https://shop.example/veyra https://x.com/mama/status/7 https://t.co/a")
    assert (found.platform, found.native) == ("x", "7")
    assert len(found.links) == 3


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "video"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&lc=Ugz", "comment"),
        ("https://www.reddit.com/r/a/comments/1a/b/c2/", "comment"),
        ("https://www.amazon.de/gp/customer-reviews/R1ABC", "review"),
        ("https://x.com/mama/status/1", "post"),
    ],
)
def test_a_link_tells_what_kind_of_post_it_is(link: str, kind: str) -> None:
    assert recognise(link).kind == kind


def test_the_same_words_pasted_twice_are_one_post_whatever_their_spaces() -> None:
    first, second = (recognise(text).post(NOW) for text in ("La Nuvolt  humea", "la nuvolt humea "))
    assert (first.platform, first.id) == ("by-hand", second.id)
    assert recognise("La Nuvolt no humea").post(NOW).id != first.id


def test_a_link_alone_stands_for_its_words_and_may_enter() -> None:
    post = check(recognise("https://x.com/mama/status/7").post(NOW), NOW).post
    assert (post.text, post.url, post.author.name) == (post.url, post.links[0], "@mama")


def test_a_picture_alone_is_a_post_of_its_own_and_says_that_it_is_one() -> None:
    nothing = recognise("  ")
    one, other = (nothing.post(NOW, picture, "[截图]") for picture in (b"1", b"2"))
    assert (one.text, one.media) == ("[截图]", ("image",))
    assert one.id != other.id
    assert nothing.post(NOW, b"1", "[Screenshot]").id == one.id


def test_nothing_at_all_does_not_enter() -> None:
    with pytest.raises(BadInput, match=r"intake\.empty"):
        check(recognise(" \n ").post(NOW), NOW)


def test_a_hostile_paste_costs_no_more_than_its_length() -> None:
    for text in (")" * 100_000, "https://a.example/" + ")" * 100_000, "a." * 50_000, "@" * 100_000):
        assert recognise(text).words
