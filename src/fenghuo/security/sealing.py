"""Secrets sealed at rest: platform keys, channel addresses."""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from fenghuo.domain.errors import UserMove


class Sealer:
    """Seals with a key of its own file, which only the owner of the process may read."""

    def __init__(self, file: Path) -> None:
        """`file` is made with a new key when it is not there."""
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as new:
                new.write(Fernet.generate_key())
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
