"""The one way out: only http, https, ws and wss; only addresses that may be dialled.

A host is resolved here, each of its addresses is checked, and the very address that was checked
is dialled, so that a name cannot point elsewhere a moment later. Each hop of a redirect goes the
same way. A proxy named in the settings is dialled instead, and resolves the names itself: then
only addresses and names that plainly mean this machine or its network are refused.
"""

import asyncio
import logging
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpcore
import httpx
import msgspec
import websockets

from fenghuo.domain.errors import OurMove, TimeMove, UserMove
from fenghuo.ports.http import Answer
from fenghuo.security.addresses import Rule, port_of, read_proxy, read_url
from fenghuo.security.http import (
    CheckedBackend,
    Transport,
    read_capped,
    retry_at,
    split_lines,
    told,
)
from fenghuo.security.websocket import messages, open_websocket

for _name in ("httpx", "httpcore", "websockets.client"):
    # They write whole addresses, and a robot's address is its key.
    logging.getLogger(_name).setLevel(logging.WARNING)

MOST_REDIRECTS = 5
MOST_OPEN = 200
"""Connections at once; none is kept for later, so that nothing belongs to one event loop."""


class Manners(msgspec.Struct, frozen=True):
    """How long we wait, in seconds, and how often we ask one host.

    `silence` is the longest pause within an answer, `stream_silence` within one that goes on
    (servers send a sign of life every 15 to 30 s).
    """

    connect: float = 10.0
    silence: float = 20.0
    stream_silence: float = 90.0
    whole: float = 60.0
    gets_a_minute: int = 120


