"""`fenghuo replay`: posts from files through the same pipeline, without server or account."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from fenghuo.app import new_replay, read_posts
from fenghuo.cli import language
from fenghuo.cli.watch_file import WatchFile, read_watch_file
from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.domain.fact import Finding
from fenghuo.domain.post import Post, aware
from fenghuo.i18n import explain, say

if TYPE_CHECKING:
    from fenghuo.warn import Found, Replay

BATCH = 256


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--watch", "watches", multiple=True, required=True, type=click.Path(path_type=Path))
@click.option("--until", "until_text", help="Stop at this time, e.g. 2015-02-24T00:00:00Z.")
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="Tune the detectors.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def replay(
    files: tuple[Path, ...],
    watches: tuple[Path, ...],
    until_text: str | None,
    sets: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run posts from FILES (JSONL or CSV, also .gz or .xz) through the whole pipeline.

    \b
    fenghuo replay posts.jsonl --watch brand.toml --json
    fenghuo replay a.jsonl.gz b.csv --watch brand.toml --set surge_threshold=6
    """
    until = _until(until_text)
    written = _read_watches(watches)
    lists = {name: watch.lists for name, watch in written.items()}
    run = new_replay(written, _settings(sets), lists)
    passing = _Passing()
    posts = _before(until, passing.posts(read_posts(files)))
    for found in _facts(run, posts):
        click.echo(_json(found) if as_json else _words(found))
    _end(run, passing.rejected, as_json)
    if passing.unknown:
        names = ", ".join(sorted(passing.unknown))
        click.echo(say("replay.unknown", language(), names=names), err=True)


class _Passing:
    """Counts refused items and says each on standard error; the rest goes on.

    `unknown`: names of fields that we do not know, to be told once.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self.unknown: set[str] = set()

    def posts(self, items: Iterable[tuple[str, int, Post | FenghuoError]]) -> Iterator[Post]:
        for file, line, item in items:
            if isinstance(item, FenghuoError):
                self.rejected += 1
                problem = explain(item, language())
                text = say("replay.line_bad", language(), file=file, line=line, problem=problem)
                click.echo(text, err=True)
            else:
                self.unknown.update(item.extra)
                yield item


def _facts(run: "Replay", posts: Iterable[Post]) -> "Iterator[Found]":
    batch: list[Post] = []
    shown = sys.stderr.isatty() and not sys.stdout.isatty()
    for post in posts:
        batch.append(post)
        if len(batch) == BATCH:
            yield from run.feed(batch)
            batch.clear()
            if shown:
                _progress(run)
    yield from run.feed(batch)
    yield from run.end()
    if shown:
        click.echo(err=True)


def _progress(run: "Replay") -> None:
    counted = run.counted
    text = say(
        "replay.progress", language(),
        posts=counted.posts, matched=counted.matched, alerts=counted.alerts,
    )  # fmt: skip
    click.echo(f"\r{text}", err=True, nl=False)


def _before(until: datetime | None, posts: Iterable[Post]) -> Iterator[Post]:
    for post in posts:
        if until is None or post.time <= until:
            yield post


def _until(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("replay.until_wrong", value=text) from error
    if at.tzinfo is None:
        raise BadInput("replay.until_wrong", value=text)
    return at.astimezone(UTC)


def _read_watches(files: Iterable[Path]) -> dict[str, WatchFile]:
    found: dict[str, WatchFile] = {}
    for file in files:
        watch = read_watch_file(file)
        if watch.brand in found:
            raise BadInput("replay.watch_twice", brand=watch.brand)
        found[watch.brand] = watch
    return found


def _settings(sets: Iterable[str]) -> dict[str, str]:
    return dict(item.partition("=")[::2] for item in sets)


def _json(found: "Found") -> str:
    fact = found.fact
    return msgspec.json.encode(
        {
            "time": aware(fact.at).isoformat().replace("+00:00", "Z"),
            "watch": found.watch,
            "fact": fact.fact,
            "alert": fact.alert or None,
            "story": fact.story or None,
            "level": fact.level if fact.alert else None,
            "type": fact.type,
            "probability": fact.probability,
            "reasons": [_reason(r) for r in fact.reasons],
            "against": [_reason(r) for r in fact.against],
            "mentions": fact.mentions,
            "examples": found.examples,
        }
    ).decode()


def _reason(found: Finding) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "seen": found.seen,
        "usual": [round(found.low, 2), round(found.high, 2)],
        "window_s": found.window_ms // 1000,
        "surprise": found.surprise,
        "words": found.words,
    }


def _words(found: "Found") -> str:
    fact = found.fact
    time = aware(fact.at).strftime("%Y-%m-%d %H:%M")
    kinds = ", ".join(reason.kind for reason in fact.reasons)
    subject = f"{fact.alert} {fact.level}" if fact.alert else fact.story
    return f"{time}  {found.watch}  {fact.fact}  {subject}  {fact.type}  ×{fact.mentions}  {kinds}"


def _end(run: "Replay", rejected: int, as_json: bool) -> None:
    counted = run.counted
    summary = {
        "fact": "replay_ended",
        "posts": counted.posts + rejected,
        "matched": counted.matched,
        "duplicates": counted.duplicates,
        "rejected": rejected,
        "alerts": counted.alerts,
    }
    if as_json:
        click.echo(msgspec.json.encode(summary).decode())
    else:
        click.echo("  ".join(f"{name} {value}" for name, value in summary.items()))
