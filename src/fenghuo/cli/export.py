"""`fenghuo export`: a whole workspace as JSON lines in a zip."""

import os
from pathlib import Path

import click
import msgspec

from fenghuo.app import App, Archives, lay_ground
from fenghuo.cli import language
from fenghuo.config import load
from fenghuo.i18n import LANGUAGES, Language, say


@click.command()
@click.argument("workspace")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="Print the manifest as one JSON object.")
def export(workspace: str, file: Path, lang: Language | None, as_json: bool) -> None:
    """Write WORKSPACE (its id or its name) into FILE, a zip of JSON lines.

    Passwords, tokens, keys of sources and addresses of channels stay here. The file holds what
    people wrote: keep it as carefully as the database.

    \b
    fenghuo export "Veyra" veyra.zip
    fenghuo export 0197f3a2-… veyra.zip --json
    """
    speaks = lang or language()
    config = load(os.environ)
    lay_ground(config)
    archives = Archives(App(config))
    manifest = archives.write(archives.workspace(workspace), file)
    if as_json:
        click.echo(msgspec.json.encode(manifest).decode())
        return
    counts = {noun: manifest.parts[noun].lines for noun in ("posts", "mentions", "facts")}
    click.echo(say("archive.written", speaks, name=manifest.name, file=file, **counts))
    click.echo(say("archive.left_out", speaks))
