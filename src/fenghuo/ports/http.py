"""The one way out to the web: budget, time-outs and the egress rule are kept behind it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from fenghuo.domain.errors import NobodysMove, NotAllowed, OurMove, Reconnect, UserMove

HOST_SHOWN = 100
"""Characters of an address that an error shows; paths may hold secrets and are never shown."""


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer whose body was read whole, within the cap that was asked for.

    Header names are lower case. `url` is where it came from after redirects; `moved` is the same
    when every redirect on the way was a permanent one, else "".
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved: str = ""

    @property
    def host(self) -> str:
        """The host that answered."""
        return self.url.partition("://")[2].partition("/")[0].rpartition("@")[2][:HOST_SHOWN]

    def accepted(self) -> "Answer":
        """Itself when the status is below 400; else raises the error that says whose move it is."""
        if self.status < 400:
            return self
        told = f"{self.status} from {self.host}"
        match self.status:
            case 401:
                raise Reconnect("sources.credential_refused", told, host=self.host)
            case 403:
                raise NotAllowed("sources.access_refused", told, host=self.host)
            case 404 | 410:
                raise NobodysMove("sources.gone", told, host=self.host)
            case status if status >= 500:
                raise OurMove("sources.server_trouble", told, host=self.host, status=status)
            case status:
                raise UserMove("sources.request_refused", told, host=self.host, status=status)


class Http(Protocol):
    """Raises domain errors only.

    OurMove when unreachable or timed out, UserMove when the egress rule forbids the address or
    the body is longer than the cap, TimeMove on 429 and on 503 that says when to come again.
    Any other status is an Answer.
    """

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        max_bytes: int = 10_000_000,
    ) -> Answer:
        """GET, following redirects, each hop checked; `params` are added to the URL's own."""
        ...

    async def post(
        self, url: str, *, content: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """POST once; no retry, no redirect."""
        ...


class Streams(Protocol):
    """What goes on until it is left; a long silence or an end is an OurMove."""

    def lines(
        self, url: str, *, headers: Mapping[str, str] | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """Lines of an HTTP answer that never ends, such as server-sent events; no redirect."""
        ...

    def frames(self, url: str) -> AbstractAsyncContextManager[AsyncIterator[str | bytes]]:
        """Messages of a websocket (ws:// or wss://)."""
        ...


class Web(Http, Streams, Protocol):
    """Both: what a platform is given."""
