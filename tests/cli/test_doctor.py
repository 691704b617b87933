"""`fenghuo doctor`: each thing that can be wrong, seen wrong; no secret, no change."""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli.conftest import Shell
from fakes.site import Asked, Say, closed_port, site

from fenghuo.app import App, doctor_here, lay_ground
from fenghuo.config import load
from fenghuo.domain.duty import ChannelAddress, Duty, Person, WakeTest, Weekly
from fenghuo.domain.errors import OurMove, Reconnect, UserMove
from fenghuo.domain.people import Newcomer
from fenghuo.domain.post import millis
from fenghuo.domain.source import Health, Source, failed
from fenghuo.engines.clock import SystemClock
from fenghuo.i18n import LANGUAGES, catalogue
from fenghuo.ports.beat_store import Beat, Part

PASSWORD = "hunter-of-secrets"
ROOT = Path(__file__).parents[2]
WELL = b'{"fenghuo":"well"}'


class Seen(NamedTuple):
    """What the doctor said."""

    code: int
    out: str

    def of(self, check: str) -> list[tuple[str, str]]:
        """(state, finding) of a check."""
        found: list[dict[str, Any]] = json.loads(self.out)["findings"]
        return [(f["state"], f["finding"]) for f in found if f["check"] == check]


Look = Callable[[], Seen]


