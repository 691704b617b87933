"""Passwords, hashed with argon2."""

from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from fenghuo.domain.errors import BadInput

SHORTEST, LONGEST = 10, 1000


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")


def check_length(password: str) -> None:
    """BadInput when the password is too short or absurdly long to be anybody's."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput("access.password_length", shortest=SHORTEST, longest=LONGEST)


def hashed(password: str) -> str:
    """The hash to keep; BadInput as `check_length` has it."""
    check_length(password)
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the right one.

    With no hash it works as long as with one, so that time does not tell which accounts exist.
    """
    if len(password) > LONGEST:
        return False
    return _hasher().verify(password, kept or _nobody()) and bool(kept)
