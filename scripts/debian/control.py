"""What Debian's package manager is told of the package: control, checksums, conffiles, changelog, maintainer scripts.

Knows names and formats; the files themselves are tree.py's.
"""

import hashlib
import os
import re
import subprocess
from email.utils import formatdate
from pathlib import Path
from textwrap import fill
from typing import Final

from scripts.debian.tree import HOME, every, shared_objects

HERE: Final = Path(__file__).parent
SCRIPTS: Final = ("preinst", "postinst", "prerm", "postrm")
MAINTAINER: Final = "{} <{}>".format(
    os.environ.get("DEBFULLNAME", "rawspoof maintainers"), os.environ.get("DEBEMAIL", "maintainers@rawspoof.invalid")
)

OWNERS: Final = {
    "ld-linux-x86-64.so.2": "libc6",
    "ld-linux-aarch64.so.1": "libc6",
    "libc.so.6": "libc6",
    "libdl.so.2": "libc6",
    "libgcc_s.so.1": "libgcc-s1",
    "libm.so.6": "libc6",
    "libnetfilter_queue.so.1": "libnetfilter-queue1",
    "libpthread.so.0": "libc6",
    "librt.so.1": "libc6",
}
"""The Debian package of each shared library that one of ours needs."""


def write(stage: Path, version: str, architecture: str) -> None:
    """DEBIAN in a folder that holds everything else. Raises LookupError for a shared library that nobody brings."""
    folder = stage / "DEBIAN"
    files = [path for path in every(stage) if path.is_file() and not path.is_symlink()]
    sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(stage)}\n" for path in files]
    fields = {
        "VERSION": version,
        "ARCHITECTURE": architecture,
        "DEPENDS": ", ".join(depends(stage)),
        "MAINTAINER": MAINTAINER,
        # As dpkg-gencontrol counts it: KiB of each file, and one for anything else.
        "SIZE": str(sum(-(-path.stat().st_size // 1024) if path in files else 1 for path in every(stage))),
    }
    folder.mkdir()
    control = re.sub("@([A-Z]+)@", lambda mark: fields[mark[1]], (HERE / "control.in").read_text())
    _put(folder / "control", control)
    _put(folder / "md5sums", "".join(sums))
    _put(folder / "conffiles", "/etc/rawspoof/rawspoof.toml\n")
    for name in SCRIPTS:
        _put(folder / name, (HERE / name).read_text(), 0o755)


def depends(stage: Path) -> list[str]:
    """The packages without which it does not work; the venv is one minor version of Python's."""
    home = stage / HOME
    (python,) = (path.name for path in (home / "lib").iterdir())
    minor = int(python.rpartition(".")[2])
    libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    owners = {OWNERS.get(name, name) for name in needed(home)}
    if strangers := sorted(name for name in owners if ".so" in name):
        raise LookupError(f"no Debian package is known for {', '.join(strangers)}: add it to OWNERS")
    exact = {"libc6": f"libc6 (>= {libc.split()[-1]})"}
    libraries = [exact.get(name, name) for name in sorted(owners)]
    # postinst uses passwd's useradd.
    return [*libraries, "passwd", f"python3 (>= 3.{minor})", f"python3 (<< 3.{minor + 1})"]


def needed(folder: Path) -> set[str]:
    """The shared libraries that those in the folder name."""
    command = ["readelf", "--dynamic", *map(str, shared_objects(folder))]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", told))


def changelog(version: str, epoch: int, text: str) -> str:
    """One entry in Debian's form: what the newest section of CHANGELOG.md says."""
    newest = text.partition("\n## ")[2].partition("\n## ")[0]
    points = re.findall(r"^- (.*(?:\n  .*)*)", newest, re.MULTILINE)
    body = "\n".join(
        fill(" ".join(point.split()), 78, initial_indent="  * ", subsequent_indent="    ") for point in points
    )
    date = formatdate(epoch, usegmt=True).replace("GMT", "+0000")
    return f"rawspoof ({version}) unstable; urgency=medium\n\n{body}\n\n -- {MAINTAINER}  {date}\n"


def _put(path: Path, text: str, mode: int = 0o644) -> None:
    path.write_text(text)
    path.chmod(mode)
