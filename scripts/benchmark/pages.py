"""How many pages a second: connect, ask for a page with `Connection: close`, read it to the server's FIN.

One caller with one address, 64 at a time over kernel sockets. The baseline's nginx serves a small file.
"""

from typing import Final

from benchmark.bench import Bench
from benchmark.lab import CALLER_ADDRESS
from benchmark.report import Row, median, say
from benchmark.sides import Part, Side

PAGES_MS: Final = 4000
SHARE: Final = 0.5
"""Of the baseline's pages that ours are to reach."""


def measure(bench: Bench) -> list[Row]:
    """The row: pages a second of both sides."""
    rates: dict[str, list[float]] = {bench.rawspoof.name: [], bench.baseline.name: []}
    for side in bench.turns():
        rates[side.name].append(_turn(bench, side))
        say(f"    {rates[side.name][-1]:,.0f}/s")
    ours, theirs = median(rates[bench.rawspoof.name]), median(rates[bench.baseline.name])
    enough = ours is not None and theirs is not None and ours >= SHARE * theirs
    note = "one source address, 64 at a time, no keep-alive"
    return [Row("http", "HTTP pages per second", "/s", ours, theirs, f"≥ {SHARE}×", enough, note)]


def _turn(bench: Bench, side: Side) -> float:
    time_ms = PAGES_MS // 3 if bench.quick else PAGES_MS
    with bench.up(side, Part.PAGE) as (lab, _):
        run = lab.load("talk", get=1, src=CALLER_ADDRESS, time_ms=time_ms, sport=2000)
    if run["failed"]:
        say(f"    {run['failed']:.0f} pages failed")
    return run["done"] / (run["end_at"] - run["start_at"])
