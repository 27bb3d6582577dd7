"""A sensor at work on one side of a lab, a command of the user's on the other; whatever happens, all of it ends.

Knows how to start the sensor and how it says that it is ready. Decides nothing about it.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from select import select
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic
from typing import IO, Final

from rawspoof.edges.lab.namespaces import ADDRESSES, STOP_S, Lab
from rawspoof.edges.system.endings import ENDED_BY_SIGNAL, ending_on_sigterm

READY: Final = b"rawspoof: ready"
"""How the line starts that the sensor writes to standard error once packets reach it."""

READY_S: Final = 30.0
"""Longer than the sensor ever takes to start; then something holds it."""


class LabError(Exception):
    """One line for people: why the lab did not come up."""


def run_lab(sensor_args: Sequence[str], command: Sequence[str]) -> int:
    """The exit status of `command`, run beside a sensor of its own; without a command, of a shell.

    The command finds the sensor's addresses in RAWSPOOF_TARGET and RAWSPOOF_TARGET6. Raises LabError where the
    sensor does not start (its own words have then been shown), OSError where there is no root or no such command.
    """
    with TemporaryDirectory(prefix="rawspoof-lab-") as state, ending_on_sigterm():
        # The collector, which is nobody, has its store in there.
        os.chmod(state, 0o755)  # noqa: S103  the secret in it is readable by its owner only
        sensor = [sys.executable, "-m", "rawspoof", "run", "--state-dir", state, *sensor_args]
        return play(sensor, command or [os.environ.get("SHELL", "/bin/sh")])


def play(sensor: Sequence[str], command: Sequence[str]) -> int:
    """Start `sensor` on its side, wait until it is ready, run `command` on the other: the status of that."""
    with Lab() as lab:
        # A session of its own: Ctrl-C is meant for the command.
        pipes = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE, "bufsize": 0}
        stderr = lab.run("sensor", sensor, **pipes, start_new_session=True).stderr
        assert stderr is not None
        try:
            _await_ready(stderr)
            asked = lab.run("attacker", command, env=os.environ | _targets())
        except BaseException:
            stderr.close()
            raise
        # From here on nothing more is started, so a thread does no harm.
        relay = Thread(target=_relay, args=(stderr,), daemon=True)
        relay.start()
        status = _status(asked)
    relay.join(STOP_S)
    return status


def _targets() -> dict[str, str]:
    four, six = ADDRESSES["sensor"]
    return {"RAWSPOOF_TARGET": four, "RAWSPOOF_TARGET6": six}


def _await_ready(stderr: IO[bytes]) -> None:
    """Show what the sensor says until it says that it is ready. Raises LabError where it never does."""
    until = monotonic() + READY_S
    while select([stderr], [], [], max(0.0, until - monotonic()))[0]:
        line = stderr.readline()
        if not line:
            raise LabError("the sensor ended before it was ready")
        _show(line)
        if line.startswith(READY):
            return
    raise LabError(f"the sensor was not ready within {READY_S:.0f} s")


def _relay(stderr: IO[bytes]) -> None:
    """Show what the sensor says until it has ended."""
    with stderr:
        for line in stderr:
            _show(line)


def _show(line: bytes) -> None:
    sys.stderr.write(line.decode(errors="backslashreplace"))
    sys.stderr.flush()


def _status(command: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            status = command.wait()
        except KeyboardInterrupt:
            # The command got it too, and decides what it means.
            continue
        return status if status >= 0 else ENDED_BY_SIGNAL - status