@pytest.fixture
def look(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Look:
    # Imports of everything and the model take seconds; a test of their own looks at them.
    for name in ("check_packages", "check_model"):
        monkeypatch.setattr(f"fenghuo.app.doctor.{name}", lambda: iter(()))

    def run() -> Seen:
        code, out, err = shell("doctor", "--json")
        assert err == ""
        return Seen(code, out)

    return run


@pytest.fixture
def app(look: Look) -> Iterator[App]:
    """An installation with an owner, as the shell's environment names it."""
    config = load(os.environ)
    lay_ground(config)
    made = App(config)
    new = Newcomer("chen@veyra.example", "Chen", "correct horse battery")
    made.access.create_first_owner(made.access.first_owner_secret(), new, "V")
    yield made
    made.close()


def place(app: App) -> str:
    with app.store.reading() as tx:
        return tx.access.workspaces()[0].id


def feed(app: App, url: str, name: str = "feed") -> Source:
    source = Source(name, place(app), "feeds", "News", {"url": url})
    app.save_source(source)
    return source


def put_health(app: App, health: Health) -> None:
    with app.store.transaction() as tx:
        tx.sources.save_health("feed", health)


def test_a_new_installation_has_nothing_broken_and_nothing_is_made_by_looking(
    shell: Shell, tmp_path: Path
) -> None:
    code, out, _ = shell("doctor")
    assert code == 0
    assert out.count("\n") > 8
    assert "[broken]" not in out
    assert "[ok] model" in out
    assert "[ok] packages" in out
    assert list(tmp_path.iterdir()) == []
    _, out, _ = shell("doctor", "--lang", "zh-CN")
    assert "[正常] 数据库" in out


def test_every_sentence_of_the_doctor_is_there_and_is_used() -> None:
    used = set()
    for file in [*ROOT.glob("src/fenghuo/app/doctor*.py"), ROOT / "src/fenghuo/cli/doctor.py"]:
        used.update(re.findall(r"[\"']doctor\.([a-z_]+)[\"']", file.read_text("utf8")))
    used |= {f"duty_{kind}" for kind in ("nobody", "silent")}
    for language in LANGUAGES:
        known = {key[7:] for key in catalogue(language) if key.startswith("doctor.")}
        assert used <= known
        rest = {k for k in known - used if not k.startswith(("state_", "check_"))}
        assert {k for k in rest if k.removesuffix("_mend") not in used} == set()


def test_a_damaged_database_is_broken_and_what_hangs_on_it_is_said_to_be_unchecked(
    app: App, look: Look
) -> None:
    assert look().of("database") == [("ok", "database")]
    file = app.config.var / "fenghuo.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    app.close()
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    seen = look()
    assert seen.code == 1
    assert seen.of("database")[0][0] == "broken"
    assert seen.of("sources") == seen.of("channels") == [("warning", "not_checked")]
    file.write_bytes(b"this is a letter\n" * 1000)
    assert look().of("database") == [("broken", "error")]


def test_older_and_later_tables_are_told_apart(app: App, look: Look) -> None:
    with closing(sqlite3.connect(app.config.var / "fenghuo.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    seen = look()
    assert (seen.code, seen.of("database")) == (1, [("broken", "error")])
    assert "newer version" in seen.out
    with closing(sqlite3.connect(app.config.var / "fenghuo.db")) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.commit()
    assert look().of("database") == [("warning", "database_behind")]


def test_no_secret_is_ever_shown(app: App, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_PROXY", f"http://chen:{PASSWORD}@127.0.0.1:{closed_port()}")
    monkeypatch.setenv("FENGHUO_PUBLIC_URL", f"https://chen:{PASSWORD}@fenghuo.example")
    source = feed(app, f"http://chen:{PASSWORD}@feeds.example/{PASSWORD}.xml")
    app.sources.failed(source, Reconnect("sources.credential_refused", PASSWORD, host="f.example"))
    assert PASSWORD not in look().out
    at = f"127.0.0.1:{closed_port()}"
    monkeypatch.setenv("FENGHUO_DATABASE", f"postgresql://chen:{PASSWORD}@{at}/fenghuo")
    seen = look()
    assert (seen.code, seen.of("database")) == (1, [("broken", "error")])
    assert PASSWORD not in seen.out


def test_a_folder_that_others_see_into_is_told(
    app: App, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.seals
    var = app.config.var
    assert look().of("folder") == [("ok", "folder")]
    var.chmod(0o755)
    assert look().of("folder") == [("warning", "folder_open")]
    (var / "seal.key").chmod(0o644)
    assert look().of("folder") == [("broken", "seal_open")]
    monkeypatch.setenv("FENGHUO_VAR", str(var / "seal.key"))
    assert look().of("folder") == [("broken", "folder_unwritable")]


@pytest.mark.parametrize(
    ("free", "found"),
    [(10**10, ("ok", "disk")), (10**9, ("warning", "disk_low")), (10**7, ("broken", "disk_full"))],
)
def test_a_disk_that_fills_is_told(
    look: Look, monkeypatch: pytest.MonkeyPatch, free: int, found: tuple[str, str]
) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert look().of("disk") == [found]


def test_parts_of_the_pages_that_were_changed_are_named(
    look: Look, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    vendor = tmp_path / "static" / "vendor"
    shutil.copytree(ROOT / "src" / "fenghuo" / "web" / "static" / "vendor", vendor)
    monkeypatch.setattr(doctor_here, "files", lambda _: tmp_path)
    assert look().of("front_end") == [("ok", "front_end")]
    (vendor / "htmx.js").write_text("alert(1)")
    assert "htmx.js" in look().out
    (vendor / "digests.json").unlink()
    assert look().of("front_end") == [("broken", "front_end_missing")]


def test_packages_that_are_not_there_and_models_that_changed_are_named(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed() -> None:
        raise UserMove("understand.model_changed", file="weights.npz")

    monkeypatch.setattr(doctor_here, "understands", changed)
    monkeypatch.setattr(doctor_here, "requires", lambda _: ["click>=8", "no-such-package[x]>=1"])
    code, out, _ = shell("doctor", "--json")
    seen = Seen(code, out)
    assert seen.of("packages") == [("broken", "packages_missing")]
    assert "no-such-package" in out
    assert seen.of("model") == [("broken", "error")]
    assert (code, "weights.npz" in out) == (1, True)


@pytest.mark.parametrize(
    ("say", "found"),
    [
        (Say(body=WELL), ("warning", "links_plain")),
        (Say(body=b"<html>a router</html>"), ("broken", "links_other")),
        (Say(404), ("broken", "links_other")),
        (None, ("warning", "links_silent")),
    ],
)
def test_links_are_tried_as_far_as_this_machine_can(
    look: Look, monkeypatch: pytest.MonkeyPatch, say: Say | None, found: tuple[str, str]
) -> None:
    with site(lambda _: say or Say()) as there:
        port = there.port if say else closed_port()
        monkeypatch.setenv("FENGHUO_PUBLIC_URL", f"http://127.0.0.1:{port}/")
        assert look().of("links") == [("warning", "links_private")]
        assert there.asked == []
        monkeypatch.setenv("FENGHUO_ALLOW_PRIVATE", "127.0.0.1")
        assert look().of("links") == [found]
        assert [asked.path for asked in there.asked] == (["/healthz"] if say else [])


def test_a_public_address_that_is_none_is_refused_before_anything_is_looked_at(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_PUBLIC_URL", "fenghuo.example")
    code, _, said = shell("doctor")
    assert code == 2
    assert "FENGHUO_PUBLIC_URL" in said


@pytest.mark.parametrize(
    ("seconds", "found"),
    [(0, ("ok", "clock")), (60, ("warning", "clock_skewed")), (-3600, ("broken", "clock_wrong"))],
)
def test_the_clock_is_compared_with_that_of_a_source(
    app: App, look: Look, monkeypatch: pytest.MonkeyPatch, seconds: int, found: tuple[str, str]
) -> None:
    monkeypatch.setenv("FENGHUO_ALLOW_PRIVATE", "127.0.0.1")
    assert look().of("clock") == [("ok", "clock_alone")]
    real, off = SystemClock.now, timedelta(seconds=seconds)

    def script(_: Asked) -> Say:
        return Say(404)

    with site(script) as there:
        feed(app, there.url + "/feed")
        monkeypatch.setattr(SystemClock, "now", lambda *a: real(*a) + off)
        assert look().of("clock") == [found]
        assert len(there.asked) == 1
    monkeypatch.undo()
    monkeypatch.setenv("FENGHUO_VAR", str(app.config.var))
    monkeypatch.setattr("fenghuo.app.doctor.check_model", lambda: iter(()))
    assert look().of("clock") == [("ok", "clock_unanswered")]


def test_a_clock_that_went_back_is_told(app: App, look: Look) -> None:
    feed(app, "https://feeds.example/")
    put_health(app, Health(last_read=millis(app.clock.now("")) + 900_000))
    assert ("broken", "clock_back") in look().of("clock")


def test_sources_that_fail_or_are_quiet_are_told(app: App, look: Look) -> None:
    assert look().of("sources") == [("warning", "sources_none")]
    source = feed(app, "https://feeds.example/")
    assert look().of("sources") == [("ok", "sources")]
    app.sources.failed(source, OurMove("sources.unreachable", host="feeds.example"))
    assert look().of("sources") == [("warning", "source_fails")]
    app.sources.failed(source, Reconnect("sources.credential_refused", host="feeds.example"))
    seen = look()
    assert (seen.code, seen.of("sources")) == (1, [("broken", "source_fails")])
    now = millis(app.clock.now(""))
    put_health(app, Health(now, now - 10 * 86_400_000, 50, usual_gap=3_600_000.0))
    assert look().of("sources") == [("warning", "source_quiet")]
    put_health(app, failed(Health(), now, "no.such_key_any_more", {}, "user"))
    assert look().of("sources") == [("ok", "sources")]


def test_secrets_whose_key_is_gone_are_told_and_no_new_key_is_made(app: App, look: Look) -> None:
    options = {"url": "https://f.example/", "proxy": "socks5://10.0.0.1:1080"}
    app.save_source(Source("feed", place(app), "feeds", "News", options))
    key = app.config.var / "seal.key"
    key.unlink()
    assert look().of("sources") == [("broken", "seal_gone")]
    assert not key.exists()
    key.write_bytes(b"0" * 43 + b"=")
    assert look().of("sources") == [("broken", "source_unusable")]


def test_a_night_in_which_nobody_would_wake_is_told(app: App, look: Look) -> None:
    assert look().of("channels") == [("warning", "channels_none")]
    here = place(app)
    shared = ChannelAddress("c", here, "feishu", "Team", app.seals.seal("feishu://x"))
    with app.store.transaction() as tx:
        tx.prepare.save_channel(shared)
    assert look().of("channels") == [("warning", "channels_silent"), ("warning", "duty_nobody")]
    always = Weekly(tuple(range(7)), "00:00", "00:00", "UTC")
    chen = Person("chen", "Chen", ("c",))
    app.prepare.put_duty(Duty("", here, chen, weekly=always), "Chen")
    assert look().of("channels") == [("warning", "channels_silent"), ("warning", "duty_silent")]
    app.prepare.set_ringing(here, "c", True, "Chen")
    assert look().of("channels") == [("ok", "channels")]
    with app.store.transaction() as tx:
        tx.prepare.save_channel(ChannelAddress("d", here, "slack", "Old", "sealed by another"))
    seen = look()
    assert (seen.code, seen.of("channels")[0]) == (1, ("broken", "channel_unusable"))


def test_whom_a_message_would_not_wake_is_named(app: App, look: Look) -> None:
    here = place(app)
    for name, rings in (("c", True), ("d", False)):
        kept = ChannelAddress(
            name, here, "feishu", name, app.seals.seal("feishu://x"), rings_through=rings
        )
        with app.store.transaction() as tx:
            tx.prepare.save_channel(kept)
    always = Weekly(tuple(range(7)), "00:00", "00:00", "UTC")
    for member, channel in (("chen", "c"), ("li", "d")):
        person = Person(member, member.title(), (channel,))
        app.prepare.put_duty(Duty("", here, person, weekly=always), "chen")
    assert ("warning", "duty_no_ring") in look().of("channels")
    assert "Li" in look().out
    asked = app.clock.now("")
    with app.store.transaction() as tx:
        tx.prepare.save_wake(WakeTest("t1", here, "chen", "Chen", "li", asked, "failed"))
    assert ("warning", "wake_failed") in look().of("channels")
    with app.store.transaction() as tx:
        later = asked + timedelta(minutes=1)
        tx.prepare.save_wake(WakeTest("t2", here, "chen", "Chen", "li", later, "answered"))
    assert ("warning", "wake_failed") not in look().of("channels")


def test_parts_that_stand_still_or_fail_are_named(app: App, look: Look) -> None:
    place(app)
    assert look().of("parts") == [("warning", "parts_never")]
    parts: tuple[Part, ...] = ("engine", "telling", "readers")
    for part in parts:
        app.pulse.beat(part)
    assert look().of("parts") == [("ok", "parts")]
    app.pulse.beat("engine", {"watch w1"})
    assert look().of("parts") == [("broken", "part_failing")]
    with app.store.transaction() as tx:
        tx.beats.beat(Beat("engine", millis(app.clock.now("")) - 600_000))
    assert look().of("parts") == [("warning", "part_still")]


def test_a_channel_that_came_by_an_archive_wants_its_address_and_no_key(
    app: App, look: Look
) -> None:
    with app.store.transaction() as tx:
        tx.prepare.save_channel(ChannelAddress("c", place(app), "feishu", "Night group", ""))
    seen = look()
    assert ("warning", "channel_unaddressed") in seen.of("channels")
    assert "Night group" in seen.out
    assert "broken" not in {state for state, _ in seen.of("channels")}
