"""Any system of the team's own that sends posts to us, each delivery signed.

Such a source is not read: what is sent is taken in at `POST /hooks/<id of the source>`. Its
reader waits without end, so that nothing is asked and its health tells of deliveries only.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from secrets import token_urlsafe

from fenghuo.domain.errors import BadInput
from fenghuo.ports.http import Web
from fenghuo.ports.reads import Batch, Health, Option, Reads, Spec

SECRET = "secret"  # noqa: S105 - the name of the option
SHORTEST = 16
"""Letters of a secret. A shorter one can be found by trying, from one delivery that was seen."""

SPEC = Spec(
    "webhook",
    "网络钩子（签名推送）",
    "Signed webhook",
    (
        Option(
            SECRET,
            "secret",
            "签名密钥",
            "Signing secret",
            help_zh="至少 16 个字符；留空则自动生成，只显示一次。"
            "发送方用它为每次投递签名：Fenghuo-Signature: t=…,v1=…。",
            help_en="At least 16 characters; left empty, one is made and shown once. "
            "The sender signs each delivery with it: Fenghuo-Signature: t=…,v1=…",
        ),
    ),
    streams=True,
)


def completed(options: Mapping[str, str]) -> dict[str, str]:
    """The options with a new secret where it was left empty."""
    return {**options, SECRET: options.get(SECRET, "").strip() or token_urlsafe(32)}


def open_reader(options: Mapping[str, str], web: Web) -> Reads:
    """A reader that waits; BadInput when the secret is missing or too short."""
    secret = options.get(SECRET, "").strip()
    if not secret:
        raise BadInput("sources.option_missing", option=SECRET)
    if len(secret) < SHORTEST:
        raise BadInput("sources.option_wrong", option=SECRET, value="…")
    return Webhook()


class Webhook:
    """Implements Reads for a source that is sent to."""

    def spec(self) -> Spec:
        """See SPEC."""
        return SPEC

    async def check(self) -> Health:
        """Always ready: whether anything is sent is told by its health."""
        return Health(True)

    async def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        """Nothing, until it is left."""
        await asyncio.Event().wait()
        yield Batch((), cursor)
