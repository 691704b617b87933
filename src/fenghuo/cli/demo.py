"""`fenghuo demo`: watch a crisis unfold."""

import click

from fenghuo.app import prepare_demo
from fenghuo.cli.serve import run


@click.command()
def demo() -> None:
    """Start everything as `fenghuo serve` does, with a crisis that unfolds in a DEMO workspace.

    Nobody owns the product yet: the one-time link makes you its owner and leads to the demo.
    Otherwise the first owner finds the demo among their workspaces; one that has come to its end
    stays, and a new one begins.

    \b
    fenghuo demo
    FENGHUO_VAR=/tmp/demo FENGHUO_PORT=9000 fenghuo demo
    """
    run(prepare_demo())
