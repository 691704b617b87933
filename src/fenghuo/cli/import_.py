"""`fenghuo import`: a workspace from an archive, whole or not at all."""

import os
from pathlib import Path

import click
import msgspec

from fenghuo.app import App, Archives, Taken, address, lay_ground
from fenghuo.cli import language
from fenghuo.config import load
from fenghuo.i18n import LANGUAGES, Language, say


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def import_(file: Path, lang: Language | None, as_json: bool) -> None:
    """Take the workspace of FILE, which `fenghuo export` wrote. Twice changes nothing.

    Other workspaces are never touched. People who are new here get a one-time link with which
    they choose a password; keys of sources and addresses of channels have to be entered again.

    \b
    fenghuo import veyra.zip
    FENGHUO_DATABASE=postgresql://user@/fenghuo fenghuo import veyra.zip
    """
    config = load(os.environ)
    lay_ground(config)
    taken = Archives(App(config)).take(file)
    home = address(config)
    if as_json:
        click.echo(msgspec.json.encode(_answer(taken, home)).decode())
        return
    for sentence in _sentences(taken, home, lang or language()):
        click.echo(sentence)


def _answer(taken: Taken, home: str) -> dict[str, object]:
    return {
        "workspace": taken.manifest.workspace,
        "name": taken.manifest.name,
        "new": taken.new,
        "differing": taken.differing,
        "lines": {noun: part.lines for noun, part in taken.manifest.parts.items()},
        "links": {person.email: f"{home}/join/{secret}" for person, secret in taken.links},
    }


def _sentences(taken: Taken, home: str, speaks: Language) -> list[str]:
    name, parts = taken.manifest.name, taken.manifest.parts
    if not taken.new:
        if not taken.differing:
            return [say("archive.same", speaks, name=name)]
        what = ", ".join(taken.differing)
        return [say("archive.differs", speaks, name=name, what=what)]
    counts = {noun: parts[noun].lines for noun in ("posts", "mentions", "facts")}
    said = [say("archive.taken", speaks, name=name, **counts)]
    missing = {noun: parts[noun].lines for noun in ("sources", "channels")}
    if any(missing.values()):
        said.append(say("archive.enter_again", speaks, **missing))
    for person, secret in taken.links:
        who = f"{person.name} <{person.email}>"
        said.append(say("archive.link", speaks, person=who, url=f"{home}/join/{secret}"))
    return said
