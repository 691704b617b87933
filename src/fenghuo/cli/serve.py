"""`fenghuo serve`: web, engine and readers over one database, supervised."""

import logging
import sys

import click

from fenghuo.app import Ready, prepare_to_serve, supervise
from fenghuo.cli import language
from fenghuo.i18n import say


@click.command()
def serve() -> None:
    """Start everything and print the address.

    \b
    fenghuo serve
    FENGHUO_PORT=9000 fenghuo serve
    FENGHUO_DATABASE=postgresql://user@/fenghuo fenghuo serve
    """
    run(prepare_to_serve())


def run(ready: Ready) -> None:
    """Say where the product is, and keep its parts running until asked to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    speaks = language()
    click.echo(say("serve.address", speaks, url=ready.url))
    if ready.copy:
        click.echo(say("serve.copied", speaks, file=ready.copy))
    if ready.owner_url:
        key = "serve.first_owner_demo" if ready.demo else "serve.first_owner"
        click.echo(say(key, speaks, url=ready.owner_url))
    elif ready.demo:
        click.echo(say("serve.demo", speaks, name=ready.demo))
    command = [sys.executable, "-m", "fenghuo", "part"]
    supervise({name: [*command, name] for name in ("web", "engine", "readers")})
