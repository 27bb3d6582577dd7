"""A started side as processes: what they use, on which core they run, how they end. Knows /proc (proc(5))."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from benchmark.lab import SENSOR_CORE, Broken

REST_S: Final = 0.1
RESTS_WITHIN_S: Final = 10.0
STOPS_WITHIN_S: Final = 10.0
TICKS: Final = os.sysconf("SC_CLK_TCK")


class Cpu(NamedTuple):
    """CPU time of a process, seconds."""

    user: float
    system: float


class Running:
    """A started side."""

    def __init__(self, process: "subprocess.Popen[bytes]", worker_name: str) -> None:
        self._process = process
        self._worker_name = worker_name
        self.start_s = 0.0
        """From exec to the first SYN-ACK."""

    @property
    def worker(self) -> int | None:
        """The pid of the process that does the work, None before there is one."""
        return next((pid for pid in family(self._process.pid)[1:] if comm(pid).startswith(self._worker_name)), None)

    def cpu(self) -> Cpu:
        """What the worker has used so far. Raises Broken if there is none."""
        if (pid := self.worker) is None:
            raise Broken(f"no {self._worker_name} process below {self._process.pid}")
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return Cpu(int(fields[11]) / TICKS, int(fields[12]) / TICKS)

    def rest(self) -> None:
        """Wait until the worker has nothing left to do."""
        for _ in range(int(RESTS_WITHIN_S / REST_S)):
            before = sum(self.cpu())
            time.sleep(REST_S)
            if sum(self.cpu()) - before < REST_S / 5:
                return

    def memory_bytes(self) -> int:
        """Memory that all its processes have written to, pages they share counted once (Pss_Anon)."""
        return sum(_anonymous(pid) for pid in family(self._process.pid))

    def pin(self) -> None:
        """Bind all its processes to the sensor's core."""
        for pid in family(self._process.pid):
            for thread in os.listdir(f"/proc/{pid}/task"):
                os.sched_setaffinity(int(thread), {SENSOR_CORE})

    def alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it, and what it started."""
        pids = family(self._process.pid)
        self._process.terminate()
        try:
            self._process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            for pid in reversed(pids):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()


def family(pid: int) -> list[int]:
    """A process and all below it, oldest first."""
    return [pid, *(below for child in _children(pid) for below in family(child))]


def comm(pid: int) -> str:
    """A process's name, "" if it has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _children(pid: int) -> Iterator[int]:
    with suppress(OSError):  # it has just ended
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            yield from map(int, path.read_text().split())


def _anonymous(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss_Anon:"))
