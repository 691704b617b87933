"""The one way out to the web: budget, time-outs and the egress rule are kept behind it."""

from collections.abc import Mapping
from typing import Protocol

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer whose body was read whole, within the cap that was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Http(Protocol):
    """Raises domain errors only: OurMove when unreachable, UserMove when the rule forbids it."""

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        max_bytes: int = 10_000_000,
    ) -> Answer:
        """GET, following redirects, each hop checked; header names in the answer are lower case."""
        ...

    async def post(
        self, url: str, *, content: bytes, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """POST once; no retry, no redirect."""
        ...
