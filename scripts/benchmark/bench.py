"""What every measurement shares: the two sides, how often they take turns, and a fresh lab for each turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmark.lab import Lab
from benchmark.report import say
from benchmark.running import Running
from benchmark.sides import Part, Side


class Bench:
    """One run of the benchmark."""

    def __init__(self, load: Path, rawspoof: Side, baseline: Side, quick: bool) -> None:
        self._load = load
        self.rawspoof, self.baseline = rawspoof, baseline
        self.quick = quick
        self.rounds = 1 if quick else 3
        self.start_s: dict[str, list[float]] = {rawspoof.name: [], baseline.name: []}
        """Seconds from exec to the first SYN-ACK, of every start so far."""

    def turns(self) -> Iterator[Side]:
        """Baseline, rawspoof, baseline, rawspoof, …: what the machine does meanwhile meets both."""
        for number in range(self.rounds):
            for side in (self.baseline, self.rawspoof):
                say(f"  round {number + 1} of {self.rounds}: {side.name}")
                yield side

    def lab(self) -> Lab:
        """A lab without a sensor."""
        return Lab(self._load)

    @contextmanager
    def up(self, side: Side, part: Part) -> Iterator[tuple[Lab, Running]]:
        """A side that answers, in a lab of its own."""
        with self.lab() as lab:
            running = side.start(lab, part)
            self.start_s[side.name].append(running.start_s)
            try:
                yield lab, running
            finally:
                running.stop()
