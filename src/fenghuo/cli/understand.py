"""`fenghuo understand`: what each post of a stream means, one JSON object a line."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

import click
import msgspec

from fenghuo.app import explains
from fenghuo.cli import language
from fenghuo.domain.errors import BadInput
from fenghuo.domain.misfit import misfit
from fenghuo.domain.post import Post
from fenghuo.domain.signs import whole_json
from fenghuo.domain.understanding import Understanding
from fenghuo.i18n import explain

if TYPE_CHECKING:
    from fenghuo.ports.understands import Understands

BATCH = 32
"""Posts judged together. The encoder is no faster with more, and answers come later."""

LONGEST = 8_000_000
"""Bytes of a line; a longer one is refused and skipped without being held in memory."""

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class _Named(msgspec.Struct):
    id: str | int


class _Line(msgspec.Struct):
    id: str | int
    text: str
    title: str | None = None
    lang: str | None = None

    def post(self) -> Post:
        """As a post; time and platform do not matter to its meaning."""
        return Post(
            platform="", id=str(self.id), time=_NO_TIME, text=self.text, title=self.title or "",
            lang=self.lang or "",
        )  # fmt: skip


class _Bad(msgspec.Struct):
    id: str | int | None
    error: str


class _Cue(msgspec.Struct):
    cue: str
    p: float
    words: tuple[str, ...]


class _Why(msgspec.Struct):
    of: str
    words: tuple[str, ...]
    examples: tuple[str, ...]


class _Answer(msgspec.Struct):
    id: str | int
    lang: str
    lang_p: float
    sentiment: dict[str, float]
    crisis_type: dict[str, float]
    cues: list[_Cue]
    why: list[_Why]


@click.command()
def understand() -> None:
    """Read posts as JSON lines, write what each means as JSON lines, in the same order.

    A line needs "id" and "text"; any other field of a post may stand beside them. A bad line
    is answered by {"id", "error"} and the rest goes on. Nothing leaves this machine.

    \b
    fenghuo understand < posts.jsonl > meanings.jsonl
    echo '{"id": 1, "text": "the charger caught fire"}' | fenghuo understand
    """
    run(sys.stdin.buffer, sys.stdout.buffer, explains())


def run(source: IO[bytes], out: IO[bytes], model: "Understands") -> None:
    """Judge `source` line by line into `out`; memory stays that of one batch."""
    batch: list[_Line | _Bad] = []
    for item in _items(source):
        batch.append(item)
        if len(batch) == BATCH:
            _answer(batch, out, model)
            batch.clear()
    _answer(batch, out, model)


def _items(source: IO[bytes]) -> Iterator[_Line | _Bad]:
    while line := source.readline(LONGEST + 1):
        if len(line) > LONGEST:
            while line and not line.endswith(b"\n"):
                line = source.readline(LONGEST)
            yield _bad(None, BadInput("understand.line_too_long", limit=LONGEST))
        elif line.strip():
            yield _read(line)


def _read(line: bytes) -> _Line | _Bad:
    line = whole_json(line)
    try:
        return msgspec.json.decode(line, type=_Line)
    except msgspec.ValidationError as error:
        return _bad(_id(line), BadInput("understand.field_wrong", **misfit(error, _Line)))
    except UnicodeDecodeError:
        return _bad(None, BadInput("understand.not_utf8"))
    except (msgspec.DecodeError, RecursionError) as error:
        return _bad(None, BadInput("understand.not_json", **misfit(error)))


def _id(line: bytes) -> str | int | None:
    try:
        return msgspec.json.decode(line, type=_Named).id
    except msgspec.ValidationError:
        return None


def _bad(name: str | int | None, error: BadInput) -> _Bad:
    return _Bad(name, explain(error, language()))


def _answer(batch: list[_Line | _Bad], out: IO[bytes], model: "Understands") -> None:
    meanings = iter(model.understand([item.post() for item in batch if isinstance(item, _Line)]))
    for item in batch:
        answer = item if isinstance(item, _Bad) else _form(item.id, next(meanings))
        out.write(msgspec.json.encode(answer) + b"\n")
    out.flush()


def _form(name: str | int, meaning: Understanding) -> _Answer:
    return _Answer(
        id=name,
        lang=meaning.lang,
        lang_p=meaning.lang_p,
        sentiment=meaning.sentiment,
        crisis_type=meaning.crisis_type,
        cues=[_Cue(one.cue, one.p, one.words) for one in meaning.cues],
        why=[_Why(one.of, one.words, one.examples) for one in meaning.why],
    )
