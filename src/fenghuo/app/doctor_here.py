"""What the doctor looks at on this machine: the installation, the folder, the disk."""

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib import import_module
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from importlib.resources import files
from pathlib import Path

import msgspec

from fenghuo.app.doctor_finding import Finding
from fenghuo.app.models import understands
from fenghuo.config import Config
from fenghuo.domain.errors import FenghuoError
from fenghuo.domain.post import Post, aware
from fenghuo.storage.engine import read_url

OLDEST = (3, 11)
SCARCE, LOW = 200_000_000, 2_000_000_000
"""Bytes left on the disk: below SCARCE a flood of posts fills it in hours; below LOW in days."""


def check_python() -> Iterator[Finding]:
    """The interpreter."""
    values = {"version": ".".join(str(part) for part in sys.version_info[:3])}
    if sys.version_info >= OLDEST:
        yield Finding("python", "ok", "doctor.python", values)
    else:
        yield Finding("python", "broken", "doctor.python_old", values)


def check_packages() -> Iterator[Finding]:
    """Every package that we need is installed and can be imported."""
    modules: dict[str, list[str]] = {}
    for module, owners in packages_distributions().items():
        for owner in owners:
            modules.setdefault(_folded(owner), []).append(module)
    broken = [name for name in _needed() if not _imports(name, modules.get(_folded(name), []))]
    if broken:
        names = ", ".join(broken)
        yield Finding("packages", "broken", "doctor.packages_missing", {"names": names})
    else:
        yield Finding("packages", "ok", "doctor.packages", {"version": version("fenghuo")})


def check_front_end() -> Iterator[Finding]:
    """The pages' parts are those that the build placed."""
    parts = files("fenghuo.web").joinpath("static", "vendor")
    told = parts.joinpath("digests.json")
    if not told.is_file():
        yield Finding("front_end", "broken", "doctor.front_end_missing")
        return
    digests = msgspec.json.decode(told.read_bytes(), type=dict[str, str])
    wrong = []
    for name, digest in digests.items():
        part = parts.joinpath(*name.split("/"))
        if not part.is_file() or sha256(part.read_bytes()).hexdigest() != digest:
            wrong.append(name)
    if wrong:
        names = ", ".join(wrong[:5])
        yield Finding("front_end", "broken", "doctor.front_end_changed", {"names": names})
    else:
        yield Finding("front_end", "ok", "doctor.front_end", {"parts": len(digests)})


def check_model() -> Iterator[Finding]:
    """The model's files have the right digests, and it reads a sentence."""
    sample = Post(platform="doctor", id="1", time=aware(0), text="The charger caught fire.")
    try:
        [found] = understands().understand([sample])
    except FenghuoError as error:
        yield Finding.of("model", "broken", error)
        return
    except (OSError, ValueError, ImportError, KeyError):
        yield Finding("model", "broken", "doctor.model_broken")
        return
    yield Finding("model", "ok", "doctor.model", {"name": found.model})


def check_folder(config: Config) -> Iterator[Finding]:
    """The folder can be written, and nobody else on this machine looks into it."""
    folder = config.var
    values: Mapping[str, str] = {"var": str(folder)}
    if not folder.exists():
        yield Finding("folder", "ok", "doctor.folder_new", values)
        return
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("folder", "broken", "doctor.folder_unwritable", values)
        return
    seal = folder / "seal.key"
    if seal.exists() and seal.stat().st_mode & 0o077:
        yield Finding("folder", "broken", "doctor.seal_open", {"file": str(seal)})
    elif folder.stat().st_mode & 0o077:
        yield Finding("folder", "warning", "doctor.folder_open", values)
    else:
        yield Finding("folder", "ok", "doctor.folder", values)


def check_disk(config: Config) -> Iterator[Finding]:
    """There is room for what comes."""
    folders = [config.var]
    try:
        url = read_url(config.database_url)
        if url.drivername == "sqlite":
            folders.append(Path(str(url.database)).parent)
    except FenghuoError:
        pass  # said where the database is looked at
    free = min(shutil.disk_usage(_there(folder)).free for folder in folders)
    gigabytes = {"gigabytes": round(free / 1e9, 1)}
    if free < SCARCE:
        yield Finding("disk", "broken", "doctor.disk_full", gigabytes)
    elif free < LOW:
        yield Finding("disk", "warning", "doctor.disk_low", gigabytes)
    else:
        yield Finding("disk", "ok", "doctor.disk", gigabytes)


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    folder = folder.absolute()
    return next(above for above in (folder, *folder.parents) if above.is_dir())


def _needed() -> list[str]:
    """Names of the packages that we need everywhere."""
    told = requires("fenghuo") or []
    return [re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in told if ";" not in one]


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imports(name: str, modules: list[str]) -> bool:
    try:
        version(name)
        with warnings.catch_warnings():
            # What others will take away one day is no matter of this installation.
            warnings.simplefilter("ignore")
            for module in modules:
                if module.isidentifier() and not module.startswith("_"):
                    import_module(module)
    except (PackageNotFoundError, ImportError, OSError):
        return False
    return bool(modules)
