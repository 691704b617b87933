"""Languages by the names that people have for them."""

from fenghuo.i18n import Language, catalogue


def language_name(code: str, reader: Language) -> str:
    """The name of a language, its code where we have no name for it."""
    return catalogue(reader).get(f"languages.{code}", code)
