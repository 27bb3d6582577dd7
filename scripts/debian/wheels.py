"""Which files of an installed venv go into the package: those of the libraries that wheels.txt names, minus what the
sensor never opens.

Reads a venv; copies nothing and knows nothing of Debian.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final, NamedTuple

LOCK: Final = Path(__file__).parent / "wheels.txt"

NEVER_OPENED: Final = (
    "*.c",
    "*.h",
    "*.pxd",
    "*.pyc",
    "*.pyi",
    "*.pyx",
    "*/py.typed",
    "*/test/*",
    "*/tests/*",
    # scapy forges a few SYN-ACKs when the sensor starts: TCP, IP and Ethernet are enough for that.
    "scapy/contrib/*",
    "scapy/modules/*",
    "scapy/tools/*",
    "scapy/layers/[!_]*",
    # cffi's compiler; cryptography needs no more than its one shared object.
    "cffi/*",
    "pycparser/*",
    # What pip noted for itself. RECORD would name files that are left out.
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
    "*.dist-info/entry_points.txt",
    "*.dist-info/top_level.txt",
    # They are quoted in the package's copyright file.
    "*.dist-info/licenses/*",
    "*.dist-info/sboms/*",
    "*.dist-info/LICENSE*",
)
OPENED: Final = ("scapy/layers/__init__.py", "scapy/layers/inet.py", "scapy/layers/inet6.py", "scapy/layers/l2.py")
"""Exceptions to that."""


class Library(NamedTuple):
    """One of them, as installed."""

    name: str
    version: str
    home: str
    files: list[Path]
    """Relative to the folder of packages."""
    licences: list[str]
    """Their texts."""


def site(venv: Path) -> Path:
    """The folder of packages. Raises ValueError where there is none, or more than one."""
    (found,) = venv.glob("lib/python3.*/site-packages")
    return found


def names() -> list[str]:
    """The libraries that wheels.txt names, in its order."""
    return re.findall(r"^([A-Za-z0-9_.-]+)==", LOCK.read_text(), re.MULTILINE)


def libraries(venv: Path) -> list[Library]:
    """Each of them. Raises LookupError for those that are not in the venv."""
    found = {_plain(made.metadata["Name"]): made for made in distributions(path=[str(site(venv))])}
    missing = [name for name in names() if _plain(name) not in found]
    if missing:
        raise LookupError(f"{venv} lacks {', '.join(missing)}")
    return [_library(found[_plain(name)]) for name in names()]


def goes_in(path: str) -> bool:
    """Whether this file of a library is to be in the package."""
    return path in OPENED or not any(fnmatch(path, pattern) for pattern in NEVER_OPENED)


def _library(made: Distribution) -> Library:
    files = sorted(str(file) for file in made.files or ())
    licences = [made.read_text(Path(file).relative_to(Path(file).parts[0]).as_posix()) for file in _licences(files)]
    return Library(
        made.metadata["Name"],
        made.version,
        made.metadata["Home-page"] or next(iter(made.metadata.get_all("Project-URL") or ["", ""])).split(", ")[-1],
        # Scripts lie outside of the folder; only rawspoof itself is to be called.
        [Path(file) for file in files if not file.startswith(("..", "/")) and goes_in(file)],
        [text for text in licences if text],
    )


def _licences(files: list[str]) -> Iterator[str]:
    for file in files:
        if ".dist-info/" in file and re.search(r"licen[cs]e|copying|notice", file, re.IGNORECASE):
            yield file


def _plain(name: str) -> str:
    """How two spellings of a name are compared (PyPA's normal form)."""
    return re.sub(r"[-_.]+", "-", name).lower()