class Egress:
    """Implements ports Http and Streams."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        allow_private: bool | Sequence[str] = False,
        proxy: str = "",
        agent: str = "Fenghuo/0.1 (brand listening)",
        manners: Manners | None = None,
    ) -> None:
        """`now` is aware; `proxy` is http://, https://, socks5:// or socks5h://host:port."""
        self._now = now
        self._rule = Rule(allow_private)
        self._proxy = read_proxy(proxy) if proxy else None
        self._agent = agent
        self._manners = manners or Manners()
        self._asked: dict[str, deque[datetime]] = {}
        self._ssl = httpx.create_ssl_context()
        limit = httpx.Timeout(self._manners.silence, connect=self._manners.connect)
        self._client = httpx.AsyncClient(
            transport=Transport(self._pool()),
            timeout=limit,
            trust_env=False,
            headers={"user-agent": agent, "accept-encoding": "gzip"},
        )

    async def aclose(self) -> None:
        """Close what is still open."""
        await self._client.aclose()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        max_bytes: int = 10_000_000,
    ) -> Answer:
        """See port Http."""
        where = read_url(url, {"http", "https"}).copy_merge_params(dict(params or {}))
        self._spend(where.host)
        request = self._client.build_request("GET", where, headers=dict(headers or {}))
        with told(where.host, self._proxy is not None):
            async with asyncio.timeout(self._manners.whole):
                return await self._follow(request, max_bytes)

    async def post(
        self, url: str, *, content: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """See port Http."""
        where = read_url(url, {"http", "https"})
        request = self._client.build_request(
            "POST", where, content=content, headers=dict(headers or {})
        )
        with told(where.host, self._proxy is not None):
            async with asyncio.timeout(self._manners.whole):
                answer = await self._send(request)
                return await self._read(answer, 10_000_000)

    @asynccontextmanager
    async def lines(
        self, url: str, *, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[AsyncIterator[str]]:
        """See port Streams."""
        where = read_url(url, {"http", "https"})
        request = self._client.build_request(
            "GET",
            where,
            headers={**dict(headers or {}), "accept-encoding": "identity"},
            timeout=httpx.Timeout(self._manners.stream_silence, connect=self._manners.connect),
        )
        proxied = self._proxy is not None
        with told(where.host, proxied):
            answer = await self._send(request)
            if answer.status_code != 200:
                raise _no_stream((await self._read(answer, 100_000)).accepted())
        try:
            yield split_lines(answer, where.host, proxied)
        finally:
            await answer.aclose()

    @asynccontextmanager
    async def frames(self, url: str) -> AsyncIterator[AsyncIterator[str | bytes]]:
        """See port Streams."""
        where = read_url(url, {"ws", "wss"})
        self._check_target(where.host)
        with told(where.host, self._proxy is not None):
            try:
                connection = await open_websocket(
                    where, self.resolve, self._proxy, self._agent, self._manners.connect
                )
            except websockets.InvalidStatus as error:
                status, headers = error.response.status_code, error.response.headers
                self._check_wait(status, httpx.Headers(list(headers.raw_items())), where.host)
                raise _no_stream(Answer(status, {}, b"", url).accepted()) from error
            except websockets.ProxyError as error:
                raise UserMove("sources.proxy_failed", repr(error), host=where.host) from error
            except (websockets.InvalidHandshake, websockets.InvalidMessage) as error:
                raise OurMove("sources.unreadable", repr(error), host=where.host) from error
        try:
            yield messages(connection, self._manners.stream_silence, where.host)
        finally:
            await connection.close()

    def check_host(self, host: str, port: int | None) -> None:
        """UserMove when any address of the host is forbidden; OurMove when it has none.

        For what opens its own connections (mail, Apprise) and so chooses among the addresses
        itself; blocks while it resolves.
        """
        try:
            found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
        except OSError as error:
            raise OurMove("sources.unreachable", repr(error), host=host) from error
        addresses = [str(entry[4][0]) for entry in found]
        if not all(self._rule.permits(host, address) for address in addresses):
            raise UserMove("sources.address_forbidden", str(addresses), host=host)

    async def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be dialled; UserMove when there is none."""
        if self._proxy and (host, port) == (self._proxy.url.host, port_of(self._proxy.url)):
            return await self._lookup(host, port)
        return self._permitted(host, await self._lookup(host, port))

    def _permitted(self, host: str, addresses: Sequence[str]) -> list[str]:
        fine = [a for a in dict.fromkeys(addresses) if self._rule.permits(host, a)]
        if not fine:
            raise UserMove("sources.address_forbidden", str(addresses), host=host)
        return fine

    async def _lookup(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._manners.connect):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(entry[4][0]) for entry in found]

    async def _follow(self, request: httpx.Request, max_bytes: int) -> Answer:
        permanent = True
        for hop in range(MOST_REDIRECTS + 1):
            answer = await self._send(request)
            if answer.next_request is None:
                read = await self._read(answer, max_bytes)
                moved = read.url if hop and permanent else ""
                return msgspec.structs.replace(read, moved=moved)
            # The body of a redirect is not read: nobody needs it and it may have no end.
            await answer.aclose()
            permanent = permanent and answer.status_code in {301, 308}
            request = answer.next_request
            read_url(str(request.url), {"http", "https"})
        raise UserMove("sources.too_many_redirects", host=request.url.host)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        self._check_target(request.url.host)
        try:
            return await self._client.send(request, stream=True, follow_redirects=False)
        except (httpx.InvalidURL, httpx.RemoteProtocolError, httpx.UnsupportedProtocol) as error:
            raise OurMove("sources.unreadable", repr(error), host=request.url.host) from error

    async def _read(self, answer: httpx.Response, max_bytes: int) -> Answer:
        try:
            self._check_wait(answer.status_code, answer.headers, answer.url.host)
            body = await read_capped(answer, max_bytes, answer.url.host)
        finally:
            await answer.aclose()
        return Answer(answer.status_code, dict(answer.headers), body, str(answer.url))

    def _check_wait(self, status: int, headers: httpx.Headers, host: str) -> None:
        if status == 429 or (status == 503 and "retry-after" in headers):
            until = retry_at(headers, self._now())
            minutes = max(1, round((until - self._now()).total_seconds() / 60))
            raise TimeMove("sources.wait", retry_at=until, host=host, minutes=minutes)

    def _check_target(self, host: str) -> None:
        if self._proxy and not self._rule.permits_name(host):
            raise UserMove("sources.address_forbidden", "through a proxy", host=host)

    def _spend(self, host: str) -> None:
        """Our own limit, so that a faulty setting never hammers somebody's server."""
        now, minute = self._now(), timedelta(minutes=1)
        asked = self._asked.setdefault(host, deque())
        while asked and asked[0] <= now - minute:
            asked.popleft()
        if len(asked) >= self._manners.gets_a_minute:
            raise TimeMove("sources.budget_spent", retry_at=asked[0] + minute, host=host)
        asked.append(now)

    def _pool(self) -> httpcore.AsyncConnectionPool:
        backend = CheckedBackend(self.resolve)
        proxy = self._proxy
        if proxy is None:
            return httpcore.AsyncConnectionPool(
                self._ssl,
                max_connections=MOST_OPEN,
                max_keepalive_connections=0,
                network_backend=backend,
            )
        where = httpcore.URL(
            scheme=proxy.url.raw_scheme,
            host=proxy.url.raw_host,
            port=port_of(proxy.url),
            target=b"/",
        )
        socks = proxy.url.scheme.startswith("socks")
        kind: type[httpcore.AsyncHTTPProxy | httpcore.AsyncSOCKSProxy]
        kind = httpcore.AsyncSOCKSProxy if socks else httpcore.AsyncHTTPProxy
        return kind(
            where,
            proxy_auth=proxy.raw_auth,
            ssl_context=self._ssl,
            max_connections=MOST_OPEN,
            max_keepalive_connections=0,
            network_backend=backend,
        )


def _no_stream(answer: Answer) -> OurMove:
    return OurMove("sources.unreadable", f"status {answer.status}", host=answer.host)
