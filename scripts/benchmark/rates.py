"""How many SYNs a second are answered, and what one costs.

Two shapes of load. `scan` is what a port scanner does: from one address it sweeps all ports, each sweep from one
source port, and its kernel resets each answer (nmap -sS, masscan). `flood` comes from 250 addresses and many ports and
is never reset: the easiest load there is for connection tracking.
"""

from collections.abc import Callable
from itertools import count
from typing import Final, NamedTuple

from benchmark.bench import Bench
from benchmark.lab import Lab, Result
from benchmark.report import Row, median, say
from benchmark.running import Cpu
from benchmark.sides import Part, Side

WHOLE: Final = 0.999
"""The share of SYNs that has to be answered."""
PORTS: Final = 65535
FLOOD_SOURCES: Final = 250
FLOOD_S: Final = 1.5
FLOOD_MAX: Final = 200_000
"""SYNs of one flood; connection tracking has room for the first one."""
FIRST_RATE: Final = 150_000
SETTLE_MS: Final = 1000
"""Answers may come this late: a queue is worked off meanwhile, and the figure counts that time."""
CLOSE_ENOUGH: Final = 1.15
"""Where passed and failed rates are this near, the search ends."""
CPU_MAX_US: Final = 15

Shoot = Callable[[Lab, int, int, bool], Result]
"""Load in this lab: the how-manieth, at this rate, small or not."""


class Step(NamedTuple):
    """One rate that was tried."""

    whole: bool
    """Whether enough SYNs were answered."""
    rate: float
    """SYNs answered a second, from the first SYN to the last answer."""
    cpu_us: float
    """The worker's CPU time for each of them."""
    kernel_share: float
    """The part of it that the worker spent in the kernel."""


def scan(lab: Lab, number: int, rate: int, _small: bool) -> Result:
    """One sweep of the ports by one scanner, the next sweep from its next source port."""
    return lab.load("syn", rate=rate, count=PORTS, sport=40000 + number, rst=1, settle_ms=SETTLE_MS)


def flood(lab: Lab, number: int, rate: int, small: bool) -> Result:
    """SYNs from many addresses, each from a source port of its own."""
    syns = min(int(rate * FLOOD_S), FLOOD_MAX) // (3 if small else 1)
    sport = 2000 + number * 1000
    return lab.load("syn", rate=rate, count=syns, sources=FLOOD_SOURCES, spread=1, sport=sport, settle_ms=SETTLE_MS)


def measure_scan(bench: Bench) -> list[Row]:
    """The row of the port scan."""
    ours, theirs = _turns(bench, scan)
    our_rate, their_rate = median([step.rate for step in ours]), median([step.rate for step in theirs])
    ok = our_rate is not None and their_rate is not None and our_rate >= 3 * their_rate
    note = "one scanner that sweeps all ports again and again, one source port a sweep, and resets each answer"
    return [Row("scan", "SYN/s of a port scan, ≥ 99.9 % answered", "/s", our_rate, their_rate, "≥ 3×", ok, note)]


def measure_flood(bench: Bench) -> list[Row]:
    """The rows of the flood: the rate, and what an answer costs."""
    ours, theirs = _turns(bench, flood)
    ceiling = _ceiling(bench)
    our_rate, their_rate = median([step.rate for step in ours]), median([step.rate for step in theirs])
    note = f"{FLOOD_SOURCES} sources, no resets; what the load could send: {ceiling:,.0f}/s"
    rate = Row("flood", "SYN/s of a flood, ≥ 99.9 % answered", "/s", our_rate, their_rate, "", None, note)
    our_us, share = median([step.cpu_us for step in ours]), median([step.kernel_share for step in ours])
    # The kernel answers in its sender's time: what an answer took is what the load lost against sending into the void.
    their_us = 1e6 / their_rate - 1e6 / ceiling if their_rate else None
    note = f"{100 * (share or 0):.0f} % of it in the kernel; the baseline's by difference"
    ok = our_us is not None and our_us <= CPU_MAX_US
    cost = Row("cpu", "CPU per answered SYN", "µs", our_us, their_us, f"≤ {CPU_MAX_US} µs", ok, note)
    return [rate, cost]


def _turns(bench: Bench, shoot: Shoot) -> tuple[list[Step], list[Step]]:
    """The best step of each turn of rawspoof and of the baseline; a turn in which nothing passed is left out."""
    reached: dict[str, list[Step]] = {bench.rawspoof.name: [], bench.baseline.name: []}
    for side in bench.turns():
        best = _turn(bench, side, shoot)
        say(
            "    no rate passed" if best is None else f"    {best.rate:,.0f}/s, {best.cpu_us:.1f} µs of the worker each"
        )
        reached[side.name] += [best] if best else []
    return reached[bench.rawspoof.name], reached[bench.baseline.name]


def _turn(bench: Bench, side: Side, shoot: Shoot) -> Step | None:
    with bench.up(side, Part.GREET) as (lab, running):
        numbers = count()

        def attempt(rate: float) -> Step:
            before = running.cpu()
            result = shoot(lab, next(numbers), int(rate), bench.quick)
            running.rest()
            return _step(result, before, running.cpu())

        # The first load finds everything empty, which nothing in service is; it does not count.
        attempt(FIRST_RATE)
        return _search(attempt, 4 if bench.quick else 6)


def _step(result: Result, before: Cpu, after: Cpu) -> Step:
    answered = max(result["answered"], 1)
    user, system = after.user - before.user, after.system - before.system
    return Step(
        whole=answered >= WHOLE * result["sent"],
        rate=answered / max(result["last_at"] - result["start_at"], 0.001),
        cpu_us=1e6 * (user + system) / answered,
        kernel_share=system / max(user + system, 1e-9),
    )


def _search(attempt: Callable[[float], Step], tries: int) -> Step | None:
    """The fastest step found in which enough SYNs were answered."""
    best, low, high, asked = None, 0.0, float("inf"), float(FIRST_RATE)
    for _ in range(tries):
        step = attempt(asked)
        if step.whole:
            best, low = step if best is None or step.rate > best.rate else best, asked
        else:
            high = asked
        # A load that is held back by its own core has found the limit, too.
        if high < low * CLOSE_ENOUGH or (low == asked and step.rate < asked / CLOSE_ENOUGH):
            break
        asked = _next_rate(low, high, step.rate)
    return best


def _next_rate(low: float, high: float, reached: float) -> float:
    """Between what passed and what failed; while nothing has passed, what was answered is a good guess."""
    if high == float("inf"):
        return low * 1.5
    return (low * high) ** 0.5 if low else min(reached, high * 0.6)


def _ceiling(bench: Bench) -> float:
    """SYNs a second that the load sends where nobody answers."""
    with bench.lab() as lab:
        lab.nft("add table ip void; add chain ip void in { type filter hook prerouting priority raw; policy drop; }")
        result = lab.load("syn", rate=10_000_000, count=500_000, sources=FLOOD_SOURCES, spread=1)
    return result["sent"] / (result["end_at"] - result["start_at"])
