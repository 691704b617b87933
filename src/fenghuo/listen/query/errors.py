"""What can be wrong with a query: errors that point at the place, cautions that let it through."""

from collections.abc import Mapping

import msgspec

from fenghuo.domain.errors import BadInput


class QueryError(BadInput):
    """A query that cannot be read. The sentence of its key says what to write instead.

    `position` counts code points of what the user typed, from 1; `suggestion` is text to put in
    its place ("" when only the sentence can help).
    """

    def __init__(
        self, name: str, position: int, suggestion: str = "", /, **values: str | int
    ) -> None:
        """`name` without its area: the key is "query.<name>"."""
        super().__init__(f"query.{name}", position=position, suggestion=suggestion, **values)
        self.position = position
        self.suggestion = suggestion


class Caution(msgspec.Struct, frozen=True):
    """A warning: the query is read, but may not mean what its writer meant.

    `key` is a message key of the catalogue, `values` belong into its sentence; `position` as in
    `QueryError`; `suggestion` is also among the values.
    """

    position: int
    key: str
    values: Mapping[str, str | int]

    @property
    def suggestion(self) -> str:
        """What to write instead, or ""."""
        return str(self.values.get("suggestion", ""))
