"""What stands before anything runs: the folder, the database's tables, the product's address."""

from pathlib import Path

from fenghuo.config import Config
from fenghuo.domain.errors import UserMove
from fenghuo.storage import backup_before, migrate

EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, not bound


def lay_ground(config: Config) -> Path | None:
    """Make the folder, and bring the database up to date after a copy of it.

    Answers the copy, or None where nothing had to change. UserMove when the folder cannot be
    written or a later version has used the database.
    """
    try:
        config.var.mkdir(0o700, parents=True, exist_ok=True)
        probe = config.var / ".writable"
        probe.touch(0o600)
        probe.unlink()
    except OSError as error:
        raise UserMove("serve.var_unwritable", str(error), var=str(config.var)) from error
    copy = backup_before(config.database_url)
    migrate(config.database_url)
    return copy


def address(config: Config) -> str:
    """Where people open the product."""
    if config.public_url:
        return config.public_url.rstrip("/")
    host = "127.0.0.1" if config.host in EVERYWHERE else config.host
    return f"http://[{host}]:{config.port}" if ":" in host else f"http://{host}:{config.port}"
