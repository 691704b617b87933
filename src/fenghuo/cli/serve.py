"""`fenghuo serve`: web, engine and readers over one database, supervised."""

import logging
import sys

import click

from fenghuo.app import prepare_to_serve, supervise
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
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    ready = prepare_to_serve()
    click.echo(say("serve.address", language(), url=ready.url))
    if ready.owner_url:
        click.echo(say("serve.first_owner", language(), url=ready.owner_url))
    command = [sys.executable, "-m", "fenghuo", "part"]
    supervise({name: [*command, name] for name in ("web", "engine", "readers")})
