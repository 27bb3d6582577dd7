"""Units as they may be found, and what systemd may say of them."""

import os
import subprocess

import pytest

from rawspoof.edges.doctor.finding import Level
from rawspoof.edges.doctor.unit import unit

RUNS = "ActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=no\nResult=success\n"


@pytest.fixture
def machine(tmp_path):
    """A root folder with systemd, the program, and a unit that starts it."""
    for folder in ("etc/systemd/system", "run/systemd/system", "usr/bin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "usr/bin/rawspoof").touch()
    (tmp_path / "etc/systemd/system/rawspoof.service").write_text("[Service]\nExecStart=/usr/bin/rawspoof run -c x\n")
    return tmp_path


def ids(machine, said: str = RUNS) -> list[str]:
    return [finding.id for finding in unit(machine, lambda: said) if finding.level is not Level.GOOD]


def test_no_unit_is_nothing_to_say(tmp_path):
    assert list(unit(tmp_path, lambda: RUNS)) == []


def test_a_unit_that_runs_is_fine(machine):
    assert [finding.what for finding in unit(machine, lambda: RUNS)] == [
        "rawspoof.service starts /usr/bin/rawspoof",
        "rawspoof.service is active",
    ]


def test_a_program_that_is_not_there_is_trouble(machine):
    (machine / "usr/bin/rawspoof").unlink()
    finding = next(iter(unit(machine, lambda: RUNS)))
    assert (finding.level, finding.id) == (Level.TROUBLE, "foundations.unit-command")
    assert "starts /usr/bin/rawspoof, which is not there" in finding.what


def test_a_unit_that_starts_nothing_is_trouble(machine):
    (machine / "etc/systemd/system/rawspoof.service").write_text("[Service]\n#ExecStart=/usr/bin/rawspoof\n")
    assert ids(machine) == ["foundations.unit-command"]


def test_a_unit_older_than_the_program_is_told(machine):
    file = machine / "etc/systemd/system/rawspoof.service"
    os.utime(file, (0, 0))
    assert ids(machine) == ["foundations.unit-old"]


@pytest.mark.parametrize(
    ("said", "told", "cure"),
    [
        ("ActiveState=failed\nResult=exit-code\n", "foundations.unit-failed", "journalctl -u rawspoof.service -n 20"),
        (
            "ActiveState=active\nUnitFileState=disabled\n",
            "foundations.unit-disabled",
            "systemctl enable rawspoof.service",
        ),
        ("NeedDaemonReload=yes\n", "foundations.unit-reload", "systemctl daemon-reload"),
    ],
)
def test_what_systemd_says_is_passed_on(machine, said, told, cure):
    (finding,) = [one for one in unit(machine, lambda: said) if one.level is not Level.GOOD]
    assert finding.id == told
    assert finding.cure.startswith(cure)


def test_without_systemd_only_the_file_counts(machine):
    (machine / "run/systemd/system").rmdir()
    assert ids(machine, "ActiveState=failed\n") == []


def test_a_systemctl_that_hangs_is_given_up(machine):
    def hangs() -> str:
        raise subprocess.TimeoutExpired("systemctl", 2)

    assert [one.id for one in unit(machine, hangs) if one.level is Level.ADVICE] == ["foundations.unit"]
