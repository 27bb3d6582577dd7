"""Whether this machine is fit for the sensor, and what will surprise its owner: findings, each with its cure.

Looks and judges; changes nothing, and installs nothing outside a namespace that is thrown away.
"""

import os
import pwd
import socket
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from rawspoof.config.model import Config
from rawspoof.edges.firewall.guard import FirewallError, check_interfaces
from rawspoof.edges.firewall.plan import TABLE, Plan, plan_from
from rawspoof.edges.firewall.survey import our_table
from rawspoof.edges.system import kernel, nic, privileges, proc
from rawspoof.edges.system.finding import Finding, advice, good, trouble
from rawspoof.edges.system.neighbours import neighbours

PAYLOAD_MAX: Final = 4016
"""Bytes of a packet that netfilterqueue 1.1 hands over: its buffer of 4096 less netlink's own."""

CONNTRACK_FULL: Final = 0.8
"""Share of the conntrack table from which on it is worth a word."""


def examine(config: Config) -> list[Finding]:
    """Everything there is to say, the foundations first.

    Without root what only root may see is left out, and that is said too.
    """
    plan = plan_from(config)
    findings = [_rights(), _library(), _user(config), *_interfaces(plan), _services(), _loopback()]
    try:
        return [*findings, *_kernel(), *_table(config), *_queues(plan), *neighbours(plan), *_conntrack()]
    except PermissionError:
        rest = "kernel features, the firewall and the queues were not examined"
        return [*findings, advice(rest, "run `rawspoof doctor` as root")]


def _rights() -> Finding:
    held = {
        "root": os.geteuid() == 0,
        "CAP_NET_ADMIN": privileges.held(privileges.CAP_NET_ADMIN),
        "CAP_NET_RAW": privileges.held(privileges.CAP_NET_RAW),
    }
    missing = [right for right, here in held.items() if not here]
    if missing:
        return trouble(f"rights are missing: {', '.join(missing)}", "start rawspoof as root")
    return good(f"rights are here: {', '.join(held)}")


def _library() -> Finding:
    try:
        import_module("netfilterqueue")
    except ImportError as missing:
        return trouble(f"netfilterqueue cannot be loaded: {missing}", "apt-get install libnetfilter-queue1")
    return good("netfilterqueue is here")


def _user(config: Config) -> Finding:
    name = config.sensor.user
    try:
        pwd.getpwnam(name)
    except KeyError:
        return trouble(f"there is no user {name!r}", "set sensor.user to one that exists")
    return good(f"packet workers become {name!r}")


def _interfaces(plan: Plan) -> Iterator[Finding]:
    try:
        check_interfaces(plan)
    except FirewallError as wrong:
        yield trouble(str(wrong), "correct sensor.interfaces")
        return
    names = plan.interfaces or [name for _, name in socket.if_nameindex() if name != "lo"]
    yield good(f"covered interfaces: {', '.join(names) or 'none yet'}")
    for name in names:
        if nic.merges(name):
            yield advice(f"{name} joins segments before we see them (LRO)", f"ethtool -K {name} lro off")
        if nic.mtu(name) > PAYLOAD_MAX:
            what = f"{name} has an MTU of {nic.mtu(name)}; of a packet we get {PAYLOAD_MAX} bytes at most"
            yield advice(what, "nothing, unless data of full jumbo frames matters to you")


def _services() -> Finding:
    seen = {entry.port: entry.pid for entry in proc.listeners() if not entry.address.is_loopback}
    named = ", ".join(f"{port} ({proc.described(pid)})" if pid else str(port) for port, pid in sorted(seen.items()))
    return good(f"real services stay the kernel's: {named}" if named else "no real service listens here")


def _loopback() -> Finding:
    what = "loopback is never covered, and from this machine its own addresses are reached by loopback"
    return advice(what, "try the sensor from another machine, or with `rawspoof lab`")


def _kernel() -> Iterator[Finding]:
    tried = {one.feature: one for one in kernel.features()}
    native, compat = tried.pop(kernel.QUEUE_NATIVE), tried.pop(kernel.QUEUE_COMPAT)
    for one in tried.values():
        if one.refusal:
            yield trouble(f"the kernel refuses {one.feature}: {one.refusal}", f"it takes {one.option}")
        else:
            yield good(f"the kernel has {one.feature}")
    form = native if compat.refusal or not native.refusal else compat
    if form.refusal:
        yield trouble("the kernel has no queue for nftables", f"it takes {compat.option}")
    else:
        yield good(f"the kernel has {form.feature}")


def _table(config: Config) -> Iterator[Finding]:
    exists, owner = our_table()
    if owner:
        yield advice(f"rawspoof is running ({proc.described(owner)})", "stop it before you start another")
    elif exists and config.sensor.firewall:
        cure = f"`nft delete table inet {TABLE}`, or keep it and set sensor.firewall = false"
        yield trouble(f"table inet {TABLE} was loaded by hand", cure)


def _queues(plan: Plan) -> Iterator[Finding]:
    ours = range(plan.queue, plan.queue + plan.queues)
    _, owner = our_table()
    for queue in proc.queues():
        # The queues of a running sensor are no news beside the sensor itself.
        if queue.number in ours and not owner:
            what = f"queue {queue.number} is being read ({proc.described(queue.pid)})"
            yield trouble(what, "end that, or set sensor.queue to another number")


def _conntrack() -> Iterator[Finding]:
    count, most = (proc.number(f"sys/net/netfilter/nf_conntrack_{name}") for name in ("count", "max"))
    if count and most and count > CONNTRACK_FULL * most:
        what = f"conntrack holds {count} of {most} connections; ours are not among them"
        yield advice(what, "see what fills it, or raise net.netfilter.nf_conntrack_max")
