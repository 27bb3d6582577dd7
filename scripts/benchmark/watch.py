"""What watching sources adds to each packet, and what a source takes: rawspoof's own figures, there is no baseline."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmark.bench import Bench
from benchmark.lab import Broken
from benchmark.report import Row
from benchmark.sides import ROOT

SYN_MAX_US: Final = 3.0
SOURCES_MAX_BYTES: Final = 100_000_000
WITHIN_S: Final = 120


def measure(bench: Bench) -> list[Row]:
    """The rows of a packet of a known source, of a new one, and of the memory of all."""
    found = figures(bench.quick)
    known, new, grown, sources = (found[name] for name in ("known_us", "new_us", "bytes", "sources"))
    note = f"{sources:,.0f} sources of one SYN each grew it by {grown / 1e6:.1f} MB"
    # A small crowd says little of a large one.
    fits = None if bench.quick else grown <= SOURCES_MAX_BYTES
    return [
        Row("watch", "watching a packet of a known source", "µs", known, None, "≤ 3 µs", known <= SYN_MAX_US),
        Row("watch", "watching a packet of a new source", "µs", new, None, "", None),
        Row("watch", "memory per watched source", "B", grown / sources, None, "100,000 in ≤ 100 MB", fits, note),
    ]


def figures(quick: bool) -> dict[str, float]:
    """What `watching.py` prints. Raises Broken."""
    own = ROOT / ".venv/bin/python"
    argv = [own if own.exists() else sys.executable, Path(__file__).with_name("watching.py"), *["--quick"] * quick]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=WITHIN_S)
    if done.returncode:
        raise Broken(f"watching.py: {done.stderr.strip()[-300:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found
