"""Every command explains itself, with examples."""

import click
import pytest
from click.testing import CliRunner

from fenghuo.cli import COMMANDS, cli


@pytest.mark.parametrize("words", [[], ["query", "explain"], *([name] for name in COMMANDS)])
def test_help_has_an_example_that_names_the_command(words: list[str]) -> None:
    result = CliRunner().invoke(cli, [*words, "--help"])
    assert result.exit_code == 0
    lines = [line.strip() for line in result.stdout.splitlines()]
    example = " ".join(["fenghuo", *words])
    assert [line for line in lines if example in line and not line.startswith("Usage")]


def test_each_command_has_the_name_under_which_it_is_called() -> None:
    context = click.Context(cli)
    for name in COMMANDS:
        found = cli.get_command(context, name)
        assert found is not None
        assert found.name == name
