"""`fenghuo query`: how a query reads, and which posts it hits and why."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from unicodedata import east_asian_width

import click
import msgspec
import regex

from fenghuo.app import App, Archives, explain_query, lay_ground, read_lists, read_posts
from fenghuo.cli import EXIT_BAD_INPUT, language
from fenghuo.cli.watch_file import read_list_file
from fenghuo.config import load
from fenghuo.domain.errors import BadInput, FenghuoError
from fenghuo.domain.post import Post
from fenghuo.i18n import LANGUAGES, Language, explain, say

if TYPE_CHECKING:
    from fenghuo.listen import Explanation, Hit, Verdict

Lists = Mapping[str, Sequence[str]]


@click.group()
def query() -> None:
    """Try a query before a watch or a rule uses it.

    \b
    fenghuo query explain 'nuvolt (fire OR smoke) -job'
    """


# A query may begin with a hyphen, as "-refund" does; what is none of our options is the query.
@query.command("explain", context_settings={"ignore_unknown_options": True})
@click.argument("text")
@click.option("--posts", "file", type=click.Path(path_type=Path), help="Sample posts (JSONL, CSV).")
@click.option(
    "--watch/--search", "watch", default=False, help="Read it as for a watch or a search."
)
@click.option(
    "--list",
    "lists",
    multiple=True,
    metavar="NAME=TERM,TERM|FILE.toml|WORKSPACE",
    help="What @list is: terms, a file with a table [lists], or the lists of a workspace.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def explain_command(
    text: str,
    file: Path | None,
    watch: bool,
    lists: Sequence[str],
    lang: Language | None,
    as_json: bool,
) -> None:
    """Show how TEXT reads: brackets, what each term looks for, warnings, and verdicts on posts.

    \b
    fenghuo query explain 'nuvolt (fire OR smoke) -job'
    fenghuo query explain '充电宝 起火' --posts sample.jsonl --lang zh-CN
    fenghuo query explain 'author:@list(press) nuvolt' --list press=Reuters,BBCNews --watch
    fenghuo query explain 'nuvolt @list(hazards)' --list brand.toml
    fenghuo query explain 'nuvolt @list(hazards)' --list "Nuvolt Europe"
    """
    speaks = lang or language()
    try:
        known = {name: terms for given in lists for name, terms in _lists(given).items()}
        found = explain_query(text, _posts(file, speaks), known, "watch" if watch else "search")
    except BadInput as error:
        _refuse(error, text, speaks, as_json)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        click.echo("\n".join(_report(found, speaks)))


def _posts(file: Path | None, speaks: Language) -> list[Post]:
    """The posts of a file; a bad one is said on standard error and left out."""
    posts: list[Post] = []
    for name, line, item in read_posts([file] if file else []):
        if isinstance(item, FenghuoError):
            problem = explain(item, speaks)
            text = say("replay.line_bad", speaks, file=name, line=line, problem=problem)
            click.echo(text, err=True)
        else:
            posts.append(item)
    return posts


def _lists(given: str) -> Lists:
    name, sign, terms = given.partition("=")
    if sign:
        return read_lists({name: terms.split(",")})
    return read_list_file(Path(given)) if given.endswith(".toml") else _kept(given)


def _kept(workspace: str) -> Lists:
    """The lists that a workspace keeps under Settings."""
    config = load(os.environ)
    lay_ground(config)
    app = App(config)
    try:
        return app.lists.terms(Archives(app).workspace(workspace).id)
    finally:
        app.close()


def _refuse(error: BadInput, text: str, speaks: Language, as_json: bool) -> NoReturn:
    """Say what is wrong, with a mark under the place, and end."""
    sentence = explain(error, speaks)
    position = int(error.values.get("position", 0))
    if as_json:
        answer = {"error": error.key, "sentence": sentence, **error.values}
        click.echo(msgspec.json.encode(answer).decode())
    else:
        if position and "\n" not in text:
            click.echo(f"{text}\n{_blank_like(text[: position - 1])}^", err=True)
        click.echo(sentence, err=True)
    sys.exit(EXIT_BAD_INPUT)


def _blank_like(text: str) -> str:
    """Blanks as wide as the text: one for each sign, a full-width blank for a wide one."""
    wide = (east_asian_width(sign[0]) in "WF" for sign in regex.findall(r"\X", text))
    return "".join("\u3000" if one else " " for one in wide)


def _report(found: "Explanation", speaks: Language) -> Iterator[str]:
    yield f"{say('query.reads_as', speaks)}: {found.query}"
    yield f"{say('query.looks_for', speaks)}:"
    for literal in found.literals:
        units = [
            f"{piece.text} ({say(f'query.kind_{piece.kind}', speaks)})" for piece in literal.pieces
        ]
        yield f"  {literal.term} → {' + '.join(units)}"
    for branch in found.branches:
        name = "query.branch_anchor" if branch.anchors else "query.branch_no_anchor"
        yield say(name, speaks, branch=branch.branch, anchors=", ".join(branch.anchors))
    if found.cautions:
        yield f"{say('query.warnings', speaks)}:"
        yield from (f"  {say(one.key, speaks, **one.values)}" for one in found.cautions)
    for verdict in found.verdicts:
        yield from _verdict(verdict, speaks)
    if found.near_misses:
        yield f"{say('query.near_misses', speaks)}:"
        for miss in found.near_misses:
            yield f"  {say('query.near_miss', speaks, word=miss.word, posts=miss.posts)}"


def _verdict(verdict: "Verdict", speaks: Language) -> Iterator[str]:
    yield say(f"query.post_{'hit' if verdict.hit else 'miss'}", speaks, post=verdict.post_id)
    for reason in verdict.reasons:
        yield f"  {_hit(reason, 'query.reason_place', 'query.reason_field', speaks)}"
    for part in verdict.missing:
        yield f"  {say('query.part_missing', speaks, part=part)}"
    for hit in verdict.excluded_by:
        yield f"  {_hit(hit, 'query.excluded_by', 'query.excluded_by_field', speaks)}"


def _hit(hit: "Hit", placed: str, unplaced: str, speaks: Language) -> str:
    if not hit.field:
        return say(unplaced, speaks, term=hit.term)
    field = say(f"query.field_{hit.field}", speaks)
    return say(
        placed,
        speaks,
        term=hit.term,
        words=hit.words,
        field=field,
        start=hit.start + 1,
        end=hit.end,
    )
