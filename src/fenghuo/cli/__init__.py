"""One file a command. Commands are imported only when called, so that --help is quick."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from os import environ

import click

from fenghuo.domain.errors import FenghuoError
from fenghuo.i18n import Language, explain

COMMANDS = {
    name: name.replace("import", "import_")
    for name in (
        "demo",
        "doctor",
        "export",
        "import",
        "openapi",
        "part",
        "query",
        "replay",
        "serve",
        "understand",
    )
}
"""Each command with the name of its module, in which it has the same name."""
EXIT_BAD_INPUT = 2


def language() -> Language:
    """The language of the terminal: Chinese when its locale is, else English."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh-CN" if locale.lower().startswith("zh") else "en"


@contextmanager
def uncollected() -> Iterator[None]:
    """Imports without looking for garbage: modules stay, and looking takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class _Lazy(click.Group):
    """A group whose commands live in modules of the same name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = COMMANDS[cmd_name]
        with uncollected():
            found: click.Command = getattr(import_module(f"fenghuo.cli.{module}"), module)
        return found


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fenghuo")
def cli() -> None:
    """Fenghuo 烽火 hears a social-media crisis early and carries the brand team through it.

    \b
    fenghuo demo        watch a crisis unfold
    fenghuo serve       start the product
    fenghuo doctor      see what works, and how to mend what does not
    fenghuo replay posts.jsonl --watch brand.toml
    """


def main() -> None:
    """Entry point; an error that a person can mend ends with exit code 2 and its sentence."""
    try:
        cli()
    except FenghuoError as error:
        click.echo(explain(error, language()), err=True)
        sys.exit(EXIT_BAD_INPUT)
