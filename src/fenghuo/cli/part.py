"""`fenghuo part`: one part of `serve` alone, for people who run the processes themselves."""

import logging
import os
from importlib import import_module

import click

from fenghuo.app import run_engine, run_readers
from fenghuo.cli import uncollected
from fenghuo.config import load

WEB = "fenghuo.web.application"


@click.command()
@click.argument("name", type=click.Choice(["web", "engine", "readers"]))
def part(name: str) -> None:
    """Run one part of `fenghuo serve` in this process.

    \b
    fenghuo part web
    fenghuo part engine
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    if name == "engine":
        run_engine()
        return
    if name == "readers":
        run_readers()
        return
    import uvicorn

    config = load(os.environ)
    # Named, not imported: the web stands beside the commands, and only this process needs it.
    with uncollected():
        import_module(WEB)
    uvicorn.run(
        f"{WEB}:served",
        factory=True,
        host=config.host,
        port=config.port,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
