"""What can be set from outside: environment variables named FENGHUO_*, with safe defaults."""

import re
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from fenghuo.domain.errors import BadInput
from fenghuo.domain.misfit import unopened

PREFIX = "FENGHUO_"
WEB = ("http", "https")
PROXIES = ("http", "https", "socks5", "socks5h")
_HOST = re.compile(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)


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

    A variable NAME_FILE gives the path of a file that holds the value: for secrets. The value of
    a wrong one is not repeated, since there may be a password in it.
    """
    values = dict(_given(environ))
    try:
        config = msgspec.convert(values, Config, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        name = PREFIX + "PORT"
        raise BadInput("config.wrong", str(error), name=name, problem="config.no_number") from error
    for field, check in CHECKS.items():
        if problem := check(getattr(config, field)):
            raise BadInput("config.wrong", name=PREFIX + field.upper(), **problem)
    return config


def _given(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field in Config.__struct_fields__:
        name = PREFIX + field.upper()
        if name in environ:
            # An empty line in a file of settings means "not set".
            if environ[name]:
                yield field, environ[name]
        elif name + "_FILE" in environ:
            yield field, _read(name + "_FILE", Path(environ[name + "_FILE"]))


def _read(name: str, file: Path) -> str:
    try:
        return file.read_text("utf8").strip()
    except OSError as error:
        raise BadInput("config.wrong", str(error), name=name, **unopened(error)) from error
    except UnicodeDecodeError as error:
        raise BadInput("config.wrong", str(error), name=name, problem="form.not_utf8") from error


def _path(wanted: type, value: object) -> Path:
    if wanted is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"no setting is a {wanted.__name__}")


def _address(schemes: tuple[str, ...], example: str) -> Callable[[str], dict[str, str]]:
    """A check for a whole address of one of these schemes, or none."""

    def check(url: str) -> dict[str, str]:
        if not url or _whole(url, schemes):
            return {}
        return {"problem": "config.no_address", "example": example}

    return check


def _whole(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        # The port is read here: a wrong one is no ValueError before.
        fit = parts.scheme in schemes and parts.port != 0
    except ValueError:
        return False
    bare = not (parts.query or parts.fragment) and not re.search(r"\s", url)
    return fit and bare and _named(parts.hostname or "")


def _named(host: str) -> bool:
    try:
        return bool(_HOST.fullmatch(host.encode("idna").decode()) or ip_address(host))
    except (UnicodeError, ValueError):
        return False


def _private(entries: str) -> dict[str, str]:
    allowed = Config(allow_private=entries).private
    for entry in [] if isinstance(allowed, bool) else allowed:
        if not _named(entry) and not _network(entry):
            example = "10.0.0.0/8,mail.local"
            return {"problem": "config.no_private", "entry": entry, "example": example}
    return {}


def _network(entry: str) -> bool:
    try:
        return bool(ip_network(entry, strict=False))
    except ValueError:
        return False


def _host(host: str) -> dict[str, str]:
    fit = _named(host.strip("[]"))
    return {} if fit else {"problem": "config.no_host", "example": "127.0.0.1"}


CHECKS: Mapping[str, Callable[[str], dict[str, str]]] = {
    "host": _host,
    "public_url": _address(WEB, "https://fenghuo.example.com"),
    "proxy": _address(PROXIES, "socks5://127.0.0.1:1080"),
    "allow_private": _private,
    "translate_url": _address(WEB, "http://127.0.0.1:5000"),
}
"""What a setting must look like; the database's URL is read by the store, the folder is tried."""
