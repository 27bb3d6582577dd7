"""How every golden capture was made: `python -m tests.golden.record CASE…` makes it anew. Takes root.

Most are a real tool against a live sensor in a lab of its own, captured on the sensor's side, inbound only. Those in
TALKS are written by hand, in `input.txt` beside them, and become packets by being played.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Final

from rawspoof.edges.lab.lab import READY, READY_S
from rawspoof.edges.lab.namespaces import ADDRESSES, INTERFACE, Lab, stop
from tests.edges.link.captures import pcap
from tests.golden import case
from tests.netns.sensors import mac
from tests.talk import inbound

TARGET, TARGET6 = ADDRESSES["sensor"]
SOURCE: Final = ADDRESSES["attacker"][0]
TAP: Final = ("tcpdump", "-Z", "root", "-i", INTERFACE, "-Q", "in", "-U", "--immediate-mode", "-w")
QUIET_S: Final = 0.5
"""For packets that are still on their way when the tool has ended."""
TALKS: Final = {"talks": False, "talks-ipv6": True}
"""Cases written by hand, and whether they are IPv6."""

NMAP: Final = ("nmap", "-n", "-Pn")
RAW: Final = ("-i", INTERFACE, "-G", "{mac}", "-S", SOURCE)
COMMANDS: Final[dict[str, Sequence[Sequence[str]]]] = {
    "nmap-syn-scan": [[*NMAP, "-sS", "-p", "20-39", TARGET]],
    "nmap-connect-scan": [[*NMAP, "-sT", "-p", "20-29", TARGET]],
    "nmap-version-scan": [[*NMAP, "-sV", "-p", "80", TARGET]],
    "nmap-odd-probes": [
        [*NMAP, how, "-p", "22-24", TARGET] for how in ("-sF", "-sN", "-sX", "-sM", "-sA", "-sW")
    ],
    "masscan": [
        ["masscan", TARGET, "-p1-20", "--rate", "500", "--wait", "1", "--adapter", INTERFACE, "--adapter-ip", SOURCE,
         "--adapter-port", "61000", "--router-mac", "{mac}", "-oL", "-"],
    ],
    "zmap": [["zmap", "-p", "443", *RAW, "-b", "/dev/null", "-c", "2", "-o", "-", TARGET]],
    "hping3": [["hping3", how, "-c", "3", "-i", "u50000", "-p", "80", TARGET] for how in ("-S", "-A", "-F", "-R")],
    "curl": [["curl", "-s", f"http://{TARGET}/"], ["curl", "-sg", f"http://[{TARGET6}]/"]],
    "ssh": [
        ["timeout", "3", "ssh", "-T", "-o", "StrictHostKeyChecking=no", "-o", "ConnectTimeout=2", "-o", "BatchMode=yes",
         f"x@{TARGET}"],
    ],
}  # fmt: skip


def record(name: str) -> None:
    """Make the capture of one case."""
    file = case.HOME / name / "input.pcap"
    if name in TALKS:
        script = (case.HOME / name / "input.txt").read_text()
        file.write_bytes(pcap(*inbound(script, case.sensor(name), ip6=TALKS[name])))
        return
    with Lab() as lab:
        start(lab, case.HOME / name)
        with tapping(lab, file):
            for command in COMMANDS[name]:
                argv = [word.replace("{mac}", mac(lab, "sensor")) for word in command]
                lab.run("attacker", argv, stdin=subprocess.DEVNULL).wait(120)


@contextmanager
def tapping(lab: Lab, file: Path) -> Iterator[None]:
    """What comes in on the sensor's side meanwhile goes to a file."""
    # The attacker's kernel shall finish its checksums before they are captured.
    lab.run("attacker", ["ethtool", "-K", INTERFACE, "tx", "off"], stdout=subprocess.DEVNULL).wait(10)
    tap = lab.run("sensor", [*TAP, str(file), "tcp"], stderr=subprocess.PIPE)
    assert tap.stderr is not None
    assert select([tap.stderr], [], [], READY_S)[0], "tcpdump listens"
    time.sleep(QUIET_S)
    yield
    time.sleep(QUIET_S)
    tap.stderr.close()
    stop(tap)


def start(lab: Lab, folder: Path) -> None:
    """A live sensor of a folder's configuration, ready."""
    environment = os.environ | {"PYTHONPATH": str(case.HOME.parent.parent)}
    argv = [sys.executable, "-m", "rawspoof", "run", "-c", "config.toml"]
    stderr = lab.run("sensor", argv, cwd=folder, env=environment, stderr=subprocess.PIPE).stderr
    assert stderr is not None
    with stderr:
        while not (line := stderr.readline()).startswith(READY):
            assert line, "the sensor ended before it was ready"


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        record(wanted)
