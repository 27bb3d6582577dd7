"""A hub under load: how fast it catches up, and whether every event is there once while broker and hub are killed.

`python -m tests.hub [--events N] [--sensors N] [--kills N]`; scripts/hub does that. Takes root, for it makes a network
namespace.
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import islice

from rawspoof.core.event import AnyEvent
from rawspoof.edges.lab.namespaces import Lab
from rawspoof.edges.sinks.named import open_sink
from rawspoof.edges.store.queries import Filter, Reader
from rawspoof.edges.system import clock
from tests import many
from tests.netns import farends, hubs

BATCH = 500
SOURCES = 5000
PATIENCE_S = 300.0
CALM_S = (0.3, 1.5)
"""Between two deaths."""


def total(made: hubs.Hub) -> int:
    """Events in the hub's store."""
    with closing(Reader(made.store)) as reader:
        return sum(count for _, count in reader.count("sensor", Filter(), 1 << 20))


def right(made: hubs.Hub, each: int, names: Sequence[str]) -> bool:
    """Whether the store has every event of every sensor once."""
    with closing(Reader(made.store)) as reader:
        found: dict[str, list[float]] = {name: [] for name in names}
        for _, event, sensor in reader.events():
            found[sensor].append(event.at)
    # No two events of a sensor have the same moment here.
    return all(len(moments) == len(set(moments)) == each for moments in found.values())


def batches(count: int, seed: int) -> Iterator[list[AnyEvent]]:
    """So many events of the last hour."""
    made = many.events(count, SOURCES, clock.steady()() - 3600.0, 3590.0, seed)
    while some := list(islice(made, BATCH)):
        yield some


def until(met: Callable[[], bool], what: str) -> float:
    """Seconds until that is so. Raises TimeoutError."""
    began = time.monotonic()
    while not met():
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError(what)
        time.sleep(0.3)
    return time.monotonic() - began


def catch_up(lab: Lab, each: int, names: Sequence[str], say: Callable[[str], object]) -> bool:
    """A hub that comes when everything is at the broker already."""
    with hubs.hub(lab, *names) as made:
        # It makes the streams, which no sensor may.
        made.start()
        until(lambda: (made.folder / "nats/jetstream/$G/streams/RAWSPOOF").exists(), "no stream")
        made.kill()
        began = time.monotonic()
        with lab.inside("attacker"):
            for seed, name in enumerate(names):
                with closing(open_sink(made.sink(name), name)) as sink:
                    for number, some in enumerate(batches(each, seed)):
                        sink.write(some, 1 + number * BATCH)
        count = each * len(names)
        say(f"{count:,} events published over TLS: {count / (time.monotonic() - began):,.0f}/s")
        made.start()
        spent = until(lambda: total(made) >= count, "the hub does not catch up")
        assert made.process is not None
        size = sum(path.stat().st_size for path in made.store.iterdir())
        say(f"read, kept and counted by the hub: {count / spent:,.0f}/s, {size / count:.0f} B each")
        return right(made, each, names)


def die(lab: Lab, each: int, names: Sequence[str], kills: int, say: Callable[[str], object]) -> bool:
    """Sensors tell while broker and hub die again and again, in any order."""
    chance = random.Random(1)
    with hubs.hub(lab, *names) as made, ExitStack() as ways:
        made.start()
        puts = [
            ways.enter_context(farends.way(lab, [open_sink(made.sink(name), name)], made.folder / f"{name}.store"))
            for name in names
        ]

        def tell() -> None:
            for together in zip(*(batches(each, seed) for seed in range(len(names))), strict=True):
                for put, some in zip(puts, together, strict=True):
                    put(some)
                time.sleep(0.05)

        telling = threading.Thread(target=tell, daemon=True)
        telling.start()
        for _ in range(kills):
            time.sleep(chance.uniform(*CALM_S))
            if chance.random() < 0.5:
                farends.killed(made.broker)
                made.serve()
            else:
                made.kill()
                made.start()
        telling.join(PATIENCE_S)
        until(lambda: total(made) >= each * len(names), "not every event came")
        say(f"{kills} deaths of broker and hub while {each * len(names):,} events were told: {total(made):,} kept")
        return right(made, each, names)


def main(argv: Sequence[str], say: Callable[[str], object] = print) -> int:
    parser = argparse.ArgumentParser(prog="scripts/hub", description="A hub under load, and dying.")
    parser.add_argument("--events", type=int, default=60_000, metavar="N", help="of each sensor")
    parser.add_argument("--sensors", type=int, default=3, metavar="N")
    parser.add_argument("--kills", type=int, default=10, metavar="N")
    args = parser.parse_args(argv)
    names = [f"trap-{number}" for number in range(args.sensors)]
    with Lab() as lab:
        good = catch_up(lab, args.events, names, say)
        good &= die(lab, args.events, names, args.kills, say)
    say("every event is there once" if good else "NOT every event is there once")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
