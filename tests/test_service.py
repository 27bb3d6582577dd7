"""The service's unit as systemd reads it, and its installation and removal with stand-ins for all that they call.

A machine of its own, that is folders in the place of /etc, /opt and the like, shows what they leave behind. What a real
systemd makes of it is seen by scripts/boot.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from rawspoof.cli import main
from tests.checkout import AS_NOBODY, FAKES, ROOT, Checkout

UNIT = ROOT / "scripts/rawspoof.service"
EXPOSURE_MAX = 25
"""Tenths, of a hundred; what is left is two capabilities, the network and /proc."""

ACCOUNTS = ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow")
FOLDERS = ("etc", "opt", "usr/local", "var/lib", "var/log", "run")
ENTER = f"""for d in {" ".join(FOLDERS)}; do mount --bind machine/$d /$d; done
PATH=$PATH:/usr/sbin:/sbin; exec "$@" """
CURRENT = "opt/rawspoof/current"
CONFIG = "etc/rawspoof/rawspoof.toml"

SYSTEMCTL = """echo "systemctl $*" >>$ROOT/calls
case $* in
*is-active*) [ -e $ROOT/portspoof ] ;;
*restart*) [ ! -e /opt/rawspoof/current/broken ] ;;
esac"""
PYTHON = """case $* in
-V) echo Python $VERSION ;;
-c*) [ $VERSION != 3.10 ] ;;
"-m venv "*) mkdir $3/bin && cp "$0" $3/bin/python ;;
"-m pip "*) [ ! -e $ROOT/pip-fails ] || { echo said by pip; exit 1; }
    cp $ROOT/rawspoof.sh ${0%python}rawspoof
    [ ! -e $ROOT/start-fails ] || touch ${0%bin/python}broken ;;
esac"""
RAWSPOOF = """case $* in
"config init "*) echo "# defaults" >$3 ;;
"config check "*) ! grep wrong $3 ;;
doctor*) echo "good    says the doctor" ;;
esac"""


class Machine(Checkout):
    """A checkout, and a machine where every service is imaginary."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        for name in ("README.md", "LICENSE", "rawspoof/code", "signatures/data"):
            self.write(name, "")
        for name in ("man", "completions"):
            shutil.copytree(ROOT / name, root / name)
        packaged = f"case $* in *' rawspoof') cat $ROOT/packaged 2>/dev/null ;; *) {FAKES['dpkg-query']} ;; esac"
        programs = {"systemctl": SYSTEMCTL, "python3": PYTHON, "dpkg-query": packaged, "journalctl": "echo said by it"}
        for name, text in programs.items():
            self.write_program(f"fakes/{name}", f"ROOT={root}\n{text}")
        self.write_program("rawspoof.sh", RAWSPOOF)
        for name in (*FOLDERS, "run/systemd/system", "etc/systemd/system", "usr/local/bin", "usr/local/share/man"):
            (root / "machine" / name).mkdir(parents=True, exist_ok=True)
        for name in (*ACCOUNTS, "etc/nsswitch.conf", "etc/login.defs"):
            shutil.copy(f"/{name}", root / "machine" / name)

    def act(self, *command: str) -> tuple[int, str]:
        """Status and everything said by a command in the machine."""
        return self.run("unshare", "--mount", "sh", "-c", ENTER, "sh", *command)

    def install(self) -> tuple[int, str]:
        return self.act("scripts/install", "--service")

    def uninstall(self, *options: str) -> tuple[int, str]:
        return self.act("scripts/uninstall", *options)

    def file(self, name: str) -> Path:
        return self.root / "machine" / name

    def running(self) -> str:
        """The venv that is in force."""
        return os.readlink(self.file(CURRENT))

    def everything(self) -> dict[str, object]:
        """Every path with its mode, owner and target, and who has an account."""
        found: dict[str, object] = {name: self.file(name).read_text() for name in ACCOUNTS}
        for path in self.file("").rglob("*"):
            # useradd's backups and lock, which any account leaves behind.
            if path.parent.name != "etc" or not path.name.endswith(("-", ".lock")):
                seen = path.lstat()
                target = os.readlink(path) if path.is_symlink() else ""
                found[str(path)] = (seen.st_mode, seen.st_uid, seen.st_gid, target)
        return found


