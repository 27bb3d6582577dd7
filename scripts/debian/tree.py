"""The package's files, laid out as they will lie on a machine: venv, command, unit, settings, documents.

Knows where Debian wants things; what the maintainer scripts do with them it does not.
"""

import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rawspoof.config.show import default_text
from scripts.debian import wheels

ROOT: Final = Path(__file__).parents[2]
HOME: Final = "usr/lib/rawspoof"
SOURCES: Final = ("rawspoof/**/*.py", "rawspoof/**/static/*", "signatures/**/*.toml")
PAGES: Final = {".1": "man1", ".5": "man5"}
COMPLETIONS: Final = {
    "rawspoof.bash": "usr/share/bash-completion/completions/rawspoof",
    "_rawspoof": "usr/share/zsh/vendor-completions/_rawspoof",
    "rawspoof.fish": "usr/share/fish/vendor_completions.d/rawspoof.fish",
}
COMMAND: Final = """\
#!/{home}/bin/python3 -I
import sys

from rawspoof.cli.main import main

sys.exit(main())
"""
COPYRIGHT: Final = """\
rawspoof is free software under the GNU General Public License, version 2 or any
later one; on Debian systems its text is /usr/share/common-licenses/GPL-2.

The signatures are its authors' own; neither nmap's nor Portspoof's data is here.

This package has these libraries beside it in /{home}, each under its own licence.
"""
FULL_TEXTS: Final = {
    "Apache-2.0": r"Apache License\s+Version 2\.0, January 2004",
    "GPL-2": r"GNU GENERAL PUBLIC LICENSE\s+Version 2, June 1991",
}
"""Licences that every Debian system has; they are named there, not quoted again."""


def lay_out(stage: Path, venv: Path, changelog: str) -> None:
    """Everything but DEBIAN, into the empty folder `stage`; modes are those the package is to have.

    Raises LookupError where the venv lacks a library, and OSError.
    """
    libraries = wheels.libraries(venv)
    _venv(stage / HOME, venv, libraries)
    _write(stage / HOME / "bin/rawspoof", COMMAND.format(home=HOME), 0o755)
    _link(stage / "usr/bin/rawspoof", "../lib/rawspoof/bin/rawspoof")
    unit = (ROOT / "scripts/rawspoof.service").read_text().replace("/opt/rawspoof/current", f"/{HOME}")
    _write(stage / "lib/systemd/system/rawspoof.service", unit)
    # Only the service's group may read it: passwords may come to stand in it.
    _write(stage / "etc/rawspoof/rawspoof.toml", default_text(), 0o640)
    _documents(stage / "usr/share", libraries, changelog)
    _write(stage / "usr/share/lintian/overrides/rawspoof", (Path(__file__).parent / "lintian-overrides").read_text())
    for source, place in COMPLETIONS.items():
        _write(stage / place, (ROOT / "completions" / source).read_text())


def _venv(home: Path, venv: Path, libraries: list[wheels.Library]) -> None:
    """A venv as Python knows it, without pip, and with the system's own Python by a relative link."""
    packages = wheels.site(venv)
    python = packages.parent.name
    _link(home / "bin/python3", f"../../../bin/{python}")
    _write(home / "pyvenv.cfg", f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {python[6:]}\n")
    target = home / "lib" / python / "site-packages"
    for library in libraries:
        for file in library.files:
            _copy(packages / file, target / file)
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            _copy(path, target / path.relative_to(ROOT))
    # Symbols for debuggers hold the folder in which pip built, another one each time.
    strip = ["strip", "--strip-unneeded", "--remove-section=.comment"]
    subprocess.run([*strip, *shared_objects(target)], check=True, timeout=120)


def shared_objects(folder: Path) -> list[Path]:
    """The compiled libraries in it."""
    return sorted(path for path in folder.rglob("*.so*") if path.is_file())


def _documents(share: Path, libraries: list[wheels.Library], changelog: str) -> None:
    for page in sorted((ROOT / "man").iterdir()):
        _zipped(share / "man" / PAGES[page.suffix] / page.name, page.read_text())
    _zipped(share / "doc/rawspoof/changelog", changelog)
    _zipped(share / "doc/rawspoof/README.md", (ROOT / "README.md").read_text())
    text = "\n".join([COPYRIGHT.format(home=HOME), *(_licence(library) for library in libraries)])
    _write(share / "doc/rawspoof/copyright", text)


def _licence(library: wheels.Library) -> str:
    lines = [f"{library.name} {library.version}", library.home, ""]
    for text in library.licences:
        known = [name for name, pattern in FULL_TEXTS.items() if re.search(pattern, text)]
        lines += [f"See /usr/share/common-licenses/{known[0]}." if known else text.strip(), ""]
    return "\n".join(["-" * 80, *lines])


def every(folder: Path) -> Iterator[Path]:
    """Everything in it, in an order that is the same everywhere."""
    yield from sorted(folder.rglob("*"))


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _zipped(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, path)
