"""Our own place in the firewall: who holds the table, who reads the queues, whether conntrack is full.

Looks and judges; changes nothing. PermissionError without root.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from rawspoof.config.model import Config
from rawspoof.edges.doctor.finding import Finding, advice, good, trouble
from rawspoof.edges.firewall.plan import TABLE, Plan
from rawspoof.edges.firewall.survey import our_table
from rawspoof.edges.system import proc

CONNTRACK_FULL: Final = 0.8
"""Share of the conntrack table from which on it is worth a word."""


class Running(NamedTuple):
    """Whether there is a table of ours now, and whose it is."""

    table: bool
    pid: int | None


def running() -> Running:
    """As the kernel tells."""
    return Running(*our_table())


def table(config: Config, now: Running) -> Iterator[Finding]:
    """Whether a sensor runs, or something stands where its table belongs."""
    if now.pid:
        yield good("firewall.running", f"rawspoof is running ({proc.described(now.pid)})")
    elif now.table and config.sensor.firewall:
        cure = f"`nft delete table inet {TABLE}`, or keep it and set sensor.firewall = false"
        yield trouble("firewall.by-hand", f"table inet {TABLE} was loaded by hand", cure)
    else:
        yield good("firewall.running", "no sensor is running now")


def queues(plan: Plan, now: Running) -> Iterator[Finding]:
    """Whether our queues are free, or read by the sensor that runs."""
    ours = range(plan.queue, plan.queue + plan.queues)
    for queue in proc.queues():
        # The queues of a running sensor are no news beside the sensor itself.
        if queue.number in ours and not now.pid:
            what = f"queue {queue.number} is being read ({proc.described(queue.pid)})"
            yield trouble("firewall.queue-taken", what, "end that, or set sensor.queue to another number")


def conntrack() -> Iterator[Finding]:
    """Whether the kernel's table of connections is about to be full."""
    count, most = (proc.number(f"sys/net/netfilter/nf_conntrack_{name}") for name in ("count", "max"))
    if count and most and count > CONNTRACK_FULL * most:
        what = f"conntrack holds {count} of {most} connections; ours are not among them"
        cure = "see what fills it, or raise net.netfilter.nf_conntrack_max"
        yield advice("firewall.conntrack", what, cure)
    elif count is not None:
        yield good("firewall.conntrack", f"conntrack holds {count} of {most} connections; ours never are among them")
