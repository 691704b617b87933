"""Secrets sealed at rest: platform keys, channel addresses."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.fernet import Fernet, InvalidToken

from fenghuo.domain.errors import UserMove


class Sealer:
    """Seals with a key of its own file, which only the owner of the process may read."""

    def __init__(self, file: Path) -> None:
        """`file` is made with a new key when it is not there."""
        if not file.exists():
            _make(file)
        self._fernet = Fernet(file.read_bytes().strip())

    def seal(self, secret: str) -> str:
        """The secret as a sealed text."""
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret again; UserMove when another key sealed it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise UserMove("access.sealed_with_another_key") from error


def _make(file: Path) -> None:
    """A new key, whole from the moment it can be seen; of two processes at once, one wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Only its owner may read a temporary file, and so the link to it.
    with NamedTemporaryFile(dir=file.parent, prefix=file.name) as new:
        new.write(Fernet.generate_key())
        new.flush()
        os.fsync(new.fileno())
        with suppress(FileExistsError):
            os.link(new.name, file)
