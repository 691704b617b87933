"""The embedded language classifier: py3langid over a closed set of languages."""

from collections.abc import Iterable

from py3langid.langid import MODEL_FILE, LanguageIdentifier


class Langid:
    """Callable (text) -> (language code, probability 0..1).

    Holds an identifier of its own, set once: the package's module functions share one setting
    in the whole process. Calls only read, so threads may share it.
    """

    def __init__(self, languages: Iterable[str]) -> None:
        """Load the model (0.4 s) and restrict it; ValueError for a code that it does not know."""
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(sorted(set(languages)))

    def __call__(self, text: str) -> tuple[str, float]:
        """The likeliest language of a text."""
        language, p = self._identifier.classify(text)
        return str(language), float(p)
