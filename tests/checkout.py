"""A checkout of its own for the scripts, with small stand-ins for dpkg, apt, Python and systemd.

They write down how they are called; what the real ones do then is seen by whoever runs the scripts.
"""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
AS_NOBODY = ("setpriv", "--reuid=65534", "--clear-groups")

FAKES = {
    "dpkg-query": 'for p in "$@"; do grep -qx "$p" absent || echo "$p installed"; done',
    "apt-get": """echo "apt-get $*" >>calls
cat /usr/sbin/policy-rc.d >>policy 2>/dev/null
case $* in *update*) rm -f stale ;; *) [ ! -e stale ] ;; esac""",
    "systemctl": 'echo "systemctl $*" >>calls',
    "python3": """case $* in
-V) echo Python $VERSION ;;
-c*) [ $VERSION != 3.10 ] ;;
*venv*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
*) echo "python $*" >>calls; echo said by pip; [ ! -e broken ] ;;
esac""",
}


class Checkout:
    """A copy of the scripts, the stand-ins, and what these were called with."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.python = "3.11"
        shutil.copytree(ROOT / "scripts", root / "scripts")
        self.write("pyproject.toml", "[project]")
        self.write("absent", "")
        for name, text in FAKES.items():
            self.write_program(f"fakes/{name}", text)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def write_program(self, path: str, text: str) -> None:
        self.write(path, f"#!/bin/sh\n{text}\n")
        (self.root / path).chmod(0o755)

    def run(self, *command: str) -> tuple[int, str]:
        """Status and everything said."""
        fakes = f"{self.root}/fakes"
        env = {"PATH": f"{fakes}:/usr/bin:/bin", "RAWSPOOF_PYTHON": f"{fakes}/python3", "VERSION": self.python}
        done = subprocess.run(
            command, cwd=self.root, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30
        )
        return done.returncode, done.stdout

    def calls(self) -> list[str]:
        """The calls since this was last asked."""
        path = self.root / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines
