"""`rawspoof lab`: what is the sensor's and what is the command's."""

import pytest

from rawspoof.cli.main import main
from rawspoof.edges.lab import lab


@pytest.mark.parametrize(
    ("argv", "sensor", "command"),
    [
        ([], [], []),
        (["--", "nmap", "-p", "1-9"], [], ["nmap", "-p", "1-9"]),
        (["--sensor-arg=--workers", "--sensor-arg", "2", "true"], ["--workers", "2"], ["true"]),
        (["--", "sh", "-c", "exit 3", "--", "-x"], [], ["sh", "-c", "exit 3", "--", "-x"]),
    ],
)
def test_arguments_are_passed_on_and_the_status_comes_back(argv, sensor, command, monkeypatch):
    ran = []
    monkeypatch.setattr(lab, "run_lab", lambda *args: ran.append(args) or 42)
    assert main(["lab", *argv]) == 42
    assert ran == [(sensor, command)]
