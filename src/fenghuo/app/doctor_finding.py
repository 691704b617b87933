"""One finding of the doctor."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from fenghuo.domain.errors import FenghuoError
from fenghuo.i18n import Language, catalogue, say

State = Literal["ok", "warning", "broken"]
Value = str | int | float


class Finding(msgspec.Struct, frozen=True):
    """What was looked at, how it is, and the sentence that says what that means.

    `key` is a message key; where the catalogue has it with "_mend" at its end, that says what to
    do. `cause` is the key of an error whose own sentence follows.
    """

    check: str
    state: State
    key: str
    values: Mapping[str, Value] = {}
    cause: str = ""
    cause_values: Mapping[str, Value] = {}

    @classmethod
    def of(
        cls, check: str, state: State, error: FenghuoError, key: str = "doctor.error",
        **values: Value,
    ) -> "Finding":  # fmt: skip
        """A finding that an error explains; what it holds for engineers is left out."""
        return cls(check, state, key, values, error.key, dict(error.values))

    def text(self, language: Language) -> str:
        """What it is and what it means."""
        cause = say(self.cause, language, **self.cause_values) if self.cause else ""
        return say(self.key, language, **self.values, cause=cause).strip()

    def mend(self, language: Language) -> str:
        """What to do, or "" where there is nothing or the sentence says it already."""
        known = self.key + "_mend" in catalogue(language)
        return say(self.key + "_mend", language, **self.values) if known else ""
