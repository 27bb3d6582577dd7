"""What a look from outside shows: values, and what is to be made of them. Pure: sees nothing itself."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from rawspoof.config.model import Config
from rawspoof.edges.doctor.finding import Finding, advice, good, trouble
from rawspoof.edges.doctor.firewall import Running
from rawspoof.edges.doctor.nmap import PARALLEL
from rawspoof.edges.doctor.wire import Address
from rawspoof.edges.firewall.plan import Plan

ALL: Final = 65535
_SHOWN: Final = 8
_ELSEWHERE: Final = "scan this machine from another one"


class View(NamedTuple):
    """What was seen."""

    target: Address
    source: Address
    tool: str
    """What it was seen with, for people: `nmap`, or what we have instead."""
    states: Mapping[int, str]
    """`open`, `closed` or `filtered` of each port asked."""
    names: Mapping[int, str]
    """What a sample of the open ones say they are, "" for nothing."""
    real: Mapping[int, str]
    """The ports asked behind which a process listens, and which."""
    looked_s: float
    """How long the states took."""
    named_s: float
    """How long the names took."""
    findings: list[Finding] = []  # noqa: RUF012  never changed

    @property
    def counts(self) -> Counter[str]:
        """How many ports are in each state."""
        return Counter(self.states.values())

    @property
    def all_looked_s(self) -> float:
        """About how long it would take to see which of all ports are open."""
        return self.looked_s * ALL / max(1, len(self.states))

    @property
    def all_named_s(self) -> float:
        """How long it would take at most to name all that are open, as many at a time as nmap asks.

        Less where few of the sample took as long as the slowest.
        """
        open_ = self.counts["open"] / max(1, len(self.states)) * ALL
        return self.named_s * max(1.0, open_ / PARALLEL) if self.names else 0.0


def verdict(config: Config, plan: Plan, view: View, now: Running) -> Iterator[Finding]:
    """What to make of it; `plan` and `config` as the sensor has them, `now` whether it runs."""
    ours = [port for port in view.states if port not in view.real and not _left(plan, port)]
    ours = [port for port in ours if port not in config.sensor.closed_ports]
    seen = Counter(view.states[port] for port in ours)
    if ours and not seen["open"]:
        yield _unanswered(config, seen, now)
    elif seen["filtered"] and config.block.enabled and not config.block.dry_run:
        what = f"{seen['filtered']} ports fell silent: the sensor blocked the scan, as it would an attacker's"
        yield advice("scan.blocked", what, f"rawspoof block remove {view.source}; name fewer ports with --ports")
    elif ours and seen["open"] < len(ours) and config.world.kind != "plausible":
        shut = [port for port in ours if view.states[port] != "open"]
        what = f"{len(shut)} of {len(ours)} ports do not answer as the sensor's do: {_few(shut)}"
        yield advice("scan.partly", what, "try again; then see the firewall's findings")
    elif ours:
        yield good("scan.answered", f"{seen['open']} of {len(ours)} ports asked are open, as the sensor has them")
    for port in sorted(port for port in view.real if view.states[port] == "open"):
        name = view.names.get(port) or "a service that says nothing"
        what = f"{port} shows the real thing ({view.real[port]}): {name}"
        yield advice("scan.real", what, "nothing, if it must be reached from anywhere; else let only some reach it")


def _unanswered(config: Config, seen: Counter[str], now: Running) -> Finding:
    if not now.table:
        what = "every port but those of real services is closed: no sensor is running"
        return trouble("scan.no-sensor", what, "sudo rawspoof run (or systemctl start rawspoof)")
    if config.sensor.interfaces:
        covered = ", ".join(config.sensor.interfaces)
        what = f"the sensor covers {covered} only, so it does not answer on the scan's own wire"
        return advice("scan.uncovered", what, f"{_ELSEWHERE}, or with sensor.interfaces empty for as long")
    if seen["closed"]:
        what = "every port but those of real services is closed: the sensor is not in the way"
        return trouble("scan.closed", what, "see whether its workers run, and what the firewall's findings say")
    what = "no port answers: packets or answers are dropped on the way"
    return trouble("scan.silent", what, "see the firewall's findings; with sensor.bypass = false, whether workers run")


def _left(plan: Plan, port: int) -> bool:
    return any(low <= port <= high for low, high in plan.exempt_ports)


def _few(ports: list[int]) -> str:
    return ", ".join(map(str, ports[:_SHOWN])) + (" …" if len(ports) > _SHOWN else "")
