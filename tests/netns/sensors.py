"""A sensor for kernel tests: started on its side of a lab, answering when the test gets it, ended after it.

Knows the command line, the processes and what is said on standard error. A sensor that complained about a packet fails
the test it served.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

from rawspoof.assembly import parts
from rawspoof.cli.main import parser
from rawspoof.cli.run import overrides
from rawspoof.config.load import load
from rawspoof.core.signature.template import Template
from rawspoof.core.world.profile import Mode, Profile
from rawspoof.edges.lab.lab import READY
from rawspoof.edges.lab.namespaces import INTERFACE, Lab, stop
from rawspoof.edges.system import personalities
from tests.netns.taps import SOURCE, TARGET, call

READY_S: Final = 60.0
"""On a machine busy with other tests; alone it takes a second or two."""
POLL_S: Final = 0.01
SECRET: Final = bytes(range(32))
"""The same world in every run: what a scanner meets on a port is no matter of chance."""

Thing = TypeVar("Thing")


class Sensor:
    """A running `rawspoof run`."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self.process, self.folder = process, folder
        self._last_words = ""

    @property
    def pid(self) -> int:
        """The supervisor's."""
        return self.process.pid

    def said(self) -> str:
        """Everything that it wrote to standard error so far."""
        return self._last_words or (self.folder / "stderr").read_text()

    def stop(self) -> None:
        """Have it end; what it said is still known when its files are gone."""
        stop(self.process)
        self._last_words = self.said()

    def children(self) -> dict[str, int]:
        """Its processes by name: `work0`, `collec`."""
        pids = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return {Path("/proc", pid, "comm").read_text().strip().removeprefix("rawspoof-"): int(pid) for pid in pids}

    def ask(self, number: signal.Signals) -> int:
        """Send it a signal; its exit status."""
        self.process.send_signal(number)
        return self.process.wait(10)


def start(lab: Lab, folder: Path, *args: str, program: Sequence[str] = ("-m", "rawspoof"), **kwargs: Any) -> Sensor:
    """A sensor on its way up, for tests in which it does not get there; `kwargs` are Popen's."""
    secret = folder / "secret"
    secret.write_bytes(SECRET)
    secret.chmod(0o600)
    # The collector, which is nobody, has its store in there.
    folder.chmod(0o755)
    with (folder / "stderr").open("wb") as stderr:
        argv = [sys.executable, *program, "run", "--state-dir", str(folder), *args]
        return Sensor(lab.run("sensor", argv, stdin=subprocess.DEVNULL, stderr=stderr, **kwargs), folder)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder for a block's time that anybody may enter: into pytest's own only root may, whatever is done to them."""
    with TemporaryDirectory(prefix="rawspoof-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def running(lab: Lab, *args: str, **kwargs: Any) -> Iterator[Sensor]:
    """A sensor that answers, for as long as the block lasts."""
    with open_folder() as folder:
        sensor = start(lab, folder, *args, **kwargs)
        try:
            until(lambda: READY.decode() in sensor.said() or sensor.process.poll() is not None, READY_S)
            assert sensor.process.poll() is None, sensor.said()
            yield sensor
        finally:
            sensor.stop()
        assert "broke something" not in sensor.said(), sensor.said()


def town(*args: str, target: str = TARGET) -> Callable[[int], Profile]:
    """Who lives at each port of a sensor with these arguments, as it deals them itself."""
    config = load(None, overrides(parser().parse_args(["run", *args])))
    world = parts(config, SECRET, personalities.faces(config, look=False)).world
    src, dst = (ip_address(address).packed for address in (SOURCE, target))
    return lambda port: world.profile(src, dst, port)


def greetings(profile: Callable[[int], Profile], ports: Iterable[int]) -> dict[int, Template]:
    """What the ports greet with that do, in clear."""
    dealt = {port: profile(port) for port in ports}
    return {
        port: found.identity.greet
        for port, found in dealt.items()
        if found.mode is Mode.GREET and found.identity is not None and found.identity.greet is not None
    }


def told(heard: bytes, greeting: Template) -> bool:
    """Whether this is the greeting; of one that shows the moment, whether it is as long."""
    once, again = greeting.render(0.0), greeting.render(1e9 + 0.5)
    return heard == once if once == again else len(heard) == greeting.size


def until(condition: Callable[[], Thing], within_s: float) -> Thing:
    """What the condition gives once that is true; fails the test if it never is."""
    end = time.monotonic() + within_s
    while not (met := condition()):
        assert time.monotonic() < end, f"not within {within_s} s"
        time.sleep(POLL_S)
    return met


def tell(figure: str) -> None:
    """Show something measured (`pytest -s`, or -rP)."""
    sys.stdout.write(f"{figure}\n")


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def ruleset(lab: Lab) -> str:
    """What nft shows of the sensor side's rules."""
    return call(lab, "sensor", "nft", "list", "ruleset")


def table_is_there(lab: Lab) -> bool:
    return "rawspoof" in ruleset(lab)


def mac(lab: Lab, side: Any) -> str:
    """The address of the wire's end."""
    return str(json.loads(call(lab, side, "ip", "-j", "link", "show", INTERFACE))[0]["address"])


def spent_s(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
