"""What keeping events costs, and finding them again: a stream through the dispatcher, and questions to a full store.

`python -m tests.store [--events N] [--sources N] [--rate N] [--seconds N]`; scripts/store does that.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from rawspoof.cli.period import now
from rawspoof.edges.report.plain import ip
from rawspoof.edges.sinks import batch, ecs
from rawspoof.edges.sinks.dispatcher import Dispatcher, lanes
from rawspoof.edges.sinks.jsonl import Jsonl
from rawspoof.edges.store.database import Store
from rawspoof.edges.store.queries import Reader
from tests.many import address, events

ROOT: Final = Path(__file__).parent.parent
MESSAGE: Final = 64
"""Events in a worker's message."""
QUEUE_MAX: Final = 65536
"""As `events.queue_max` has it."""
WRITTEN: Final = 512
"""Events that a lane writes at a time."""
DAY_S: Final = 86400.0


class Stream(NamedTuple):
    """How a stream was borne."""

    events: int
    seconds: float
    """Until the last was taken in."""
    cpu_s: float
    queued: int
    """Events that waited for one sink, at most."""
    lines: int
    rows: int
    dropped: int

    @property
    def passed(self) -> bool:
        """Whether all are in the file and in the store."""
        return self.lines == self.rows == self.events and not self.dropped

    def __str__(self) -> str:
        return (
            f"{self.events:,} events in {self.seconds:.1f} s to a file and a store: {self.lines:,} lines, "
            f"{self.rows:,} rows, {self.dropped:,} dropped; at most {self.queued:,} waited; "
            f"{self.cpu_s / self.seconds:.0%} of a core"
        )


def stream(folder: Path, rate: int, seconds: float, sources: int = 1000) -> Stream:
    """Workers' messages at this rate, decoded and dispatched to a file and a store as the collector does it."""
    file, store = Jsonl(str(folder / "events.json"), ecs.lines("sensor")), Store(folder / "stream", 30, 4096)
    dispatcher = Dispatcher(lanes([file, store], QUEUE_MAX))
    messages, decode = list(_messages(int(rate * seconds), sources)), batch.decoder()
    queued, cpu_s, began = 0, time.process_time(), time.monotonic()
    for number, message in enumerate(messages):
        time.sleep(max(began + number * MESSAGE / rate - time.monotonic(), 0.0))
        dispatcher.put(decode(memoryview(message))[0])
        queued = max(queued, *map(len, dispatcher.lanes))
    taken = time.monotonic()
    dispatcher.close(60.0)
    cpu_s = time.process_time() - cpu_s
    reader = Reader(folder / "stream")
    rows = sum(1 for _ in reader.events())
    reader.close()
    lines = (folder / "events.json").read_bytes().count(b"\n")
    dropped = sum(lane.dropped.count for lane in dispatcher.lanes)
    return Stream(dispatcher.handed, taken - began, cpu_s, queued, lines, rows, dropped)


def _messages(count: int, sources: int) -> Iterator[bytes]:
    encode, made = batch.encoder(), events(count, sources, now() - 60, 60.0)
    while some := list(islice(made, MESSAGE)):
        yield encode(some, {})


def fill(folder: Path, count: int, sources: int) -> float:
    """Seconds it took to write so many events of the last 24 hours."""
    store, made, first = Store(folder, 30, 1 << 20), events(count, sources, now() - DAY_S + 60, DAY_S - 60), 1
    spent = 0.0
    while some := list(islice(made, WRITTEN)):
        began = time.perf_counter()
        store.write(some, first)
        spent += time.perf_counter() - began
        first += len(some)
    store.close()
    return spent


def asked(folder: Path, *args: str) -> tuple[float, int]:
    """Seconds that a command took from its start to its end, and the lines it said."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "rawspoof", *args, "--store", str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began, done.stdout.count(b"\n")


def questions(busy: bytes, quiet: bytes) -> tuple[tuple[str, ...], ...]:
    """What people ask: for everything, for one source, for some events."""
    return (
        ("report", "--since", "24h"),
        ("report", "--since", "24h", "--html"),
        ("events", "--source", ip(busy), "--json"),
        ("events", "--source", ip(quiet), "--json"),
        ("events", "--source", "10.0.1.0/24", "--csv"),
        ("events", "--port", "22", "--kind", "service.credential", "--since", "2h"),
        ("events",),
        ("top",),
    )


def main(argv: Sequence[str], say: Callable[[str], object] = print) -> int:
    parser = argparse.ArgumentParser(prog="scripts/store", description="What keeping and finding events costs.")
    parser.add_argument("--events", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--sources", type=int, default=50_000, metavar="N")
    parser.add_argument("--rate", type=int, default=20_000, metavar="N", help="events a second in the stream")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="N")
    args = parser.parse_args(argv)
    with TemporaryDirectory(prefix="rawspoof-store-") as name:
        folder = Path(name)
        got = stream(folder, args.rate, args.seconds)
        say(str(got))
        spent = fill(folder / "full", args.events, args.sources)
        size = sum(path.stat().st_size for path in (folder / "full").iterdir())
        each = f"{args.events / spent:,.0f}/s, {size / args.events:.0f} B each"
        say(f"{args.events:,} events of {args.sources:,} sources written: {each}")
        for question in questions(address(1), address(args.sources - 1)):
            seconds, lines = asked(folder / "full", *question)
            say(f"{seconds:6.2f} s  rawspoof {' '.join(question)}  ({lines:,} lines)")
    return 0 if got.passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
