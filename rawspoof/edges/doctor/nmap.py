"""nmap at the far end of the wire, and its XML as values. Knows its options, not what its answers mean."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import Final
from xml.etree import ElementTree

from rawspoof.edges.doctor.wire import Address
from rawspoof.edges.system.privileges import die_with_parent

STATES_S: Final = 180.0
NAMES_S: Final = 180.0
"""How long a run may take; then what it has seen is lost."""
PARALLEL: Final = 30
"""Ports that nmap 7.93 -sV -T4 asks at a time: so many connections were seen to silent ports."""
_TICK_S: Final = 0.5
_PLAIN: Final = ("-n", "-Pn", "-T4", "-vv", "-oX", "-")

Tick = Callable[[], None]
"""Called twice a second while it runs."""


def program() -> str:
    """Where nmap is, "" where it is not."""
    return shutil.which("nmap") or ""


def states(nmap: str, target: Address, ports: Sequence[int], tick: Tick) -> dict[int, str]:
    """`open`, `closed` or `filtered` for each port, as -sS tells.

    Raises TimeoutError, and ValueError where nmap does not say.
    """
    tree = _tree(_run([nmap, "-sS", *_PLAIN, *_for(target, ports)], STATES_S, tick))
    found: dict[int, str] = {}
    # More than 25 ports in a state other than open stand together.
    for crowd in tree.iter("extraports"):
        for reason in crowd.iter("extrareasons"):
            found |= dict.fromkeys(_members(reason.get("ports", "")), _state(crowd))
    for port in tree.iter("port"):
        found |= {int(port.get("portid", 0)): _state(state) for state in port.iter("state")}
    return found


def names(nmap: str, target: Address, ports: Sequence[int], tick: Tick) -> dict[int, str]:
    """What -sV calls each port, "" for one it has no name for. Raises as `states` does."""
    argv = [nmap, "-sV", "--version-light", *_PLAIN, *_for(target, ports)]
    return {int(port.get("portid", 0)): _name(port) for port in _tree(_run(argv, NAMES_S, tick)).iter("port")}


def spans(ports: Sequence[int]) -> str:
    """Ports as nmap's -p takes them: `1-3,22`."""
    found: list[list[int]] = []
    for port in sorted(set(ports)):
        if found and found[-1][1] == port - 1:
            found[-1][1] = port
        else:
            found.append([port, port])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in found)


def _members(text: str) -> list[int]:
    """The ports of `1-3,22`."""
    ends = [span.partition("-") for span in text.split(",") if span]
    return [port for low, _, high in ends for port in range(int(low), int(high or low) + 1)]


def _for(target: Address, ports: Sequence[int]) -> list[str]:
    return [*(["-6"] if target.version == 6 else []), "-p", spans(ports), str(target)]


def _run(argv: Sequence[str], within_s: float, tick: Tick) -> str:
    until = monotonic() + within_s
    process = subprocess.Popen(  # noqa: S603  our own words, ports and an address
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        errors="replace",
        # It must not outlive us: it would keep the namespace.
        preexec_fn=partial(die_with_parent, signal.SIGKILL, os.getpid()),
    )
    try:
        while monotonic() < until:
            try:
                return process.communicate(timeout=_TICK_S)[0]
            except subprocess.TimeoutExpired:
                tick()
        raise TimeoutError(f"nmap takes longer than {within_s:.0f} s")
    finally:
        process.kill()
        process.communicate()


def _state(element: ElementTree.Element) -> str:
    return element.get("state", "").partition("|")[0]


def _tree(text: str) -> ElementTree.Element:
    try:
        # nmap's own output, and expat of this Python limits what entities grow to.
        return ElementTree.fromstring(text)  # noqa: S314
    except ElementTree.ParseError:
        raise ValueError("nmap said nothing that can be read") from None


def _name(port: ElementTree.Element) -> str:
    service = port.find("service")
    if service is None or service.get("method") != "probed":
        return ""
    tunnel = f"{service.get('tunnel')}/" if service.get("tunnel") else ""
    words = (tunnel + service.get("name", ""), service.get("product", ""), service.get("version", ""))
    return " ".join(filter(None, words))
