"""What an attacker sees of this machine now: looked at from the far end of a wire that is gone afterwards.

Puts target, wire, scanner and verdict together. Nothing is sent to any address but this machine's own.
"""

import sys
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Final

from rawspoof.config.model import Config
from rawspoof.edges.doctor import nmap, probe
from rawspoof.edges.doctor.decoys import routes
from rawspoof.edges.doctor.firewall import running
from rawspoof.edges.doctor.verdict import View, verdict
from rawspoof.edges.doctor.wire import Address, ScanError, Wire, free_ends
from rawspoof.edges.firewall.plan import plan_from
from rawspoof.edges.system import proc
from rawspoof.edges.system.endings import ending_on_sigterm, undisturbed
from rawspoof.edges.system.links import Link, links
from rawspoof.edges.system.own_address import own_address
from rawspoof.edges.system.proc import Listener

PORTS: Final = 1000
"""How many are scanned where nobody says which."""
SAMPLE: Final = nmap.PARALLEL
"""Ports that are asked for their names."""
USUAL: Final = (21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 389, 443, 445, 465, 587, 631, 993, 995, 1433, 1521,
                2049, 3306, 3389, 5432, 5900, 6379, 8080, 8443, 9200, 11211, 27017)  # fmt: skip
"""Where an attacker looks first."""
QUIET_S: Final = 2.0
"""How long nothing is told of how far it is; then twice as long, and so on."""

Say = Callable[[str], None]


def scan(config: Config, ports: Sequence[int] | None, say: Say | None = None) -> View:
    """What is seen. Takes some seconds, with nmap up to a few minutes; `say` is given lines on how far it is.

    Raises ScanError with one line for people.
    """
    try:
        with undisturbed():
            cards, known, now = links(), routes(), running()
    except PermissionError:
        raise ScanError("a scan takes root, for a network namespace of its own: sudo rawspoof doctor --scan") from None
    target = _target(config, cards)
    listening = {one.port: one.pid for one in proc.listeners() if _reaches(target, one)}
    taken = [ip_network(text) for text in (*config.sensor.networks, *config.sensor.allow)]
    taken += [one.interface.network for card in cards for one in card.addresses]
    wanted = ports_of(ports, listening)
    progress = _Progress(say or _print)
    with ending_on_sigterm(), Wire(target, free_ends(target, taken, known)) as wire, wire.inside():
        view = _look(target, wire.source, wanted, listening, progress)
    return view._replace(findings=list(verdict(config, plan_from(config), view, now)))


def ports_of(named: Sequence[int] | None, listening: dict[int, int | None]) -> list[int]:
    """The ports to scan: those named, or real services, usual ones and others evenly from all."""
    if named:
        return sorted(set(named))
    step = 65535 // PORTS
    spread = dict.fromkeys((*listening, *USUAL, *range(7, 65536, step)))
    return sorted(list(spread)[:PORTS])


def _look(
    target: Address, source: Address, ports: list[int], listening: dict[int, int | None], progress: "_Progress"
) -> View:
    """From where this thread is."""
    program = nmap.program()
    began = monotonic()
    try:
        if program:
            states = nmap.states(program, target, ports, lambda: progress.tell("looking which ports are open"))
        else:
            states = probe.states(target, ports, lambda done: progress.tell(f"{done} of {len(ports)} ports seen"))
        looked_s, began = monotonic() - began, monotonic()
        some = _sample(states, listening)
        progress.tell(f"asking {len(some)} ports who they are")
        if program and some:
            names = nmap.names(program, target, some, lambda: progress.tell("asking ports who they are"))
        else:
            names = probe.names(target, some)
    except (TimeoutError, ValueError) as wrong:
        raise ScanError(f"{wrong}: name fewer ports with --ports") from None
    named_s = monotonic() - began
    real = {port: proc.described(pid) for port, pid in listening.items() if port in states}
    tool = "nmap" if program else "connections of our own, for want of nmap"
    return View(target, source, tool, states, names, real, looked_s, named_s)


def _sample(states: dict[int, str], listening: dict[int, int | None]) -> list[int]:
    """Open ports to be asked: real services first, then usual ones, then others from all over."""
    open_ = [port for port, state in states.items() if state == "open"]
    others = open_[:: max(1, len(open_) // SAMPLE)]
    chosen = dict.fromkeys((*listening, *USUAL[: SAMPLE // 2], *others, *open_))
    return sorted([port for port in chosen if states.get(port) == "open"][:SAMPLE])


def _target(config: Config, cards: Sequence[Link]) -> Address:
    """An address of this machine that is covered. Raises ScanError where there is none."""
    here = {one.interface.ip for card in cards if card.name != "lo" for one in card.addresses}
    for address in map(ip_address, config.sensor.addresses):
        if address in here:
            return address
    if config.sensor.addresses:
        raise ScanError("no address in sensor.addresses is this machine's: correct it, or scan from another machine")
    wanted = own_address(config)
    if wanted in here:
        return wanted
    covered = config.sensor.interfaces or [card.name for card in cards]
    usable = [one.interface.ip for card in cards if card.name in covered for one in card.addresses]
    usable = sorted((one for one in usable if one in here and not one.is_link_local), key=lambda one: one.version)
    if not usable:
        raise ScanError("this machine has no address but loopback: give it one")
    return usable[0]


def _reaches(target: Address, listener: Listener) -> bool:
    """Whether it listens at an address; [::] most often takes IPv4 too."""
    anywhere = listener.address.is_unspecified and listener.address.version >= target.version
    return anywhere or listener.address == target


class _Progress:
    """Tells how far it is, once it takes long, and not too often."""

    def __init__(self, say: Say) -> None:
        self._say, self._began, self._quiet_s = say, monotonic(), QUIET_S

    def tell(self, what: str) -> None:
        took_s = monotonic() - self._began
        if took_s >= self._quiet_s:
            self._say(f"{what}, {took_s:.0f} s so far")
            self._quiet_s *= 2


def _print(what: str) -> None:
    sys.stderr.write(f"rawspoof: {what} …\n")
    sys.stderr.flush()
