"""The one way out: where it goes, where it never goes, and what it says when it cannot."""

import asyncio
import gzip
import logging
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fakes.certificates import certificate
from fakes.proxies import proxy
from fakes.site import Asked, Say, closed_port, site
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve

from fenghuo.domain.errors import (
    BadInput,
    FenghuoError,
    NobodysMove,
    NotAllowed,
    OurMove,
    Reconnect,
    TimeMove,
    UserMove,
)
from fenghuo.ports.http import Answer
from fenghuo.security.addresses import Rule
from fenghuo.security.egress import Egress, Manners

T = TypeVar("T")
START = datetime(2026, 6, 1, 12, tzinfo=UTC)
QUICK = Manners(connect=1, silence=0.8, stream_silence=0.8, whole=2)


def run(task: Coroutine[Any, Any, T]) -> T:
    """As asyncio.run, with a moment at the end in which sockets that are closing may close."""

    async def whole() -> T:
        try:
            return await task
        finally:
            await asyncio.sleep(0.02)

    return asyncio.run(whole())


def egress(allow: bool | list[str] = True, **rest: Any) -> Egress:
    return Egress(lambda: START, allow_private=allow, **{"manners": QUICK, **rest})


def get(url: str, allow: bool | list[str] = True, **rest: Any) -> Answer:
    return run(egress(allow).get(url, **rest))


