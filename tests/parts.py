"""The product's parts as processes of their own, as `fenghuo serve` starts them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Parts:
    """Parts over one database, on a free port of this machine."""

    def __init__(
        self, url: str, folder: Path, names: Sequence[str] = ("web", "engine"), **more: str
    ) -> None:
        self.names = names
        self.port = free_port()
        self.home = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "FENGHUO_DATABASE": url,
            "FENGHUO_VAR": str(folder),
            "FENGHUO_PORT": str(self.port),
            **more,
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name in self.names:
            if name not in self.running:
                command = [sys.executable, "-m", "fenghuo", "part", name]
                self.running[name] = subprocess.Popen(command, env=self.environment)

    def wait(self) -> None:
        """Until the web answers; a start takes a moment on a busy machine."""
        # One client, which reads no certificates: asking must cost little of what a start needs.
        with httpx.Client(verify=False, timeout=5) as client:  # noqa: S501 - nothing is encrypted
            for _ in range(600):
                try:
                    client.get(f"{self.home}/sign-in")
                except httpx.TransportError:
                    time.sleep(0.05)
                else:
                    return
        raise AssertionError("the web did not start")

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def send(self, token: str, ids: list[str]) -> list[str]:
        """Ids that were answered "accepted"; none when the web died or is not there yet."""
        now = datetime.now(UTC).isoformat()  # noqa: TID251 - the product runs on the real clock
        lines = [
            json.dumps({"platform": "x", "id": i, "time": now, "text": f"veyra says thing {i}"})
            for i in ids
        ]
        try:
            answer = httpx.post(
                f"{self.home}/api/v1/posts",
                content="\n".join(lines),
                headers={"authorization": f"Bearer {token}"},
                timeout=30,
            )
        except httpx.TransportError:
            return []
        return ids if answer.status_code == 200 and answer.json()["accepted"] == len(ids) else []
