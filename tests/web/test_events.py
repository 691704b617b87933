"""What an open page is told, by whom, and until when."""

import asyncio
from collections.abc import Callable
from threading import get_ident

import pytest
from starlette.types import Message, Scope
from storage.rows import fact
from web.house import House

from fenghuo.domain.people import Role
from fenghuo.ports.listen_store import StoredWatch
from fenghuo.web import events

PATIENCE_S = 20
SOON_S = 0.01


class OpenPage:
    """A page that is open: what its stream told it, and whether the stream has ended."""

    def __init__(self, house: House, session: str, watch: str = "") -> None:
        """Opened by a session; it knows of no fact yet."""
        self.house, self.session, self.watch = house, session, watch or house.watch
        self.told = ""
        self.status = 0
        self.ended = False

    async def stay(self, then: Callable[[], None], until: Callable[[], bool]) -> None:
        """Listen; once the first fact has come do `then`, and go on until it is true."""
        stream = asyncio.create_task(self.house.web(self._scope(), self._receive, self._send))
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (self.told or self.ended or stream.done()):
                    await asyncio.sleep(SOON_S)
                await asyncio.to_thread(then)
                while not until():
                    await asyncio.sleep(SOON_S)
        finally:
            stream.cancel()
            await asyncio.gather(stream, return_exceptions=True)

    def _scope(self) -> Scope:
        cookie = f"fenghuo_session={self.session}".encode()
        return {
            "type": "http", "method": "GET", "path": "/events", "scheme": "http",
            "query_string": f"watch={self.watch}".encode(), "http_version": "1.1",
            "headers": [(b"host", b"127.0.0.1:8420"), (b"cookie", cookie)], "root_path": "",
        }  # fmt: skip

    async def _receive(self) -> Message:
        return await asyncio.Future()

    async def _send(self, message: Message) -> None:
        self.status = self.status or message.get("status", 0)
        self.told += message.get("body", b"").decode()
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.ended = True


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other at once."""
    monkeypatch.setattr(events, "LOOK_S", SOON_S)
    monkeypatch.setattr(events, "LOOKS", 3)


def tell(house: House, seq: int) -> None:
    with house.app.store.transaction() as tx:
        tx.warn.add_facts(house.watch, [fact(seq, alert=f"a{seq}")])


def nothing() -> None:
    """Let it be."""


def test_an_open_page_is_told_of_each_fact(house: House) -> None:
    tell(house, 1)
    open_page = OpenPage(house, house.owner)
    asyncio.run(open_page.stay(lambda: tell(house, 2), lambda: "data: 2" in open_page.told))
    assert "event: fact" in open_page.told
    assert "data: 1" in open_page.told
    assert not open_page.ended


@pytest.mark.parametrize("way", ["signed out", "taken out", "guest only"])
def test_whoever_may_no_longer_read_is_told_of_nothing_more(house: House, way: str) -> None:
    tell(house, 1)
    session = house.member("lead")
    found = house.app.access.session(session)
    assert found is not None

    def turn_away() -> None:
        if way == "signed out":
            house.app.access.sign_out(session)
        else:
            left: list[Role] = ["guest"] if way == "guest only" else []
            house.app.access.change_roles(house.workspace, found.person.id, left)
        tell(house, 2)

    open_page = OpenPage(house, session)
    asyncio.run(open_page.stay(turn_away, lambda: open_page.ended))
    assert open_page.told.count("event: fact") == 1
    assert open_page.told.count("event: out") == 1
    assert "data: 2" not in open_page.told


def test_an_idle_page_without_the_right_is_let_go_though_nothing_happens(house: House) -> None:
    tell(house, 1)
    session = house.member("viewer")
    open_page = OpenPage(house, session)
    out = house.app.access.sign_out
    asyncio.run(open_page.stay(lambda: out(session), lambda: open_page.ended))
    assert open_page.told.count("event: fact") == 1


def test_a_watch_of_another_workspace_tells_nothing(house: House) -> None:
    tell(house, 1)
    open_page = OpenPage(house, house.owner, watch="somebody-elses")
    asyncio.run(open_page.stay(nothing, lambda: open_page.ended))
    assert open_page.status == 404
    assert "event:" not in open_page.told


def test_no_page_waits_while_the_watch_of_another_is_looked_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(house, 1)
    asked_in: set[int] = set()
    one_watch = house.app.listen.one_watch

    def noted(workspace: str, watch: str) -> StoredWatch:
        asked_in.add(get_ident())
        return one_watch(workspace, watch)

    monkeypatch.setattr(house.app.listen, "one_watch", noted)
    open_page = OpenPage(house, house.owner)
    asyncio.run(open_page.stay(nothing, lambda: bool(open_page.told)))
    assert asked_in
    assert get_ident() not in asked_in
