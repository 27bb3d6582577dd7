"""The scanners that kernel tests point at a sensor, and what they print, as values."""

import re
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from subprocess import PIPE
from typing import Final, NamedTuple
from xml.etree import ElementTree

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.netns.sensors import mac
from tests.netns.taps import SOURCE, TARGET, call

SCAN_S: Final = 60.0
MASSCAN_PORT: Final = 40000
QUIET: Final = f"""
table ip quiet {{
    chain in {{
        type filter hook input priority 0
        tcp dport {MASSCAN_PORT} drop
    }}
}}
"""


class Seen(NamedTuple):
    """What nmap says about a port."""

    state: str
    reason: str
    ttl: int
    service: str = ""
    product: str = ""
    version: str = ""


def nmap(lab: Lab, *args: str, target: str = TARGET) -> dict[int, Seen]:
    """nmap's view of each port it asked, also of those that it sums up."""
    family = ["-6"] if ":" in target else []
    # -vv keeps ports of one state apart.
    argv = ["nmap", *family, "-n", "-Pn", "-vv", "--reason", "-oX", "-", *args, target]
    output = _output(lab, argv)
    return {int(port.attrib["portid"]): _seen(port) for port in ElementTree.fromstring(output).iter("port")}


def _seen(port: ElementTree.Element) -> Seen:
    state, service = port.find("state"), port.find("service")
    assert state is not None
    named = {} if service is None else service.attrib
    tunnel = f"{named['tunnel']}/" if "tunnel" in named else ""
    return Seen(
        state.attrib["state"], state.attrib["reason"], int(state.attrib["reason_ttl"]),
        tunnel + named.get("name", ""), named.get("product", ""), named.get("version", ""),
    )  # fmt: skip


def states(seen: dict[int, Seen]) -> Counter[str]:
    return Counter(port.state for port in seen.values())


def masscan(lab: Lab, *args: str) -> set[int]:
    """The ports that masscan finds open; `args` name ports and rate."""
    return {int(line.split()[2]) for line in masscan_lines(lab, *args) if line.startswith("open")}


def masscan_lines(lab: Lab, *args: str) -> list[str]:
    """masscan's list: `open tcp PORT …` for each port, with --banners `banner tcp PORT … PROTOCOL TEXT` too."""
    # As masscan's manual has it: what its kernel knows nothing of, its kernel must not refuse.
    call(lab, "attacker", "nft", "-f", "-", text=QUIET)
    # libpcap makes room for 64 KiB a packet where the interface joins packets, 32 in all: masscan would miss answers.
    _run(lab, ["ethtool", "-K", INTERFACE, "gro", "off", "gso", "off", "tso", "off"])
    ways = ["-e", INTERFACE, "--adapter-ip", SOURCE, "--adapter-port", str(MASSCAN_PORT)]
    argv = ["masscan", *ways, "--router-mac", mac(lab, "sensor"), *args, "--wait", "1", "-oL", "-", TARGET]
    process = lab.run("attacker", argv, stdout=PIPE, stderr=subprocess.DEVNULL, text=True)
    return _nudged(lab, process).splitlines()


def _nudged(lab: Lab, process: "subprocess.Popen[str]") -> str:
    """A process's output. masscan looks whether it is time to end only when a packet passes: so let some pass."""
    end = time.monotonic() + SCAN_S
    with lab.inside("attacker"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nudge:
        while time.monotonic() < end:
            nudge.sendto(b".", (TARGET, 9))
            try:
                return process.communicate(timeout=0.2)[0]
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError(f"masscan took longer than {SCAN_S} s")


def zmap(lab: Lab, port: int) -> list[str]:
    """zmap's view of a port: class and time to live."""
    ways = ["-i", INTERFACE, "-G", mac(lab, "sensor"), "-b", "/dev/null", "-c", "1", "-q", "-v", "0"]
    said = _output(lab, ["zmap", *ways, "-p", str(port), "-O", "csv", "-f", "classification,ttl", "-o", "-", TARGET])
    return said.splitlines()[1:]


def hping3(lab: Lab, ports: Sequence[int], *args: str) -> list[str]:
    """What hping3 prints of the answer to one packet to each port, "" for none; without what chance or time decides."""
    # It takes any packet from its port for an answer, so one runs for each port, but all at once.
    runs = [
        lab.run("attacker", ["hping3", "-n", "-c", "1", "-p", str(port), *args, TARGET], stdout=PIPE, stderr=PIPE)
        for port in ports
    ]
    said = [process.communicate(timeout=SCAN_S)[0].decode() for process in runs]
    lines = [next((line for line in text.splitlines() if line.startswith("len=")), "") for text in said]
    return [re.sub(r" (sport|rtt)=[\d.]+( ms)?", "", line) for line in lines]


def _output(lab: Lab, argv: list[str]) -> str:
    return _run(lab, argv).stdout


def _run(lab: Lab, argv: list[str], check: bool = True) -> "subprocess.CompletedProcess[str]":
    process = lab.run("attacker", argv, stdout=PIPE, stderr=PIPE, text=True)
    out, err = process.communicate(timeout=SCAN_S)
    assert not check or process.returncode == 0, (argv, err)
    return subprocess.CompletedProcess(argv, process.returncode, out, err)
