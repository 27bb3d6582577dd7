"""The Debian package's contents, packed from the venv that runs the tests; scripts/deb --try installs a real one."""

import gzip
import hashlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from rawspoof.config.show import default_text
from scripts.debian import control, wheels
from scripts.debian.__main__ import build

ROOT = Path(__file__).parent.parent
EPOCH = 1_800_000_000
HOME = "./usr/lib/rawspoof/"
ALONE = "import sys; sys.path[:] = [p for p in sys.path if '-packages' not in p] + [sys.argv.pop(1)]; "
"""Python with its own library and one folder of packages."""
EVERYTHING = (
    ALONE
    + """
import importlib, pkgutil, rawspoof
for found in pkgutil.walk_packages(rawspoof.__path__, "rawspoof."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
from rawspoof.cli.main import main
sys.exit(main())
"""
)
"""Imports whatever is ours, and does what it is asked for."""


class Deb(NamedTuple):
    path: Path
    modes: dict[str, str]
    """`-rw-r--r-- root/root`, by path."""
    root: Path
    """Unpacked here."""


def run(*command: object) -> str:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def deb(tmp_path_factory: pytest.TempPathFactory) -> Deb:
    folder = tmp_path_factory.mktemp("deb")
    path = build(Path(sys.prefix), folder, "1.2", EPOCH, "none")
    lines = [line.split(maxsplit=5) for line in run("dpkg-deb", "--contents", path).splitlines()]
    run("dpkg-deb", "--raw-extract", path, folder / "root")
    return Deb(path, {name.partition(" -> ")[0]: f"{mode} {owner}" for mode, owner, *_, name in lines}, folder / "root")


def test_everything_is_roots_and_only_programs_run(deb):
    programs = {name for name, mode in deb.modes.items() if mode.startswith("-") and "x" in mode}
    assert programs == {f"{HOME}bin/rawspoof"}
    assert {mode.split()[1] for mode in deb.modes.values()} == {"root/root"}
    plain = {mode.split()[0] for name, mode in deb.modes.items() if name not in programs}
    assert plain == {"drwxr-xr-x", "-rw-r--r--", "lrwxrwxrwx", "-rw-r-----"}


def test_things_lie_where_debian_looks_for_them(deb):
    expected = {
        "./etc/rawspoof/rawspoof.toml",
        "./lib/systemd/system/rawspoof.service",
        "./usr/bin/rawspoof",
        "./usr/share/bash-completion/completions/rawspoof",
        "./usr/share/doc/rawspoof/changelog.gz",
        "./usr/share/doc/rawspoof/copyright",
        "./usr/share/fish/vendor_completions.d/rawspoof.fish",
        "./usr/share/man/man1/rawspoof.1.gz",
        "./usr/share/man/man5/rawspoof.toml.5.gz",
        "./usr/share/zsh/vendor-completions/_rawspoof",
    }
    assert expected <= deb.modes.keys()


def test_nothing_compiled_and_no_installer_is_in_it(deb):
    names = [name.removeprefix(HOME) for name in deb.modes]
    assert [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".c", "RECORD"))] == []
    assert [name for name in names if "-packages/pip" in name or "-packages/setuptools" in name] == []
    assert [name for name in names if "-packages/pytest/" in name or "-packages/tests" in name] == []


def test_the_command_runs_in_its_own_venv_with_debians_python(deb):
    home = deb.root / "usr/lib/rawspoof"
    python = f"python3.{sys.version_info.minor}"
    assert (deb.root / "usr/bin/rawspoof").readlink() == Path("../lib/rawspoof/bin/rawspoof")
    assert (home / "bin/rawspoof").read_text().startswith("#!/usr/lib/rawspoof/bin/python3 -I\n")
    assert (home / "bin/python3").readlink() == Path(f"../../../bin/{python}")
    assert "home = /usr/bin\n" in (home / "pyvenv.cfg").read_text()
    assert [path.name for path in (home / "lib").iterdir()] == [python]


def test_what_is_in_it_is_enough_for_every_module_and_to_answer_a_scan(deb, tmp_path):
    (tmp_path / "secret").write_bytes(bytes(32))
    capture, answers = ROOT / "tests/captures/nmap-version.pcap", tmp_path / "answers.pcap"
    asked = ("replay", capture, "-w", answers, "--secret-file", tmp_path / "secret")
    run(sys.executable, "-IBc", EVERYTHING, wheels.site(deb.root / "usr/lib/rawspoof"), *asked)
    assert answers.stat().st_size > 1000


