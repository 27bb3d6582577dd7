"""The systemd unit that starts the sensor: whether it is there, starts what is installed, and will at the next boot.

Reads the unit's file, and asks systemctl where systemd runs; changes nothing.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import rawspoof
from rawspoof.edges.doctor.finding import Finding, advice, good, trouble

UNIT: Final = "rawspoof.service"
FOLDERS: Final = ("etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system", "lib/systemd/system")
"""Where systemd looks, the first first."""
ASK_S: Final = 2.0
AT_ONCE_S: Final = 3600.0
"""What is installed within so long of each other was installed together."""
_PROPERTIES: Final = "ActiveState,UnitFileState,NeedDaemonReload,Result"

Show = Callable[[], str]
"""What `systemctl show` prints; raises OSError or SubprocessError."""


def show() -> str:
    """Properties of our unit, `Key=Value` a line."""
    argv = ["systemctl", "show", UNIT, "-p", _PROPERTIES]
    return subprocess.run(argv, capture_output=True, text=True, timeout=ASK_S, check=True).stdout  # noqa: S603


def unit(root: Path, ask: Show = show) -> Iterator[Finding]:
    """What there is to say of it; nothing where there is none."""
    file = next((root / folder / UNIT for folder in FOLDERS if (root / folder / UNIT).is_file()), None)
    if file is None:
        return
    yield from _command(root, file)
    if _is_older(file):
        what = f"{file} is older than the rawspoof that it starts"
        yield advice("foundations.unit-old", what, "write it anew, as when rawspoof was installed")
    if (root / "run/systemd/system").is_dir():
        try:
            said = dict(line.partition("=")[::2] for line in ask().splitlines())
        except (OSError, subprocess.SubprocessError):
            yield advice("foundations.unit", f"systemctl does not tell of {UNIT}", f"systemctl status {UNIT}")
            return
        yield from _state(said)


def _command(root: Path, file: Path) -> Iterator[Finding]:
    found = re.search(r"^ExecStart=[-@:+!]*(.+)$", file.read_text(errors="replace"), re.MULTILINE)
    if not found:
        yield trouble("foundations.unit-command", f"{file} starts nothing", "give it an ExecStart=… rawspoof run …")
        return
    program = shlex.split(found[1])[0]
    if program.startswith("/") and not (root / program.lstrip("/")).exists():
        what = f"{file} starts {program}, which is not there"
        yield trouble("foundations.unit-command", what, "correct its ExecStart, then systemctl daemon-reload")
    else:
        yield good("foundations.unit-command", f"{UNIT} starts {program}")


def _is_older(file: Path) -> bool:
    """Whether rawspoof was installed more than an hour after the unit's file was written."""
    return file.stat().st_mtime + AT_ONCE_S < Path(rawspoof.__file__).stat().st_mtime


def _state(said: dict[str, str]) -> Iterator[Finding]:
    if said.get("NeedDaemonReload") == "yes":
        what = f"{UNIT} has changed since systemd read it"
        yield advice("foundations.unit-reload", what, f"systemctl daemon-reload && systemctl restart {UNIT}")
    if said.get("ActiveState") == "failed":
        what = f"{UNIT} has failed ({said.get('Result', 'why is not known')})"
        yield advice("foundations.unit-failed", what, f"journalctl -u {UNIT} -n 20")
    if said.get("UnitFileState") == "disabled":
        yield advice("foundations.unit-disabled", f"{UNIT} does not start at boot", f"systemctl enable {UNIT}")
    yield good("foundations.unit", f"{UNIT} is {said.get('ActiveState', 'unknown')}")
