"""How many conversations a second: connect, read the banner, close; and whether it stays so.

One caller with one address, 64 conversations at a time over kernel sockets, closed by FIN as a connect scan closes
them (nmap -sT). Its source port is any that makes a new 4-tuple, so TIME-WAIT is no limit to the caller.
"""

from typing import Final

from benchmark.bench import Bench
from benchmark.lab import CALLER_ADDRESS
from benchmark.report import Row, median, say
from benchmark.sides import Part, Side

TALK_MS: Final = 6000
"""Long enough to fill connection tracking's ports for one source (64,512) where it reaches 11,000/s."""
STEADY: Final = 0.8
"""The second run is to reach this share of the first."""


def measure(bench: Bench) -> list[Row]:
    """The rows: conversations a second, and the second run against the first."""
    rates: dict[str, list[tuple[float, float]]] = {bench.rawspoof.name: [], bench.baseline.name: []}
    for side in bench.turns():
        first, second = _turn(bench, side)
        say(f"    {first:,.0f}/s, then {second:,.0f}/s")
        rates[side.name].append((first, second))
    ours, theirs = rates[bench.rawspoof.name], rates[bench.baseline.name]
    our_rate, their_rate = median([first for first, _ in ours]), median([first for first, _ in theirs])
    our_share, their_share = median([b / a for a, b in ours if a]), median([b / a for a, b in theirs if a])
    faster = our_rate is not None and their_rate is not None and our_rate >= their_rate
    steady = our_share is not None and our_share >= STEADY
    note = "one source address, 64 at a time, closed by FIN"
    return [
        Row("talk", "connect, banner, close per second", "/s", our_rate, their_rate, "≥ 1.0×", faster, note),
        Row("again", "second run, share of the first", "", our_share, their_share, f"≥ {STEADY}", steady),
    ]


def _turn(bench: Bench, side: Side) -> tuple[float, float]:
    time_ms = TALK_MS // 3 if bench.quick else TALK_MS
    with bench.up(side, Part.GREET) as (lab, _):
        runs = [lab.load("talk", src=CALLER_ADDRESS, time_ms=time_ms, sport=2000 + 1000 * number) for number in (1, 2)]
    if failed := sum(run["failed"] for run in runs):
        say(f"    {failed:.0f} conversations failed")
    first, second = (run["done"] / (run["end_at"] - run["start_at"]) for run in runs)
    return first, second
