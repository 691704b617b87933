"""What is shipped as knowledge: recipes for feeds."""

from functools import cache
from importlib.resources import files

from fenghuo.listen import Recipe, recipes_of


@cache
def known_recipes() -> dict[str, Recipe]:
    """Every shipped recipe by name, in the order in which to offer them."""
    found: dict[str, Recipe] = {}
    for name in ("news", "reviews", "forums"):
        found |= recipes_of((files("fenghuo.data") / "recipes" / f"{name}.toml").read_bytes())
    return found
