"""The frame of the command line: help, exit statuses, one line for what goes wrong, and a quick start."""

import errno
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from rawspoof import __version__
from rawspoof.cli.main import COMMANDS, _failures, main
from rawspoof.config.load import ConfigError

ROOT = Path(__file__).parents[2]


def status_of(*argv: str) -> int:
    """argparse leaves by SystemExit, our own code by its value."""
    try:
        return main(argv)
    except SystemExit as left:
        return int(left.code or 0)


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def run(args: object) -> int:
        raise error

    monkeypatch.setitem(COMMANDS, "doctor", SimpleNamespace(add=COMMANDS["doctor"].add, run=run))


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_a_terminal_and_gives_an_example(command, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    assert status_of(*command.split(), "--help") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= {"run": 50, "": 36}.get(command, 30)
    assert max(map(len, lines)) <= 80
    assert any("example" in line for line in lines)


def test_the_version_is_the_packages(capsys):
    assert status_of("--version") == 0
    assert capsys.readouterr().out == f"rawspoof {__version__}\n"
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__


@pytest.mark.parametrize(
    "argv", [(), ("walk",), ("run", "--no-such"), ("run", "extra"), ("run", "--workers", "many"), ("replay",)]
)
def test_what_argparse_refuses_is_status_2(argv, capsys):
    assert status_of(*argv) == 2
    said = capsys.readouterr().err
    assert said.startswith("rawspoof")
    assert said.endswith("--help`)\n")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ConfigError("r.toml: sensor.workers: expected `int`"), 2, "rawspoof: r.toml: sensor.workers: expected `int`"),
        (ConfigError("two\nlines"), 2, "rawspoof: two lines"),
        (FileNotFoundError(errno.ENOENT, "No such file", "in.pcap"), 1, "rawspoof: in.pcap: No such file"),
        (PermissionError(errno.EPERM, "needs root"), 1, "rawspoof: needs root"),
        (OSError("the queue is taken"), 1, "rawspoof: the queue is taken"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_status(error, status, said, monkeypatch, capsys):
    failing(monkeypatch, error)
    assert status_of("doctor") == status
    assert capsys.readouterr().err.strip() == said


def test_errors_made_for_people_are_a_line_too(monkeypatch, capsys):
    for kind in _failures():
        failing(monkeypatch, kind("the thing and its cure"))
        assert status_of("doctor") == 1
        assert capsys.readouterr().err == "rawspoof: the thing and its cure\n"


def test_a_mistake_of_ours_is_not_hidden(monkeypatch):
    failing(monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])


def test_a_reader_that_left_is_no_reason_to_complain():
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "rawspoof", "config", "init", "-"]
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, cwd=ROOT, timeout=30, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (1, b"")


def test_help_and_start_load_nothing_heavy():
    script = (
        "import sys; from rawspoof.cli.main import main\n"
        "main(['config', 'show'])\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=30, check=True)
    loaded = set(done.stdout.decode().splitlines()[-1].split())
    assert "msgspec" in loaded
    assert not loaded & {"scapy", "netfilterqueue", "pyroute2", "asyncio", "logging", "subprocess", "sqlite3"}
