"""The error tree. An error says whose move it is, and carries a message key, not a sentence.

FenghuoError
 ├─ UserMove     fix this: the input, the setting, the credential
 │   ├─ BadInput       one item or file is wrong; `at` says where
 │   │   └─ Missing       there is none of this id here
 │   ├─ NotAllowed     the person lacks the right
 │   └─ Reconnect      a credential no longer works
 ├─ TimeMove     wait until `retry_at`
 ├─ OurMove      we try again
 └─ NobodysMove  gone for good

`i18n` makes the sentence in the reader's language from `key` and `values`; `engineer` is for logs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal, Self

Move = Literal["user", "time", "ours", "nobody"]


class FenghuoError(Exception):
    """Base of all errors that a person may see."""

    move: ClassVar[Move] = "ours"

    def __init__(self, key: str, engineer: str = "", /, **values: str | int | float) -> None:
        """`key` of the catalogue, a text for the engineer, and the values of the sentence."""
        super().__init__(f"{key} {dict(values)} {engineer}".strip())
        self.key = key
        self.engineer = engineer
        self.values: Mapping[str, str | int | float] = values

    def renamed(self, key: str, engineer: str) -> Self:
        """The same move under another key, with another text for the engineer; values stay."""
        made = type(self).__new__(type(self), f"{key} {dict(self.values)} {engineer}".strip())
        made.__dict__.update(self.__dict__, key=key, engineer=engineer)
        return made


class UserMove(FenghuoError):
    """The user can mend it."""

    move: ClassVar[Move] = "user"


class BadInput(UserMove):
    """One item, line or file is wrong."""


class Missing(BadInput):
    """There is none of this id here. One of another workspace looks the same as one of nowhere."""


class NotAllowed(UserMove):
    """The person lacks the right to do this."""


class Reconnect(UserMove):
    """A credential no longer works and must be renewed."""


class TimeMove(FenghuoError):
    """Wait: the other side said when to come again."""

    move: ClassVar[Move] = "time"

    def __init__(
        self, key: str, engineer: str = "", /, *, retry_at: datetime, **values: str | int | float
    ) -> None:
        """As the base, with the aware time from which trying again makes sense."""
        super().__init__(key, engineer, **values)
        self.retry_at = retry_at


class OurMove(FenghuoError):
    """We try again by ourselves."""


class NobodysMove(FenghuoError):
    """Gone for good; nobody can bring it back."""

    move: ClassVar[Move] = "nobody"
