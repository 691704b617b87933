"""How the whole installation is: what works, what will not, and how to mend it.

Looks and changes nothing. What it says holds no secret: addresses of databases and channels,
keys and tokens never stand in a finding.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from fenghuo.app.doctor_finding import Finding, Value
from fenghuo.app.doctor_here import (
    check_disk,
    check_folder,
    check_front_end,
    check_model,
    check_packages,
    check_python,
)
from fenghuo.app.doctor_there import (
    check_channels,
    check_clock,
    check_links,
    check_parts,
    check_sources,
)
from fenghuo.app.product import App
from fenghuo.config import Config
from fenghuo.domain.errors import FenghuoError
from fenghuo.storage import examine
from fenghuo.storage.engine import read_url


def look(config: Config) -> Iterator[Finding]:
    """Every finding, as it is made: this machine first, then what only a database can tell."""
    yield from check_python()
    yield from check_packages()
    yield from check_front_end()
    yield from check_model()
    yield from check_folder(config)
    yield from check_disk(config)
    database, tables = _check_database(config)
    yield database
    app = App(config)
    try:
        yield from check_clock(app, tables)
        yield from check_links(app)
        if tables:
            yield from check_parts(app)
            yield from check_sources(app)
            yield from check_channels(app)
        elif database.state != "ok":
            yield Finding("sources", "warning", "doctor.not_checked")
            yield Finding("channels", "warning", "doctor.not_checked")
    finally:
        app.close()


def _check_database(config: Config) -> tuple[Finding, bool]:
    """How the database is, and whether its tables can be read."""
    try:
        url = read_url(config.database_url)
        if url.drivername == "sqlite" and not Path(str(url.database)).exists():
            return Finding("database", "ok", "doctor.database_new"), False
        found = examine(config.database_url)
    except FenghuoError as error:
        return Finding.of("database", "broken", error), False
    if found.wrong:
        return Finding("database", "broken", "doctor.database_damaged"), False
    if not found.current:
        return Finding("database", "warning", "doctor.database_behind"), False
    values: Mapping[str, Value] = {
        "kind": {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[found.kind],
        "version": found.version.split()[0],
        "megabytes": round(found.size / 1e6, 1),
    }
    return Finding("database", "ok", "doctor.database", values), True
