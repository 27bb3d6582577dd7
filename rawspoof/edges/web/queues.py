"""The kernel's own count of what workers are sent: /proc/net/netfilter/nfnetlink_queue. Costs the workers nothing.

Opened as root, read by whoever has it: the file is root's.
"""

import os
from collections.abc import Mapping
from typing import Final

from rawspoof.edges.web.context import Queue

PATH: Final = "/proc/net/netfilter/nfnetlink_queue"
READ_MAX: Final = 1 << 16


def open_queues() -> int:
    """A descriptor of the file. Raises OSError."""
    return os.open(PATH, os.O_RDONLY | os.O_CLOEXEC)


def read(fd: int, first: int, count: int) -> dict[int, Queue]:
    """These queues by number, those that somebody reads; nothing where the file cannot be read."""
    try:
        text = os.pread(fd, READ_MAX, 0).decode("ascii", "replace")
    except OSError:
        return {}
    return {number: queue for number, queue in parse(text).items() if first <= number < first + count}


def parse(text: str) -> dict[int, Queue]:
    """All queues of the file: number, reader, waiting, mode, range, dropped (full), dropped (reader), sequence, 1."""
    found = {}
    for line in text.splitlines():
        try:
            number, _, waiting, _, _, dropped, undelivered, sequence, *_ = map(int, line.split())
        except ValueError:
            continue
        found[number] = Queue(waiting, dropped + undelivered, sequence)
    return found


class Packets:
    """How many packets there were since the start, over the lives of several workers."""

    def __init__(self) -> None:
        self.total = 0
        self._before: dict[int, int] = {}

    def see(self, queues: Mapping[int, Queue]) -> int:
        """How many there were since this was last asked; those of before the first time are only in the total."""
        new = 0
        for number, queue in queues.items():
            before = self._before.get(number)
            # A new worker's queue counts from zero.
            step = queue.packets - before if before is not None and queue.packets >= before else queue.packets
            self.total += step
            new += 0 if before is None else step
            self._before[number] = queue.packets
        return new