def refusal(wanted: type[FenghuoError], call: Callable[[], object]) -> FenghuoError:
    with pytest.raises(wanted) as caught:
        call()
    return caught.value


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names that resolve as told, and how often each was asked for (`asked`)."""
    known: dict[str, list[str]] = {"asked": []}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host not in known:
            return list(real(host, port, *rest, **more))
        known["asked"].append(host)
        found = known[host]
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.100.100.200", "0.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1",
    "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:a00:1::1", "::127.0.0.1", "2001:db8::1", "fec0::1", "feff::1",
    "192.0.0.9", "192.0.0.255", "192.88.99.1", "::ffff:192.88.99.1", "2002:c058:6301::1",
]  # fmt: skip
OUTSIDE = [
    "8.8.8.8",
    "1.1.1.1",
    "192.0.1.1",
    "192.88.98.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_never_dialled(address: str) -> None:
    assert not Rule().permits("news.example", address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_that_everyone_means_alike_may_be_dialled(address: str) -> None:
    assert Rule().permits("news.example", address)


@given(st.ip_addresses(v=4))
def test_an_inner_address_wrapped_in_version_six_is_judged_as_itself(address: Any) -> None:
    plain = Rule().permits("h", str(address))
    mapped = f"::ffff:{address}"
    translated = f"64:ff9b::{int(address) >> 16:x}:{int(address) & 0xFFFF:x}"
    assert Rule().permits("h", mapped) == plain == Rule().permits("h", translated)


def test_what_the_settings_allow_may_be_dialled_and_nothing_beside_it() -> None:
    rule = Rule(["10.0.0.0/8", "Feeds.Intern.example.", "192.168.1.5"])
    assert rule.permits("x", "10.9.9.9")
    assert rule.permits("feeds.intern.example", "172.16.0.9")
    assert rule.permits("y", "192.168.1.5")
    assert not rule.permits("y", "192.168.1.6")
    assert not rule.permits("feeds.intern.example.evil", "172.16.0.9")


def test_a_private_address_is_refused_before_anything_is_sent() -> None:
    with site(lambda asked: Say()) as web:
        error = refusal(UserMove, lambda: get(f"{web.url}/", allow=False))
        assert error.key == "sources.address_forbidden"
        assert web.asked == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_other_spellings_of_this_machine_are_refused_too(host: str) -> None:
    error = refusal(FenghuoError, lambda: get(f"http://{host}:1/", allow=False))
    assert error.key in {"sources.address_forbidden", "sources.address_wrong"}


def test_a_name_is_asked_once_and_the_checked_address_is_dialled(
    names: dict[str, list[str]],
) -> None:
    names["news.example"] = ["127.0.0.1"]
    with site(lambda asked: Say(body=b"fine")) as web:
        answer = get(f"http://news.example:{web.port}/a", allow=["127.0.0.1"])
        assert answer.body == b"fine"
        assert web.asked[0].headers["host"] == f"news.example:{web.port}"
    assert names["asked"] == ["news.example"]


def test_of_several_addresses_only_the_permitted_ones_are_dialled(
    names: dict[str, list[str]],
) -> None:
    names["mixed.example"] = ["10.0.0.1", "127.0.0.1"]
    with site(lambda asked: Say(body=b"fine")) as web:
        assert get(f"http://mixed.example:{web.port}/", allow=["127.0.0.1"]).body == b"fine"


def test_an_address_that_is_down_gives_way_to_the_next(names: dict[str, list[str]]) -> None:
    names["two.example"] = ["127.0.0.9", "127.0.0.1"]
    with site(lambda asked: Say(body=b"fine")) as web:
        assert get(f"http://two.example:{web.port}/").body == b"fine"


def test_the_checked_address_must_still_prove_to_be_the_host(
    names: dict[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names["shop.example"] = names["other.example"] = ["127.0.0.1"]
    shown, context = certificate(tmp_path, "shop.example")
    heard: list[str | None] = []
    context.sni_callback = lambda connection, name, context: heard.append(name)
    with site(lambda asked: Say(body=b"mine"), context) as web:
        shop = f"https://shop.example:{web.port}/"
        error = refusal(UserMove, lambda: get(shop))
        assert error.key == "sources.certificate_invalid"
        monkeypatch.setenv("SSL_CERT_FILE", str(shown))
        assert get(shop).body == b"mine"
        error = refusal(UserMove, lambda: get(shop.replace("shop", "other")))
        assert error.key == "sources.certificate_invalid"
    assert heard == ["shop.example", "shop.example", "other.example"]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example/", "http://", "gopher://x", "x", "http://[::1/"]
)
def test_only_web_addresses_are_taken(url: str) -> None:
    assert refusal(BadInput, lambda: get(url)).key == "sources.address_wrong"


def test_a_redirect_to_a_private_address_is_refused() -> None:
    with site(lambda asked: Say(302, {"location": "http://10.0.0.1/x"})) as web:
        error = refusal(UserMove, lambda: get(f"{web.url}/", allow=["127.0.0.1"]))
        assert error.key == "sources.address_forbidden"
        assert error.values["host"] == "10.0.0.1"


def test_a_redirect_to_another_scheme_is_refused() -> None:
    with site(lambda asked: Say(302, {"location": "file:///etc/passwd"})) as web:
        error = refusal(FenghuoError, lambda: get(web.url))
        assert error.key in {"sources.address_wrong", "sources.unreadable"}


def test_five_redirects_are_followed_and_no_more() -> None:
    def script(asked: Asked) -> Say:
        left = int(asked.path[1:])
        return Say(302, {"location": f"/{left - 1}"}) if left else Say(body=b"here")

    with site(script) as web:
        assert get(f"{web.url}/5").body == b"here"
        error = refusal(UserMove, lambda: get(f"{web.url}/6"))
        assert error.key == "sources.too_many_redirects"


def test_a_redirect_with_an_endless_body_is_not_read() -> None:
    def script(asked: Asked) -> Say:
        if asked.path == "/":
            return Say(302, {"location": "/b"}, b"x" * 1_000_000, times=2_000)
        return Say(body=b"here")

    with site(script) as web:
        assert get(f"{web.url}/").body == b"here"


def test_only_a_wholly_permanent_way_is_remembered() -> None:
    def script(asked: Asked) -> Say:
        to = {"/old": (301, "/new"), "/new": (308, "/end"), "/away": (302, "/new")}.get(asked.path)
        return Say(to[0], {"location": to[1]}) if to else Say(body=b"here")

    with site(script) as web:
        assert get(f"{web.url}/old").moved == f"{web.url}/end"
        assert get(f"{web.url}/away").moved == ""
        assert get(f"{web.url}/end").moved == ""


def test_a_token_is_not_carried_to_another_host() -> None:
    with (
        site(lambda asked: Say(body=b"here")) as other,
        site(lambda asked: Say(302, {"location": f"{other.url}/"})) as web,
    ):
        get(web.url, headers={"authorization": "Bearer secret"})
        assert web.asked[0].headers["authorization"] == "Bearer secret"
        assert "authorization" not in other.asked[0].headers


def test_a_body_of_fifty_megabytes_is_cut_off_early() -> None:
    with site(lambda asked: Say(body=b"x" * 1_000_000, times=50)) as web:
        error = refusal(UserMove, lambda: get(web.url, max_bytes=2_000_000))
        assert (error.key, error.values["megabytes"]) == ("sources.too_big", 2.0)


def test_a_packed_bomb_never_unfolds() -> None:
    bomb = gzip.compress(b"\0" * 100_000_000)
    assert len(bomb) < 200_000
    with site(lambda asked: Say(200, {"content-encoding": "gzip"}, bomb)) as web:
        assert refusal(UserMove, lambda: get(web.url)).key == "sources.too_big"
    with site(lambda asked: Say(200, {"content-encoding": "gzip, gzip"}, bomb)) as web:
        assert refusal(OurMove, lambda: get(web.url)).key == "sources.unreadable"


def test_a_packed_body_is_unpacked_and_a_broken_one_is_said_to_be_broken() -> None:
    def script(asked: Asked) -> Say:
        body = gzip.compress("烽火".encode()) if asked.path == "/" else b"not gzip"
        return Say(200, {"content-encoding": "gzip"}, body)

    with site(script) as web:
        assert get(f"{web.url}/").body.decode() == "烽火"
        assert refusal(OurMove, lambda: get(f"{web.url}/x")).key == "sources.unreadable"


def test_silence_and_a_closed_door_are_ours_to_try_again() -> None:
    with site(lambda asked: Say(hangs=True)) as web:
        assert refusal(OurMove, lambda: get(web.url)).key == "sources.timed_out"
    gone = f"http://127.0.0.1:{closed_port()}/"
    assert refusal(OurMove, lambda: get(gone)).key == "sources.unreachable"
    nowhere = "http://no-such-host.invalid/"
    assert refusal(OurMove, lambda: get(nowhere)).key == "sources.unreachable"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": format_datetime(START + timedelta(seconds=90))}, 90),
        ({"x-ratelimit-reset": str(int(START.timestamp()) + 300)}, 300),
        ({"x-ratelimit-reset": (START + timedelta(seconds=30)).isoformat()}, 30),
        ({}, 60),
        ({"retry-after": "soon"}, 60),
        ({"retry-after": "-5"}, 60),
        ({"retry-after": "\u00b2"}, 60),
        ({"retry-after": "999999999999999"}, 60),
        ({"retry-after": "99999999"}, 86_400),
    ],
)
def test_who_says_too_many_is_left_alone_until_then(
    headers: dict[str, str], expected: float
) -> None:
    with site(lambda asked: Say(429, headers)) as web:
        error = refusal(TimeMove, lambda: get(web.url))
        assert isinstance(error, TimeMove)
        assert error.retry_at == START + timedelta(seconds=expected)


def test_a_server_in_trouble_that_says_until_when_is_waited_for() -> None:
    with site(lambda asked: Say(503, {"retry-after": "60"})) as web:
        assert refusal(TimeMove, lambda: get(web.url)).key == "sources.wait"
    with site(lambda asked: Say(503)) as web:
        assert get(web.url).status == 503


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, UserMove), (401, Reconnect), (403, NotAllowed), (404, NobodysMove),
        (410, NobodysMove), (500, OurMove), (502, OurMove),
    ],
)  # fmt: skip
def test_a_status_says_whose_move_it_is(status: int, kind: type[FenghuoError]) -> None:
    assert type(refusal(kind, Answer(status, {}, b"", "https://a.example/x").accepted)) is kind
    assert Answer(304, {}, b"", "https://a.example/x").accepted().host == "a.example"


def test_an_error_names_the_host_and_never_the_path_or_the_password() -> None:
    url = f"http://me:secret-1@127.0.0.1:{closed_port()}/secret-2?key=secret-3"
    error = refusal(OurMove, lambda: get(url))
    for secret in ("secret-1", "secret-2", "secret-3"):
        assert secret not in f"{error} {error.engineer} {dict(error.values)}"


def test_no_log_line_holds_an_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with site(lambda asked: Say()) as web:
        get(f"{web.url}/secret-path")
    assert "secret-path" not in caplog.text


def test_one_host_is_not_asked_more_often_than_its_budget() -> None:
    async def ask(way: Egress, url: str) -> None:
        for _ in range(3):
            await way.get(url)

    way = egress(manners=Manners(gets_a_minute=2))
    with site(lambda asked: Say()) as web:
        error = refusal(TimeMove, lambda: run(ask(way, web.url)))
        assert len(web.asked) == 2
    assert isinstance(error, TimeMove)
    assert error.retry_at == START + timedelta(minutes=1)


def test_a_post_is_sent_once_and_follows_nothing() -> None:
    with site(lambda asked: Say(307, {"location": "/again"})) as web:
        answer = run(egress().post(web.url, content=b"{}", headers={"x-a": "b"}))
        assert (answer.status, len(web.asked), web.asked[0].body) == (307, 1, b"{}")


def test_parameters_are_added_to_those_of_the_address() -> None:
    with site(lambda asked: Say()) as web:
        get(f"{web.url}/?a=1", params={"q": "烽火 & b"})
        assert web.asked[0].query == {"a": "1", "q": "烽火 & b"}


def test_the_proxys_environment_is_not_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    with site(lambda asked: Say(body=b"direct")) as web:
        assert get(web.url).body == b"direct"


@pytest.mark.parametrize("kind", ["socks5", "http"])
def test_a_proxy_of_the_settings_passes_and_the_names_are_left_to_it(kind: Any) -> None:
    async def play(port: int) -> tuple[str, list[str | bytes], list[str]]:
        async def greet(socket: ServerConnection) -> None:
            await socket.send("through")

        async with proxy(kind) as way, serve(greet, "127.0.0.1", 0) as server:
            out = egress(allow=False, proxy=way.url)
            got = []
            if kind == "socks5":
                got.append((await out.get(f"http://abroad.example:{port}/")).body.decode())
            there = server.sockets[0].getsockname()[1]
            async with out.frames(f"ws://stream.example:{there}/") as frames:
                heard = [await anext(frames)]
            return "".join(got), heard, way.asked

    with site(lambda asked: Say(body=b"abroad")) as web:
        body, heard, asked = run(play(web.port))
        assert heard == ["through"]
        assert asked[-1] == "stream.example"
        if kind == "socks5":
            assert (body, asked[0]) == ("abroad", "abroad.example")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.1", "127.1", "nas.local"])
def test_a_proxy_is_no_way_around_to_this_machine(host: str) -> None:
    async def play() -> None:
        async with proxy("socks5") as way:
            await egress(allow=False, proxy=way.url).get(f"http://{host}/")

    error = refusal(UserMove, lambda: run(play()))
    assert error.key == "sources.address_forbidden"


@pytest.mark.parametrize("kind", ["socks5", "http"])
def test_a_proxy_that_refuses_is_the_users_to_mend(kind: Any) -> None:
    async def play(scheme: str) -> None:
        async with proxy(kind, refuses=True) as way:
            out = egress(allow=False, proxy=way.url)
            if scheme == "ws":
                async with out.frames("ws://abroad.example/"):
                    return
            await out.get("https://abroad.example/")

    websocket = refusal(UserMove, lambda: run(play("ws")))
    web = refusal(UserMove, lambda: run(play("https")))
    assert websocket.key == web.key == "sources.proxy_failed"


def test_a_proxy_that_is_down_is_said_to_be() -> None:
    way = f"socks5://127.0.0.1:{closed_port()}"
    error = refusal(OurMove, lambda: run(egress(allow=False, proxy=way).get("http://a.example/")))
    assert error.key == "sources.unreachable_by_proxy"
    assert refusal(BadInput, lambda: egress(proxy="carrier pigeon")).key == "sources.proxy_wrong"


def on_a_websocket(
    talk: Callable[[ServerConnection], Coroutine[Any, Any, None]],
    listen: Callable[[Egress, str], Coroutine[Any, Any, T]],
    allow: bool = True,
) -> T:
    async def play() -> T:
        async with serve(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await listen(egress(allow=allow), f"ws://127.0.0.1:{port}/x")

    return run(play())


async def hear(way: Egress, url: str) -> list[str | bytes]:
    heard: list[str | bytes] = []
    async with way.frames(url) as frames:
        try:
            async for frame in frames:
                heard.append(frame)
        except OurMove as error:
            heard.append(error.key)
    return heard


def test_a_websocket_is_heard_until_it_ends_and_the_end_is_told() -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.send("one")
        await socket.send(b"two")

    assert on_a_websocket(talk, hear) == ["one", b"two", "sources.stream_ended"]


def test_a_websocket_that_falls_silent_is_told_apart() -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.wait_closed()

    error = refusal(OurMove, lambda: on_a_websocket(talk, hear_all))
    assert error.key == "sources.timed_out"


async def hear_all(way: Egress, url: str) -> None:
    async with way.frames(url) as frames:
        async for _ in frames:
            continue


def test_a_websocket_to_a_private_address_is_refused() -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.send("secret")

    error = refusal(UserMove, lambda: on_a_websocket(talk, hear, allow=False))
    assert error.key == "sources.address_forbidden"


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (Say(401), Reconnect),
        (Say(429, {"retry-after": "9"}), TimeMove),
        (Say(500), OurMove),
        (Say(302, {"location": "ws://10.0.0.1/"}), OurMove),
        (Say(200, {}, b"<html>"), OurMove),
        (Say(hangs=True), OurMove),
    ],
)
def test_a_websocket_that_is_not_granted_says_whose_move(
    say: Say, kind: type[FenghuoError]
) -> None:
    with site(lambda asked: say) as web:
        url = web.url.replace("http", "ws")
        assert type(refusal(kind, lambda: run(hear_all(egress(), url)))) is kind


def test_lines_come_as_they_are_sent_and_silence_ends_them() -> None:
    async def listen(way: Egress, url: str) -> list[str]:
        got = []
        async with way.lines(url) as lines:
            try:
                async for line in lines:
                    got.append(line)
            except OurMove as error:
                got.append(error.key)
        return got

    body = "event: update\r\ndata: 烽火\n\n".encode()
    with site(lambda asked: Say(body=body, drips=True)) as web:
        heard = run(listen(egress(), web.url))
        assert heard == ["event: update", "data: 烽火", "", "sources.timed_out"]
    with site(lambda asked: Say(body=body)) as web:
        assert run(listen(egress(), web.url))[-1] == "sources.stream_ended"
    with site(lambda asked: Say(body=b"x" * 1_000_000, times=9)) as web:
        assert run(listen(egress(), web.url)) == ["sources.unreadable"]


def test_a_host_is_checked_for_those_who_dial_themselves() -> None:
    way = egress(allow=False)
    error = refusal(UserMove, lambda: way.check_host("127.0.0.1", 25))
    assert error.key == "sources.address_forbidden"
    egress(allow=["127.0.0.0/8"]).check_host("127.0.0.1", None)
    nowhere = refusal(OurMove, lambda: way.check_host("no-such-host.invalid", 25))
    assert nowhere.key == "sources.unreachable"


def test_who_dials_themselves_may_choose_only_among_permitted_addresses(
    names: dict[str, list[str]],
) -> None:
    names["mixed.example"], names["fine.example"] = ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "1.1.1.1"]
    egress(allow=False).check_host("fine.example", 25)
    error = refusal(UserMove, lambda: egress(allow=False).check_host("mixed.example", 25))
    assert error.key == "sources.address_forbidden"
    egress(allow=["10.0.0.0/8"]).check_host("mixed.example", 25)
