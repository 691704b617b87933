"""A real server that is stopped while pages are open."""

import signal
from pathlib import Path

import httpx
from parts import Parts
from web.house import built


def test_a_stopped_server_ends_the_streams_of_open_pages_whole(
    sqlite_template: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'fenghuo.db'}"
    (tmp_path / "fenghuo.db").write_bytes(sqlite_template.read_bytes())
    house = built(url, tmp_path)
    house.app.close()
    parts = Parts(url, tmp_path, ("web",))
    try:
        parts.start()
        parts.wait()
        address = f"{parts.home}/events?watch={house.watch}"
        cookies = {"fenghuo_session": house.owner}
        with httpx.stream("GET", address, cookies=cookies, timeout=30) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("id: ")
            parts.running["web"].send_signal(signal.SIGTERM)
            # Cut off, this would raise: the last chunk would be missing.
            assert not [line for line in lines if line.startswith("event: out")]
        assert parts.running["web"].wait(20) in (0, -signal.SIGTERM)
    finally:
        parts.end()
