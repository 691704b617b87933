"""What can be set from outside: environment variables named FENGHUO_*, with safe defaults."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from fenghuo.domain.errors import BadInput

PREFIX = "FENGHUO_"


class Config(msgspec.Struct, frozen=True):
    """Where things are and what is allowed. Loopback only unless `host` says otherwise."""

    var: Path = Path("var")
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 8420
    public_url: str = ""
    proxy: str = ""
    allow_private: str = ""
    translate_url: str = ""
    translate_key: str = ""
    translate_model: str = ""

    @property
    def database_url(self) -> str:
        """The database's URL; SQLite under `var` unless one was named."""
        return self.database or f"sqlite:///{self.var / 'fenghuo.db'}"

    @property
    def private(self) -> bool | list[str]:
        """Which private addresses may be dialled: all, or these hosts and networks, or none."""
        if self.allow_private.strip().lower() in ("true", "1"):
            return True
        return [entry.strip() for entry in self.allow_private.split(",") if entry.strip()]


def load(environ: Mapping[str, str]) -> Config:
    """The configuration of these environment variables; BadInput names a wrong one.

    A variable NAME_FILE gives the path of a file that holds the value: for secrets.
    """
    values: dict[str, str] = {}
    for field in Config.__struct_fields__:
        name = PREFIX + field.upper()
        if name in environ:
            values[field] = environ[name]
        elif name + "_FILE" in environ:
            values[field] = Path(environ[name + "_FILE"]).read_text("utf8").strip()
    try:
        return msgspec.convert(values, Config, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise BadInput("config.wrong", detail=str(error)) from error


def _path(wanted: type, value: object) -> Path:
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"no setting is a {wanted.__name__}")