@pytest.fixture
def machine() -> Iterator[Machine]:
    with TemporaryDirectory() as root:
        Path(root).chmod(0o755)
        yield Machine(Path(root).resolve())


def test_the_unit_lets_the_service_do_what_it_must_and_little_else() -> None:
    command = ("systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSURE_MAX}", "--no-pager", str(UNIT))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
    assert done.returncode == 0, done.stdout


def test_systemd_understands_every_line_of_the_unit(tmp_path: Path) -> None:
    there = tmp_path / UNIT.name
    there.write_text(UNIT.read_text().replace(f"/{CURRENT}/bin/rawspoof", "/bin/true"))
    command = ("systemd-analyze", "verify", "--man=no", str(there))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
    assert (done.returncode, [line for line in done.stdout.splitlines() if "rawspoof" in line]) == (0, [])


def test_the_unit_says_what_rawspoof_understands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (start,) = [line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart=")]
    program, run, *arguments = shlex.split(start.removeprefix("ExecStart="))
    assert (program, run) == (f"/{CURRENT}/bin/rawspoof", "run")
    (tmp_path / "my.toml").write_text("[sensor]\n")
    named = [argument.replace(f"/{CONFIG}", f"{tmp_path}/my.toml") for argument in arguments]
    assert main.main([run, "--check", *named]) == 0
    assert capsys.readouterr().out == "ok\n"


def test_what_is_installed_is_there_and_goes_again(machine: Machine) -> None:
    before = machine.everything()
    status, said = machine.install()
    assert status == 0, said
    assert machine.file("etc/systemd/system/rawspoof.service").read_bytes() == UNIT.read_bytes()
    assert os.readlink(machine.file("usr/local/bin/rawspoof")) == f"/{CURRENT}/bin/rawspoof"
    assert machine.file("usr/local/share/man/man1/rawspoof.1").exists()
    assert machine.file(CONFIG).stat().st_mode & 0o777 == 0o640
    assert "rawspoof:x:" in machine.file("etc/passwd").read_text()
    assert machine.calls() == [
        "systemctl daemon-reload",
        "systemctl --quiet is-active portspoof.service",
        "systemctl enable rawspoof.service",
        "systemctl restart rawspoof.service",
    ]
    assert "good    says the doctor\n\nIt answers." in said
    for name in ("var/lib/rawspoof", "var/log/rawspoof"):
        machine.file(name).mkdir()
    kept = "".join(
        f"rawspoof: kept /{name} (--purge takes that away too)\n"
        for name in ("etc/rawspoof", "var/lib/rawspoof", "var/log/rawspoof")
    )
    built_with = "rawspoof: kept the Debian packages that it was built with, gcc and python3-dev among them\n"
    assert machine.uninstall() == (0, built_with + kept)
    assert machine.calls() == [
        "systemctl --quiet disable --now rawspoof.service",
        "systemctl daemon-reload",
        "systemctl --quiet reset-failed rawspoof.service",
    ]
    assert machine.uninstall() == (0, kept)
    assert machine.uninstall("--purge") == (0, "")
    assert machine.calls() == []
    assert machine.everything() == before


def test_nothing_is_taken_from_others(machine: Machine) -> None:
    machine.install()
    machine.file("usr/local/bin/rawspoof").unlink()
    others = (
        "usr/local/bin/rawspoof",
        "usr/local/share/man/man1/other.1",
        "usr/local/share/fish/other",
        "opt/rawspoof/o",
    )
    for name in others:
        machine.file(name).parent.mkdir(parents=True, exist_ok=True)
        machine.file(name).write_text("another's")
    assert machine.uninstall("--purge")[0] == 0
    for name in others:
        assert machine.file(name).read_text() == "another's"


def test_an_upgrade_takes_the_place_of_the_former_and_keeps_the_settings(machine: Machine) -> None:
    machine.install()
    former = machine.running()
    machine.file(CONFIG).write_text("mine")
    assert machine.install()[0] == 0
    assert machine.running() != former
    assert sorted(os.listdir(machine.file("opt/rawspoof"))) == ["current", machine.running().rpartition("/")[2]]
    assert machine.file(CONFIG).read_text() == "mine"


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("pip-fails", "said by pip"),
        ("machine/" + CONFIG, "wrong"),
        ("start-fails", "said by it\nrawspoof: the new one does not start, the former runs again"),
    ],
)
def test_a_failed_upgrade_leaves_the_former(machine: Machine, what: str, line: str) -> None:
    machine.install()
    before = machine.everything()
    machine.write(what, "wrong")
    machine.calls()
    status, said = machine.install()
    assert (status, said.endswith(f"{line}\n")) == (1, True), said
    assert machine.everything() == before
    assert machine.calls().count("systemctl restart rawspoof.service") == (2 if what == "start-fails" else 0)


