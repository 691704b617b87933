"""What is shipped as knowledge: recipes for feeds, mappings for tables."""

from functools import cache
from importlib.resources import files

from fenghuo.listen import ColumnMapping, Recipe, recipes_of, shipped_mapping


@cache
def known_recipes() -> dict[str, Recipe]:
    """Every shipped recipe by name, in the order in which to offer them."""
    found: dict[str, Recipe] = {}
    for name in ("news", "reviews", "forums"):
        found |= recipes_of((files("fenghuo.data") / "recipes" / f"{name}.toml").read_bytes())
    return found


@cache
def known_mappings() -> dict[str, ColumnMapping]:
    """Every shipped column mapping by name; the first of two that fit equally well is taken."""
    folder = files("fenghuo.data") / "mappings"
    names = ("posts", "reviews", "returns", "tickets")
    found = [shipped_mapping((folder / f"{name}.toml").read_bytes()) for name in names]
    return {mapping.name: mapping for mapping in found}
