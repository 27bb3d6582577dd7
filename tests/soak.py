"""A crowd of peers with bent packets against a whole sensor, for long: nothing may break, nothing may grow.

`python -m tests.soak [--packets N] [--seed N]`; scripts/soak does that.
"""

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from resource import getpagesize
from time import perf_counter
from typing import Final, NamedTuple

from rawspoof import assembly
from rawspoof.config.model import Config, Tcp
from rawspoof.config.model import Sensor as SensorSettings
from rawspoof.core.sensor import Sensor
from rawspoof.edges.system import personalities
from tests.crowd import Crowd
from tests.peers import SECRET, templates

FILLED: Final = 0.2
"""Share of the packets after which every table is full; memory is compared from there on."""
GROWTH_MAX: Final = 16 << 20
"""Bytes that may come and go with allocation; a leak of 20 bytes a packet is more after a million packets."""
STEPS: Final = 20
"""Reports on the way."""
LIMITS: Final = Tcp(flows_max=60, holds_max=20, half_open_max=20, idle_s=5.0)
"""So small that they are reached."""


class Report(NamedTuple):
    """How it went."""

    packets: int
    seconds: float
    filled_bytes: int
    """Resident memory once the tables were full."""
    end_bytes: int
    counters: dict[str, int]
    problems: tuple[str, ...]
    """For each packet that broke something its number, bytes and traceback."""

    @property
    def passed(self) -> bool:
        return not self.problems and self.end_bytes - self.filled_bytes <= GROWTH_MAX

    def __str__(self) -> str:
        rate, before, after = self.packets / self.seconds, self.filled_bytes / 1e6, self.end_bytes / 1e6
        counters = " ".join(f"{name}={count}" for name, count in self.counters.items() if count)
        size = f"{before:.1f} MB once full, {after:.1f} MB at the end"
        return f"{self.packets} packets, {rate:.0f} packets/s, {len(self.problems)} broke something, {size}\n{counters}"


def soaking() -> Sensor:
    """The sensor of a plain configuration, with small limits; it reads no checksums, so that flipped bits get far."""
    config = Config(sensor=SensorSettings(personality="linux", closed_ports=(1,)), tcp=LIMITS)
    made = assembly.parts(config, SECRET, personalities.faces(config, look=False))
    return assembly.sensor(made, {family: templates(family) for family in made.faces}, verify_checksums=False)


def soak(mind: Sensor, packets: int, seed: int, progress: Callable[[str], object]) -> Report:
    """Let a crowd send so many packets. What breaks is noted, and the crowd goes on."""
    crowd, problems = Crowd(seed), list[str]()
    began, filled = perf_counter(), _resident()
    for number, (at, raw) in enumerate(crowd.arrivals(packets), 1):
        try:
            while (due := mind.next_deadline()) is not None and due <= at:
                crowd.hear(mind.on_time(due))
            crowd.hear(mind.on_packet(at, raw))
        except Exception:
            problems.append(f"packet {number} of seed {seed}: {raw.hex()}\n{traceback.format_exc()}")
        if number == int(packets * FILLED):
            filled = _resident()
        if number % max(packets // STEPS, 1) == 0:
            progress(f"{number} of {packets} packets, {_resident() / 1e6:.1f} MB, {len(problems)} broke something")
    return Report(packets, perf_counter() - began, filled, _resident(), mind.tally.snapshot(), tuple(problems))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/soak", description="Bent packets through a sensor, for long.")
    parser.add_argument("--packets", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    args = parser.parse_args(argv)
    report = soak(soaking(), args.packets, args.seed, lambda line: print("soak:", line, file=sys.stderr))  # noqa: T201
    print(*report.problems[:10], report, sep="\n")  # noqa: T201
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
