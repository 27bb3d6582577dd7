"""What a connection that is merely held costs in memory. The load completes handshakes without sockets of its own.

rawspoof's side is the growth of all its processes (Pss_Anon). The baseline's is that of nginx, waiting for a request,
and of the kernel's objects for its sockets, files and tracked connections.
"""

from typing import Final, NamedTuple

from benchmark.bench import Bench
from benchmark.lab import Broken, slab_bytes
from benchmark.report import Row, say
from benchmark.sides import Part, Side

HELD: Final = 200_000
TIMED: Final = 100_000
BASELINE_HELD: Final = 20_000
"""As many as nginx and the machine bear easily; the figure is for each."""
HOLD_RATE: Final = 10_000
PROBES: Final = 1000
ALIVE: Final = 0.99
HELD_MAX_BYTES: Final = 10_000_000
TIMED_MAX_BYTES: Final = 300
KERNEL_OBJECTS: Final = (
    "nf_conntrack",
    "TCP",
    "request_sock_TCP",
    "sock_inode_cache",
    "filp",
    "dentry",
    "lsm_inode_cache",
    "eventpoll_epi",
)


class Held(NamedTuple):
    """What a number of held connections took."""

    connections: int
    process_bytes: int
    kernel_bytes: int


def measure_silent(bench: Bench) -> list[Row]:
    """The row of silently held connections."""
    ours = _hold(bench, bench.rawspoof, Part.SILENT, HELD)
    theirs = _hold(bench, bench.baseline, Part.SILENT, BASELINE_HELD)
    their_bytes = (theirs.process_bytes + theirs.kernel_bytes) / theirs.connections
    nginx = theirs.process_bytes / theirs.connections
    note = (
        f"{ours.connections:,} held grew it by {ours.process_bytes / 1e6:.1f} MB; "
        f"of the baseline's, with {theirs.connections:,} held, {nginx:,.0f} B are nginx's, the rest the kernel's"
    )
    ok = ours.process_bytes < HELD_MAX_BYTES
    our_bytes = ours.process_bytes / ours.connections
    return [Row("held", "memory per silently held connection", "B", our_bytes, their_bytes, "< 10 MB in all", ok, note)]


def measure_timed(bench: Bench) -> list[Row]:
    """The row of holds that we end."""
    ours = _hold(bench, bench.rawspoof, Part.TIMED, TIMED)
    each = ours.process_bytes / ours.connections
    note = f"{ours.connections:,} held grew it by {ours.process_bytes / 1e6:.1f} MB"
    return [Row("timed", "memory per timed hold", "B", each, None, "≤ 300 B", each <= TIMED_MAX_BYTES, note)]


def _hold(bench: Bench, side: Side, part: Part, connections: int) -> Held:
    connections = connections // 8 if bench.quick else connections
    say(f"  {side.name}: {connections:,} connections, {part.value}")
    with bench.up(side, part) as (lab, running):
        process, kernel = running.memory_bytes(), slab_bytes(KERNEL_OBJECTS)
        held = lab.load("hold", rate=HOLD_RATE, count=connections, sources=250, spread=1, probes=PROBES, settle_ms=500)
        grown = Held(int(held["answered"]), running.memory_bytes() - process, slab_bytes(KERNEL_OBJECTS) - kernel)
    if held["answered"] < ALIVE * connections or held["living"] < ALIVE * PROBES:
        lives = f"{held['living']:.0f} of {PROBES} asked live"
        raise Broken(f"{side.name} held {held['answered']:,.0f} of {connections:,}, {lives}")
    say(f"    {grown.process_bytes / 1e6:.1f} MB in processes, {grown.kernel_bytes / 1e6:.1f} MB in the kernel")
    return grown
