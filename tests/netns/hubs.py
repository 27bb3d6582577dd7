"""A hub and its broker for kernel tests: keys and settings made by the command itself, a process that can be killed.

Knows the command line. Broker and hub are on the sensor's side of a lab, whoever tells them on the attacker's.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rawspoof.config.sinks import Nats
from rawspoof.core.event import AnyEvent, SynData
from rawspoof.edges.lab.namespaces import Lab, stop
from rawspoof.edges.sinks.nats import Dial
from rawspoof.edges.sinks.stream import tls
from rawspoof.edges.system import clock
from tests.netns import farends
from tests.netns.farends import HOST
from tests.netns.sensors import open_folder, until

URL: Final = f"tls://{HOST}"
READY_S: Final = 30.0
SOURCES: Final = 50


def events(count: int, first: int = 1) -> list[AnyEvent]:
    """Events of now that can be told apart: each has its number for a size."""
    here, now = bytes([192, 0, 2, 1]), clock.steady()()
    return [
        SynData(now + n / 1e6, bytes([203, 0, 113, n % SOURCES]), 1024, here, 80, b"x", n)
        for n in range(first, first + count)
    ]


class Hub:
    """A folder with keys and settings, a broker that has them, and a hub that may be started."""

    def __init__(self, lab: Lab, folder: Path, sensors: Sequence[str]) -> None:
        self.lab, self.folder, self.store = lab, folder, folder / "store"
        for name in sensors:
            self.command("keys", name, "-o", str(self.seed(name)))
        self.conf = folder / "nats.conf"
        where = ("--name", HOST, "--listen", f"{HOST}:4222", "--store-dir", str(folder / "nats"))
        self.command("broker", *where, "-o", str(self.conf))
        self.pem = folder / "hub" / "broker.crt"
        self.process: subprocess.Popen[bytes] | None = None
        self.serve()

    def command(self, *args: str) -> str:
        """What `rawspoof hub` says to this."""
        argv = [sys.executable, "-m", "rawspoof", "hub", "--state-dir", str(self.folder), *args]
        return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=READY_S).stdout

    def seed(self, name: str) -> Path:
        """A sensor's."""
        return self.folder / f"{name}.seed"

    def serve(self) -> None:
        """The broker, up."""
        self.broker = farends.serve(self.lab, 4222, ["nats-server", "-c", str(self.conf)])

    def start(self, *args: str) -> None:
        """The hub, reading."""
        argv = [sys.executable, "-m", "rawspoof", "hub", "--state-dir", str(self.folder), "--url", URL, *args]
        with (self.folder / "stderr").open("ab") as errors:
            begun = self.said().count("hub: ready")
            self.process = self.lab.run("sensor", argv, stdin=subprocess.DEVNULL, stderr=errors)
        until(lambda: self.said().count("hub: ready") > begun or self.ended(), READY_S)
        assert not self.ended(), self.said()

    def said(self) -> str:
        """All that it wrote to standard error."""
        path = self.folder / "stderr"
        return path.read_text() if path.exists() else ""

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def close(self) -> None:
        for process in (self.process, self.broker):
            if process is not None:
                stop(process)

    def sink(self, name: str) -> Nats:
        """The settings of a sensor's way here."""
        return Nats(url=URL, secret_file=str(self.seed(name)), ca_file=str(self.pem), form="rawspoof", timeout_s=5.0)

    def dial(self, name: str) -> Dial:
        """A sensor's connections."""
        return Dial(self.sink(name), name, self.seed(name).read_text().strip(), tls(str(self.pem)))


@contextmanager
def hub(lab: Lab, *sensors: str) -> Iterator[Hub]:
    """A hub that knows these sensors, not started yet; its broker is."""
    with open_folder() as folder:
        made = Hub(lab, folder, sensors)
        try:
            yield made
        finally:
            made.close()
