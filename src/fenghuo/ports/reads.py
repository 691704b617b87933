"""A source that can be read."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from fenghuo.domain.post import Post


class Option(msgspec.Struct, frozen=True):
    """One typed field of a source's settings; the page draws the form from it."""

    name: str
    kind: Literal["text", "secret", "url", "list", "number", "choice", "switch"]
    label_zh: str
    label_en: str
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    help_zh: str = ""
    help_en: str = ""


class Spec(msgspec.Struct, frozen=True):
    """What a source is and what it asks for."""

    platform: str
    title_zh: str
    title_en: str
    options: tuple[Option, ...]
    needs_key: bool = False
    streams: bool = False


class Remark(msgspec.Struct, frozen=True):
    """Something to tell that stops nothing: a message key "area.name" and its values.

    A bad row of a file, an encoding that was guessed, a feed that moved, a gap in a stream.
    """

    key: str
    values: Mapping[str, str | int | float] = {}


class Health(msgspec.Struct, frozen=True):
    """Answer of `check`: it works now; what quota is left (None: the source tells none)."""

    ok: bool
    detail: str = ""
    quota_left: int | None = None
    remarks: Sequence[Remark] = ()


class Batch(msgspec.Struct, frozen=True):
    """Posts, and the cursor that is right once they are safe; `next_at` when to come again.

    A batch may hold no post: its cursor and remarks count all the same.
    """

    posts: Sequence[Post]
    cursor: str
    next_at: datetime | None = None
    remarks: Sequence[Remark] = ()


class Reads(Protocol):
    """A poller ends after what is there now; a stream goes on until cancelled.

    Waiting and retrying belong to the engine, which keeps the cursor and moves it only after
    the batch is safe. Errors are domain errors, so that they say whose move it is.
    """

    def spec(self) -> Spec:
        """What this source asks for."""
        ...

    async def check(self) -> Health:
        """Is the credential good, is the source reachable, what quota is left?

        When not, it raises the error that `read` would raise.
        """
        ...

    def read(self, cursor: str, now: datetime) -> AsyncIterator[Batch]:
        """Batches from `cursor` on ("" = from now, or what the source sent lately)."""
        ...
