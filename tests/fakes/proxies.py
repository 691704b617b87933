"""FAKE: a proxy of this machine, SOCKS5 or HTTP, that leads every name to 127.0.0.1.

It stands for a proxy abroad: what it is asked for never has to exist.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal


class Proxy:
    """Where it is, and which hosts it was asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[str] = []


@asynccontextmanager
async def proxy(kind: Literal["socks5", "http"], *, refuses: bool = False) -> AsyncIterator[Proxy]:
    """A proxy on a free port until the end of the block; lives in the loop of the test."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            host, port = await (_socks if kind == "socks5" else _connect)(reader, writer, refuses)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()
            return
        made.asked.append(host)
        if refuses:
            writer.close()
            return
        onward = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pump(reader, onward[1]), _pump(onward[0], writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made = Proxy(f"{kind}://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield made
    finally:
        server.close()


async def _socks(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, refuses: bool
) -> tuple[str, int]:
    _, count = await reader.readexactly(2)
    await reader.readexactly(count)
    writer.write(b"\x05\x00")
    head = await reader.readexactly(4)
    if head[3] == 3:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    else:
        host = ".".join(str(n) for n in await reader.readexactly(4))
    port = int.from_bytes(await reader.readexactly(2), "big")
    writer.write(b"\x05" + (b"\x02" if refuses else b"\x00") + b"\x00\x01" + bytes(6))
    await writer.drain()
    return host, port


async def _connect(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, refuses: bool
) -> tuple[str, int]:
    line = (await reader.readuntil(b"\r\n\r\n")).decode()
    host, _, port = line.split(" ")[1].rpartition(":")
    writer.write(b"HTTP/1.1 403 No\r\n\r\n" if refuses else b"HTTP/1.1 200 Fine\r\n\r\n")
    await writer.drain()
    return host, int(port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()