def test_the_settings_are_the_defaults_and_are_kept_from_others(deb):
    assert (deb.root / "etc/rawspoof/rawspoof.toml").read_text() == default_text()
    assert deb.modes["./etc/rawspoof/rawspoof.toml"].startswith("-rw-r----- ")
    assert (deb.root / "DEBIAN/conffiles").read_text() == "/etc/rawspoof/rawspoof.toml\n"


def test_the_unit_is_the_one_there_is_with_the_packages_own_path(deb):
    unit = (deb.root / "lib/systemd/system/rawspoof.service").read_text()
    assert "ExecStart=/usr/lib/rawspoof/bin/rawspoof run -c /etc/rawspoof/rawspoof.toml\n" in unit
    assert "/opt/" not in unit.partition("[Unit]")[2]


def test_control_says_what_it_needs_and_the_checksums_are_right(deb):
    fields = dict(re.findall(r"^([\w-]+): (.*)", (deb.root / "DEBIAN/control").read_text(), re.MULTILINE))
    minor = sys.version_info.minor
    assert fields["Version"] == "1.2"
    needs = fields["Depends"].split(", ")
    assert {"libnetfilter-queue1", f"python3 (>= 3.{minor})", f"python3 (<< 3.{minor + 1})"} <= set(needs)
    # An upper limit of its own: Debian counts what is installed in KiB.
    assert 10_000 < int(fields["Installed-Size"]) < 40_000
    for line in (deb.root / "DEBIAN/md5sums").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.md5((deb.root / name).read_bytes()).hexdigest() == digest


def test_a_shared_library_of_nobody_is_told(tmp_path, monkeypatch):
    (tmp_path / "usr/lib/rawspoof/lib/python3.11").mkdir(parents=True)
    monkeypatch.setattr(control, "needed", lambda folder: {"libc.so.6", "libwho.so.1"})
    with pytest.raises(LookupError, match=r"libwho\.so\.1"):
        control.depends(tmp_path)


def test_maintainer_scripts_are_shell(deb):
    for name in control.SCRIPTS:
        run("sh", "-n", deb.root / "DEBIAN" / name)
        assert (deb.root / "DEBIAN" / name).stat().st_mode & 0o777 == 0o755


def test_the_same_input_makes_the_same_bytes(deb, tmp_path):
    again = build(Path(sys.prefix), tmp_path, "1.2", EPOCH, "none")
    assert again.name == deb.path.name
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(deb.path.read_bytes()).digest()


def test_every_licence_is_quoted_or_named(deb):
    text = (deb.root / "usr/share/doc/rawspoof/copyright").read_text()
    for library in wheels.libraries(Path(sys.prefix)):
        assert f"{library.name} {library.version}\n" in text
        assert library.licences, library.name


def test_the_changelog_is_the_newest_section_in_debians_form(deb):
    with gzip.open(deb.root / "usr/share/doc/rawspoof/changelog.gz", "rt") as file:
        text = file.read()
    assert text.startswith("rawspoof (1.2) unstable; urgency=medium\n\n  * ")
    assert text.endswith("  Fri, 15 Jan 2027 08:00:00 +0000\n")
    assert max(len(line) for line in text.splitlines() if line.startswith("  ")) <= 80
    told = control.changelog("1", 0, "# Changelog\n\n## 2\n\n- one\n  more\n- two\n\n## 1\n\n- old\n")
    assert re.findall(r"^  \* .*", told, re.MULTILINE) == ["  * one more", "  * two"]


def test_the_list_of_libraries_has_all_that_ours_ask_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[<>=~ \[]", line)[0].lower() for line in project["dependencies"]}
    assert asked <= {name.lower() for name in wheels.names()}


def test_a_venv_without_them_is_told_apart(tmp_path):
    (tmp_path / "lib/python3.11/site-packages").mkdir(parents=True)
    with pytest.raises(LookupError, match=r"lacks anyio, .*uvicorn"):
        wheels.libraries(tmp_path)


def test_what_scapy_needs_for_forging_goes_in_and_the_rest_does_not():
    assert wheels.goes_in("scapy/layers/inet.py")
    assert not wheels.goes_in("scapy/layers/smb2.py")
    assert not wheels.goes_in("scapy/contrib/automotive/uds.py")
    assert wheels.goes_in("starlette/testclient.py")


@pytest.mark.parametrize("arguments", [("--what",), ("--output",), ("--output", "/nowhere")])
def test_wrong_use_is_told_before_anything_is_built(arguments):
    done = subprocess.run([ROOT / "scripts/deb", *arguments], capture_output=True, text=True, timeout=20)
    assert done.returncode
    assert "usage: scripts/deb" in done.stderr or "/nowhere" in done.stderr
