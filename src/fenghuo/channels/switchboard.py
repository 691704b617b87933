"""All families of channels behind one counter: sends letters at the same time, in bounded time."""

import asyncio
import logging
from collections.abc import Sequence
from threading import Lock

from fenghuo.domain.errors import BadInput, FenghuoError, OurMove
from fenghuo.ports.channel import ChannelKind, Known, Letter, Receipt

log = logging.getLogger("fenghuo.channels")

LIMIT_S = 40.0
"""So long one send may take, whatever it is made of. Shorter: slow mail servers, which greet after
half a minute, are never reached. Longer: the next person waits for a dead channel."""
AT_ONCE = 8

_OUR_WORDS = {
    "sources.address_forbidden": "telling.address_forbidden",
    "sources.certificate_invalid": "telling.certificate",
    "sources.proxy_failed": "telling.proxy_failed",
    "sources.timed_out": "telling.timed_out",
    "sources.unreachable": "telling.unreachable",
    "sources.unreachable_by_proxy": "telling.proxy_failed",
    "sources.unreadable": "telling.unreachable",
    "sources.wait": "telling.too_many",
}
"""The way out speaks of reading a source; what it means for a message that did not go out."""


class Switchboard:
    """Implements Delivers over families of channels; threads may share it, one sends at a time."""

    def __init__(self, kinds: Sequence[ChannelKind], limit_s: float = LIMIT_S) -> None:
        """`kinds` are asked in order whether an address is theirs."""
        self._kinds = kinds
        self._limit_s = limit_s
        # One loop for its whole life, since a client's connections belong to the loop that made
        # them.
        self._runner = asyncio.Runner()
        self._lock = Lock()

    def read(self, typed: str, secret: str = "") -> Known:
        """What an address is; BadInput when no family knows it or it cannot work."""
        return self._find(typed, secret)[1]

    def deliver(self, letters: Sequence[Letter]) -> list[Receipt | FenghuoError]:
        """Send at the same time, a few at once; one outcome a letter, in order."""
        with self._lock:
            return self._runner.run(self._all(letters))

    def close(self) -> None:
        """End the loop."""
        with self._lock:
            self._runner.close()

    async def _all(self, letters: Sequence[Letter]) -> list[Receipt | FenghuoError]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(letter: Letter) -> Receipt | FenghuoError:
            async with room:
                return await self._send(letter)

        sends = (one(letter) for letter in letters)
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
        return [_outcome(got) for got in outcomes]

    async def _send(self, letter: Letter) -> Receipt | FenghuoError:
        try:
            kind, known = self._find(letter.url)
            channel = kind.open(known.url)
            async with asyncio.timeout(self._limit_s):
                return await channel.send(letter.message)
        except FenghuoError as error:
            told = error.renamed(_OUR_WORDS.get(error.key, error.key), error.engineer)
            log.warning("not sent: %s %s", told.key, told.engineer)
            return told
        except TimeoutError:
            return OurMove("telling.timed_out")

    def _find(self, typed: str, secret: str = "") -> tuple[ChannelKind, Known]:
        for kind in self._kinds:
            known = kind.read(typed, secret)
            if known:
                return kind, known
        raise BadInput("telling.address_unknown")


def _outcome(got: Receipt | BaseException) -> Receipt | FenghuoError:
    """A fault that a service's plug-in raises costs its own letter and no other."""
    if isinstance(got, (Receipt, FenghuoError)):
        return got
    if not isinstance(got, Exception):
        raise got
    log.error("not sent: a channel failed", exc_info=got)
    return OurMove("telling.plugin_failed", repr(got))
