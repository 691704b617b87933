"""What the product installs is what it imports."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
BY_OTHERS = {
    "python-multipart": "FastAPI reads forms with it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}
"""Declared and imported by nothing of ours, and why."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["dependencies"]
    return {plain(re.split(r"[\[<>=!~ ;]", line)[0]) for line in asked}


def imported() -> set[str]:
    """Every top-level name that a file of the product imports, wherever in the file."""
    found: set[str] = set()
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - {"fenghuo", "_typeshed"}


def test_every_package_that_is_imported_is_declared() -> None:
    known = packages_distributions()
    for name in imported():
        assert {plain(package) for package in known[name]} & declared(), name


def test_every_package_that_is_declared_is_imported() -> None:
    known = packages_distributions()
    used = {plain(package) for name in imported() for package in known[name]}
    assert declared() - used == set(BY_OTHERS)
