"""The mechanics of the one way out: dial what was checked, read within a cap, say whose move."""

import asyncio
import socket
import ssl
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx
import socksio

from fenghuo.domain.errors import FenghuoError, OurMove, UserMove

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host that may be dialled; raises a domain error when there are none."""
Option = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

EACH_S = 4.0
"""How long one of several addresses of a host is tried: a broken IPv6 must not use up all."""
LINE_LONGEST = 2_000_000
WAIT = timedelta(minutes=1)
"""When a platform says "too many" without saying until when."""
LONGEST_WAIT = timedelta(days=1)
"""A wait for longer is taken for a mistake: it would silence a source without a word."""


_dialled: ContextVar[list[httpcore.AsyncNetworkStream]] = ContextVar("_dialled")
"""Streams that were opened for the request at hand."""


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was checked, never to a name."""

    def __init__(self, resolve: Resolve) -> None:
        """`resolve` holds the rule."""
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Option] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A stream to the first checked address that answers."""
        stream = await self._connect(host, port, timeout, local_address, socket_options)
        _dialled.get([]).append(stream)
        return stream

    async def _connect(
        self,
        host: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[Option] | None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(
                    address, port, EACH_S, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        """As the pool asks between its tries."""
        await asyncio.sleep(seconds)


class Transport(httpx.AsyncBaseTransport):
    """Hands httpx's requests to a connection pool of ours."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        """`pool` dials through a CheckedBackend."""
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, no redirect; errors of the pool come as they are."""
        stream = request.stream
        if not isinstance(stream, AsyncIterable):
            raise TypeError("the body of a request must be bytes or an async stream")
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=stream,
            extensions=request.extensions,
        )
        dialled: list[httpcore.AsyncNetworkStream] = []
        _dialled.set(dialled)
        try:
            answer = await self._pool.handle_async_request(asked)
        except httpcore.ProxyError:
            # The pool forgets the stream to a SOCKS proxy that refused.
            for left in dialled:
                await left.aclose()
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


async def dial(host: str, port: int, resolve: Resolve) -> socket.socket:
    """A connected socket to the first checked address that answers; OSError, TimeoutError."""
    problem: OSError = OSError(f"no address of {host}")
    for address in await resolve(host, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        made = socket.socket(family, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            async with asyncio.timeout(EACH_S):
                await asyncio.get_running_loop().sock_connect(made, (address, port))
            return made
        except OSError as error:
            made.close()
            problem = error
    raise problem


async def through_socks(made: socket.socket, proxy: httpx.Proxy, host: str, port: int) -> None:
    """Ask a SOCKS5 proxy at the other end of the socket to connect on; OSError if it does not."""
    loop = asyncio.get_running_loop()
    talk = socksio.socks5.SOCKS5Connection()

    async def ask(request: object) -> object:
        talk.send(request)
        await loop.sock_sendall(made, talk.data_to_send())
        return talk.receive_data(await loop.sock_recv(made, 4096))

    methods = socksio.socks5.SOCKS5AuthMethod
    method = methods.USERNAME_PASSWORD if proxy.raw_auth else methods.NO_AUTH_REQUIRED
    try:
        reply = await ask(socksio.socks5.SOCKS5AuthMethodsRequest([method]))
        if getattr(reply, "method", None) == method and proxy.raw_auth:
            reply = await ask(socksio.socks5.SOCKS5UsernamePasswordRequest(*proxy.raw_auth))
        command = socksio.socks5.SOCKS5Command.CONNECT
        request = socksio.socks5.SOCKS5CommandRequest.from_address(command, (host, port))
        reply = await ask(request)
    except socksio.ProtocolError as error:
        raise OSError(f"the proxy does not speak SOCKS5: {error}") from error
    code = getattr(reply, "reply_code", None)
    if code != socksio.socks5.SOCKS5ReplyCode.SUCCEEDED:
        raise OSError(f"the proxy refused: {code}")


async def read_capped(answer: httpx.Response, most: int, host: str) -> bytes:
    """The body, unpacked, at most `most` bytes of it in memory; UserMove when it is longer."""
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise OurMove("sources.unreadable", f"content-encoding {encoding[:50]}", host=host)
    unpack = None if encoding in {"identity", ""} else zlib.decompressobj(wbits=47)
    body = bytearray()
    async for part in answer.aiter_raw():
        try:
            body += unpack.decompress(part, most + 1 - len(body)) if unpack else part
        except zlib.error as error:
            raise OurMove("sources.unreadable", str(error), host=host) from error
        if len(body) > most:
            raise UserMove("sources.too_big", host=host, megabytes=round(most / 1e6, 1))
    return bytes(body)


async def split_lines(answer: httpx.Response, host: str, proxied: bool) -> AsyncIterator[str]:
    """Lines of a body that goes on, without their ends; OurMove when one is longer than 2 MB."""
    rest = b""
    parts = answer.aiter_raw()
    while True:
        with told(host, proxied):
            part = await anext(parts, None)
        if part is None:
            raise OurMove("sources.stream_ended", host=host)
        *whole, rest = (rest + part).split(b"\n")
        if len(rest) > LINE_LONGEST:
            raise OurMove("sources.unreadable", "a line without end", host=host)
        for line in whole:
            yield line.rstrip(b"\r").decode("utf-8", "replace")


def retry_at(headers: httpx.Headers, now: datetime) -> datetime:
    """When the other side says to come again, within a day; in a minute if it does not say."""
    told = headers.get("retry-after", "").strip()
    if not told:
        told = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", "")).strip()
    return min(max(_moment(told, now), now + timedelta(seconds=1)), now + LONGEST_WAIT)


def _moment(told: str, now: datetime) -> datetime:
    """Seconds from now, seconds since 1970, an ISO time or an HTTP date."""
    # More digits than eleven name no year that a date can hold.
    if told.replace(".", "", 1).isdecimal() and len(told) < 12:
        seconds = float(told)
        return (
            datetime.fromtimestamp(seconds, UTC) if seconds > 1e9 else now + timedelta(0, seconds)
        )
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(told)
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return now + WAIT


@contextmanager
def told(host: str, proxied: bool) -> Iterator[None]:
    """Errors of the network as domain errors that name the host and nothing else."""
    try:
        yield
    except (httpcore.ProxyError, httpx.ProxyError) as error:
        raise UserMove("sources.proxy_failed", repr(error), host=host) from error
    except (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError) as error:
        raise OurMove("sources.timed_out", repr(error), host=host) from error
    except (httpcore.NetworkError, httpx.NetworkError, OSError) as error:
        raise _unreachable(error, host, proxied) from error
    except (httpcore.ProtocolError, httpx.ProtocolError, httpx.DecodingError) as error:
        raise OurMove("sources.unreadable", repr(error), host=host) from error


def _unreachable(error: Exception, host: str, proxied: bool) -> FenghuoError:
    # The pool raises "from None", which drops the cause; what is left of it are the arguments.
    cause = next((c for c in (error, *error.args) if isinstance(c, ssl.SSLError)), None)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return UserMove("sources.certificate_invalid", cause.verify_message, host=host)
    key = "sources.unreachable_by_proxy" if proxied else "sources.unreachable"
    return OurMove(key, repr(error), host=host)
