"""This machine's own services beside the sensor: which stay the kernel's, and whether their owner can still get in.

Reads /proc; changes nothing. Without root the services' processes are unknown.
"""

import os
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import chain

from rawspoof.config.model import Config
from rawspoof.edges.doctor.blocking import Address
from rawspoof.edges.doctor.finding import Finding, advice, good, trouble
from rawspoof.edges.doctor.firewall import Running
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.system import proc
from rawspoof.edges.system.proc import Listener

SPAN_MAX = 1024
"""Exempt ports that are told one by one."""


def services(config: Config, plan: Plan, now: Running) -> Iterator[Finding]:
    """Whom a port belongs to."""
    listeners = proc.listeners()
    outer = {entry.port: entry.pid for entry in listeners if not entry.address.is_loopback}
    inner = {entry.port: entry.pid for entry in listeners if entry.port not in outer}
    named = _named(outer)
    yield good(
        "services.real", f"real services stay the kernel's: {named}" if named else "no real service listens here"
    )
    if inner:
        what = f"on loopback only, so from outside these ports are the sensor's: {_named(inner)}"
        yield good("services.loopback-only", what)
    yield from _exempt(plan, outer)
    if config.admin.port and not now.pid:
        yield from _admin_port(config, listeners)


def sessions() -> set[Address]:
    """The other sides of SSH sessions with this machine; without root only our own is known."""
    servers = (one.peer for one in proc.connections() if one.pid and proc.called(one.pid)[0].startswith("sshd"))
    own = os.environ.get("SSH_CONNECTION", "").split()[:1]
    return {one for one in chain(servers, _addresses(own)) if not one.is_loopback}


def safe(admins: Iterable[Address]) -> Iterator[Finding]:
    """That nobody is thrown out."""
    if named := ", ".join(sorted(map(str, admins))):
        yield good("services.ssh", f"SSH sessions go on, and new ones come in: {named}")


def _exempt(plan: Plan, outer: dict[int, int | None]) -> Iterator[Finding]:
    spans = [span for span in plan.exempt_ports if span[1] - span[0] < SPAN_MAX]
    idle = [port for low, high in spans for port in range(low, high + 1) if port not in outer]
    if idle:
        what = f"exempt, and nothing listens there: {_few(idle)}; they look closed among open ones"
        yield good("services.exempt-idle", what)


def _admin_port(config: Config, listeners: list[Listener]) -> Iterator[Finding]:
    for entry in listeners:
        if entry.port == config.admin.port and (
            entry.address.is_unspecified or str(entry.address) == config.admin.host
        ):
            what = f"port {entry.port} of the web admin is taken ({proc.described(entry.pid)})"
            yield trouble("services.admin-port", what, "name another in admin.port")
            return
    if config.admin.port in config.block.tripwire_ports:
        what = f"port {config.admin.port} is both the web admin's and a tripwire"
        yield advice("services.admin-tripwire", what, "take it out of block.tripwire_ports")


def _addresses(texts: Iterable[str]) -> Iterator[Address]:
    for text in texts:
        try:
            yield ip_address(text)
        except ValueError:
            continue


def _named(found: dict[int, int | None]) -> str:
    return ", ".join(f"{port} ({proc.described(pid)})" if pid else str(port) for port, pid in sorted(found.items()))


def _few(ports: list[int]) -> str:
    return ", ".join(map(str, ports[:10])) + (f" and {len(ports) - 10} more" if len(ports) > 10 else "")
