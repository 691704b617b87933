"""`fenghuo openapi`: the description of the JSON API."""

import json
from pkgutil import resolve_name

import click


@click.command()
def openapi() -> None:
    """Print the description of the JSON API in the form OpenAPI 3.1, as JSON.

    \b
    fenghuo openapi > fenghuo-api.json
    """
    # Named, not imported: the web stands beside the commands.
    described = resolve_name("fenghuo.web.api.description:described")
    click.echo(json.dumps(described(), ensure_ascii=False, indent=2))
