"""`fenghuo serve` and `fenghuo demo`: what is said at the start, and what stops it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest
from cli.conftest import Shell
from parts import free_port
from sqlalchemy import create_engine, text

from fenghuo.app import App, lay_ground
from fenghuo.app.demo import show_demo
from fenghuo.app.readers import demo_script
from fenghuo.config import Config
from fenghuo.domain.people import Newcomer
from fenghuo.engines.clock import SystemClock
from fenghuo.storage.engine import read_url

WORD = "correct horse battery"


def refused(shell: Shell, *words: str) -> str:
    code, out, err = shell(*(words or ("serve",)))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    return err


def test_a_port_that_is_taken_is_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        monkeypatch.setenv("FENGHUO_PORT", port)
        assert f"Port {port} is taken" in refused(shell)
        monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
        assert f"端口 {port} 已被占用" in refused(shell, "demo")


@pytest.mark.parametrize(
    ("host", "port"),
    [("203.0.113.9", "8420"), ("no-such-host.invalid", "1"), ("127.0.0.1", "99999")],
)
def test_an_address_that_is_not_ours_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, host: str, port: str
) -> None:
    monkeypatch.setenv("FENGHUO_HOST", host)
    monkeypatch.setenv("FENGHUO_PORT", port)
    assert f"{host}:{port}" in refused(shell)


def test_a_folder_that_cannot_be_written_is_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "a file"
    file.touch()
    monkeypatch.setenv("FENGHUO_PORT", str(free_port()))
    for folder in (file, file / "below", Path("/proc/fenghuo")):
        monkeypatch.setenv("FENGHUO_VAR", str(folder))
        assert f"{folder} cannot be written" in refused(shell)


def test_a_database_of_a_later_version_is_left_alone(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = Config(var=tmp_path / "var")
    lay_ground(config)
    engine = create_engine(read_url(config.database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    monkeypatch.setenv("FENGHUO_PORT", str(free_port()))
    assert "newer version of Fenghuo has used this database" in refused(shell)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    made = App(Config(var=tmp_path, database=database_url))
    yield made
    made.close()


def test_a_demo_that_unfolds_is_shown_again_and_one_that_ended_begins_anew(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert show_demo(app) is None
    new = Newcomer("chen@veyra.example", "Chen", WORD)
    app.access.create_first_owner(app.access.first_owner_secret(), new, "V")
    first = show_demo(app)
    assert first is not None
    assert first.kind == "demo"
    assert show_demo(app) == first
    real, script = SystemClock.now, demo_script()
    for days, same in ((1, True), (script.days - script.day + 2, False)):
        later = timedelta(days=days)
        monkeypatch.setattr(SystemClock, "now", lambda *a, later=later: real(*a) + later)
        assert (show_demo(app) == first) == same
        monkeypatch.undo()


def test_the_link_of_the_demo_makes_an_owner_and_leads_to_the_fire(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "FENGHUO_VAR": str(tmp_path),
        "FENGHUO_PORT": str(free_port()),
        "LC_ALL": "C",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "fenghuo", "demo"], env=environment, text=True, bufsize=1,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = process.stdout.readline() + process.stdout.readline()
        found = re.search(r"(http://127\.0\.0\.1:\d+)(/first-owner/[\w-]+\?then=demo)", said)
        assert found, said
        with httpx.Client(base_url=found[1], follow_redirects=True, timeout=30) as browser:
            form = wait_for(browser, found[2])
            assert "?then=demo" in form
            filled = {"email": "c@v.example", "name": "Chen", "password": WORD, "workspace": "V"}
            page = browser.post(found[2], data=filled)
        assert "Veyra" in page.text
        assert "DEMO" in page.text
    finally:
        process.terminate()
        process.communicate(timeout=20)


def wait_for(browser: httpx.Client, path: str) -> str:
    until = monotonic() + 60
    while True:
        try:
            return browser.get(path).text
        except httpx.TransportError:
            assert monotonic() < until
            sleep(0.1)
