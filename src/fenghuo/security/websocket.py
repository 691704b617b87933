"""Websockets by the egress rule: the socket is dialled by us and handed over."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import websockets
from websockets.asyncio.client import ClientConnection, connect

from fenghuo.domain.errors import OurMove, UserMove
from fenghuo.security.addresses import port_of
from fenghuo.security.http import Resolve, dial, through_socks

FRAME_LONGEST = 5_000_000


class _Once(connect):
    """Follows no redirect: it would be dialled unchecked."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


async def open_websocket(
    where: httpx.URL, resolve: Resolve, proxy: httpx.Proxy | None, agent: str, timeout: float
) -> ClientConnection:
    """A connection to a ws or wss URL; errors of the network and of `websockets` as they are."""
    secure = where.scheme == "wss"
    made, through = None, None
    if proxy and proxy.url.scheme.startswith("http"):
        through = str(proxy.url.copy_with(userinfo=b":".join(proxy.raw_auth or ())))
    else:
        made = await _socket(where.host, where.port or (443 if secure else 80), resolve, proxy)
    return await _Once(
        str(where),
        proxy=through,
        ssl=httpx.create_ssl_context() if secure else None,
        user_agent_header=agent,
        open_timeout=timeout,
        close_timeout=1.0,
        max_size=FRAME_LONGEST,
        sock=made,
    )


async def messages(
    connection: ClientConnection, silence: float, host: str
) -> AsyncIterator[str | bytes]:
    """What comes, until it ends or is silent for `silence` seconds."""
    while True:
        try:
            async with asyncio.timeout(silence):
                message = await connection.recv()
        except TimeoutError as error:
            raise OurMove("sources.timed_out", "silent for too long", host=host) from error
        except websockets.ConnectionClosed as error:
            raise OurMove("sources.stream_ended", repr(error), host=host) from error
        yield message


async def _socket(
    host: str, port: int, resolve: Resolve, proxy: httpx.Proxy | None
) -> socket.socket:
    if proxy is None:
        return await dial(host, port, resolve)
    made = await dial(proxy.url.host, port_of(proxy.url), resolve)
    try:
        await through_socks(made, proxy, host, port)
    except OSError as error:
        made.close()
        raise UserMove("sources.proxy_failed", repr(error), host=host) from error
    return made
