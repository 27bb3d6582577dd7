"""systemd is told what it asked for, on the socket that it named; nobody else is told anything."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rawspoof.edges.system.notify import STATUS_MAX, Notifier


@pytest.fixture(params=["path", "abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A name to tell to, and who listens there."""
    path = str(tmp_path / "notify")
    name = path if request.param == "path" else f"@rawspoof-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path if request.param == "path" else "\0" + name[1:])
        listener.settimeout(2)
        yield name, listener


def test_each_thing_is_a_datagram_of_lines(heard):
    name, listener = heard
    notifier = Notifier(name)
    notifier.ready("answers\n all\tports")
    assert listener.recv(1024) == b"READY=1\nSTATUS=answers all ports"
    notifier.reloading()
    first, second = listener.recv(1024).split(b"\n")
    assert (first, second.partition(b"=")[0]) == (b"RELOADING=1", b"MONOTONIC_USEC")
    assert int(second.partition(b"=")[2]) > 0
    notifier.status("x" * 1000)
    assert listener.recv(4096) == b"STATUS=" + b"x" * STATUS_MAX
    notifier.stopping()
    assert listener.recv(1024) == b"STOPPING=1"


def test_the_environment_is_taken_and_not_left_to_children(heard):
    name, listener = heard
    environment = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "4000000", "WATCHDOG_PID": str(os.getpid()), "LANG": "C"}
    notifier = Notifier.of(environment)
    assert environment == {"LANG": "C"}
    assert notifier.watchdog_s == 4.0
    notifier.alive()
    assert listener.recv(1024) == b"WATCHDOG=1"
    # Not again until half of the time is over.
    notifier.alive()
    notifier.stopping()
    assert listener.recv(1024) == b"STOPPING=1"


@pytest.mark.parametrize(
    "said",
    [{}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "²"}, {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}],
    ids=["nothing", "no number", "no ASCII", "another's"],
)
def test_a_watchdog_that_is_not_ours_is_not_fed(heard, said):
    name, listener = heard
    notifier = Notifier.of({"NOTIFY_SOCKET": name, **said})
    notifier.alive()
    notifier.stopping()
    assert listener.recv(1024) == b"STOPPING=1"


@pytest.mark.parametrize("name", ["", "/nowhere/at/all", "@nobody-listens-here"])
def test_where_nobody_listens_nothing_happens(name):
    Notifier(name, 1.0).alive()
    Notifier(name).ready("all is well")