def test_a_first_one_that_fails_leaves_no_program(machine: Machine) -> None:
    before = machine.everything()
    machine.write("pip-fails", "")
    assert machine.install()[0] == 1
    assert machine.everything() == before


def test_a_first_one_that_does_not_start_says_why(machine: Machine) -> None:
    machine.write("start-fails", "")
    status, said = machine.install()
    assert status == 1
    assert said.splitlines()[-2:] == [
        "said by it",
        f"rawspoof: it is installed and does not start: mend /{CONFIG}, then: systemctl restart rawspoof",
    ]


def test_a_running_portspoof_is_not_pushed_aside(machine: Machine) -> None:
    machine.write("portspoof", "")
    status, said = machine.install()
    assert status == 0
    assert "portspoof.service runs. To take its place:" in said
    assert not any("start" in call or "enable" in call for call in machine.calls())


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("rmdir", "machine/run/systemd/system"), "needs systemd, which does not run here"),
        (("sh", "-c", "printf installed >packaged"), "the Debian package rawspoof is here already"),
        (("touch", "machine/usr/local/bin/rawspoof"), "/usr/local/bin/rawspoof is not this script's"),
        (("install", "-D", "pyproject.toml", "-t", "machine/opt/rawspoof"), "opt/rawspoof is not this script's"),
    ],
)
def test_what_cannot_work_is_refused_in_a_line_and_nothing_changes(
    machine: Machine, change: tuple[str, ...], line: str
) -> None:
    machine.run(*change)
    machine.write("absent", "gcc\n")
    before = machine.everything()
    status, said = machine.install()
    assert (status, said.count("\n"), line in said) == (1, 1, True), said
    assert machine.everything() == before
    assert machine.calls() == []


def test_what_apt_installed_is_left_to_apt(machine: Machine) -> None:
    machine.write("packaged", "installed")
    before = machine.everything()
    status, said = machine.uninstall("--purge")
    assert (status, said) == (1, "rawspoof: came as a Debian package: apt-get remove rawspoof, or purge\n")
    assert machine.everything() == before


@pytest.mark.parametrize("script", ["install --service", "uninstall --purge"])
def test_who_is_not_root_is_told_in_a_line(machine: Machine, script: str) -> None:
    status, said = machine.run(*AS_NOBODY, *f"scripts/{script}".split())
    assert (status, said.count("\n")) == (1, 1)
    assert said.endswith(f": sudo scripts/{script}\n")


def test_an_old_python_is_told_before_anything_changes(machine: Machine) -> None:
    machine.python = "3.10"
    before = machine.everything()
    status, said = machine.install()
    assert (status, said.count("\n")) == (1, 1)
    assert machine.everything() == before


def test_the_vagrantfile_says_what_the_script_understands(machine: Machine) -> None:
    (options,) = re.findall(r"scripts/install (.*)\"", (ROOT / "Vagrantfile").read_text())
    assert machine.act("scripts/install", *options.split())[0] == 0


@pytest.mark.parametrize("command", ["install --service --dev", "install --dev --service", "uninstall --all"])
def test_a_wrong_option_is_answered_in_a_line(machine: Machine, command: str) -> None:
    status, said = machine.act(*f"scripts/{command}".split())
    assert (status, said.count("\n")) == (2, 1)
