"""The collector as a process of its own, at the other end of real sockets."""

import logging
import os
import select
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks import collector, pylog
from rawspoof.edges.sinks.base import Sink
from rawspoof.edges.sinks.batch import encoder
from rawspoof.edges.sinks.collector import collect, hand_over, make_way
from rawspoof.edges.sinks.dispatcher import Dispatcher, lanes
from rawspoof.edges.sinks.jsonl import Jsonl

from .samples import OPENED

LINE = pylog.line(OPENED) or b""
WAIT_MS = 20_000
ENCODE = encoder()


class SignSink(Jsonl):
    """A file, and a sign down a pipe for each event and each reopening: a test waits for them and for no clock."""

    def __init__(self, path: Path, fd: int) -> None:
        super().__init__(str(path), pylog.line)
        self._signs = fd

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        super().write(batch, first)
        os.write(self._signs, b"." * len(batch))

    def reopen(self) -> None:
        super().reopen()
        os.write(self._signs, b"r")


class StuckSink:
    """Writes to a pipe that is full and that nobody reads."""

    name = "stuck"

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        while True:
            os.write(self._fd, bytes(65536))

    def reopen(self) -> None:
        """Nothing."""

    def close(self) -> None:
        os.close(self._fd)


class Running(NamedTuple):
    pid: int
    control: socket.socket
    workers: list[socket.socket]
    signs: int
    path: Path
    log: Path

    def send(self, worker: int, counters: dict[str, int] | None = None) -> None:
        self.workers[worker].send(ENCODE([OPENED], counters or {}))

    def sign(self) -> bytes:
        """The next sign, or b"" once the collector has gone."""
        assert select.select([self.signs], [], [], WAIT_MS / 1000)[0], "no sign of the collector"
        return os.read(self.signs, 1)

    def end(self) -> int:
        """Close all our ends and give the exit status, negative for a signal."""
        for ours in (self.control, *self.workers):
            ours.close()
        return self.status()

    def status(self) -> int:
        waiting = select.poll()
        waiting.register(pidfd := os.pidfd_open(self.pid), select.POLLIN)
        ended = waiting.poll(WAIT_MS)
        os.close(pidfd)
        if not ended:
            os.kill(self.pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@contextmanager
def running(folder: Path, workers: int = 1, stuck: bool = False) -> Iterator[Running]:
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(workers)]
    signs, sign_end = os.pipe()
    stuck_end, stuck_write = os.pipe()
    path, log = folder / "e", folder / "log"
    pid = os.fork()
    if pid == 0:
        try:
            for ours in (control, *(pair[0] for pair in pairs)):
                ours.close()
            logging.basicConfig(filename=log, level=logging.INFO, format="%(message)s", force=True)
            sinks: list[Sink] = [SignSink(path, sign_end)]
            sinks += [StuckSink(stuck_write)] * stuck
            os._exit(collect(theirs, [pair[1] for pair in pairs], Dispatcher(lanes(sinks, 4096))))
        finally:
            os._exit(99)
    os.close(sign_end)
    for end in (theirs, *(pair[1] for pair in pairs)):
        end.close()
    child = Running(pid, control, [pair[0] for pair in pairs], signs, path, log)
    try:
        yield child
    finally:
        for ours in (control, *child.workers):
            ours.close()
        for fd in (signs, stuck_end, stuck_write):
            os.close(fd)


def test_events_of_all_workers_are_written(tmp_path):
    with running(tmp_path, workers=2) as child:
        child.send(0)
        child.send(1)
        assert child.sign() + child.sign() == b".."
        assert child.path.read_bytes() == LINE * 2
        assert child.end() == 0


def test_what_was_sent_before_the_end_is_written(tmp_path):
    with running(tmp_path) as child:
        for _ in range(50):
            child.send(0)
        assert child.end() == 0
        assert child.path.read_bytes() == LINE * 50
        assert child.log.read_text() == "collector: 50 events, nothing lost\n"


def test_sigterm_waits_for_the_workers_last_words(tmp_path):
    with running(tmp_path) as child:
        child.send(0)
        assert child.sign() == b"."
        os.kill(child.pid, signal.SIGTERM)
        child.send(0)
        child.workers[0].close()
        assert child.status() == 0
        assert child.path.read_bytes() == LINE * 2


def test_sigterm_does_not_wait_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(collector, "DRAIN_S", 0.05)
    with running(tmp_path) as child:
        child.send(0)
        assert child.sign() == b"."
        os.kill(child.pid, signal.SIGTERM)
        assert child.status() == 0
        assert child.log.read_text().startswith("collector: ended before the workers did\n")


def test_not_for_a_sink_that_is_stuck_either(tmp_path, monkeypatch):
    monkeypatch.setattr(collector, "DRAIN_S", 0.05)
    with running(tmp_path, stuck=True) as child:
        child.send(0)
        assert child.sign() == b"."
        child.workers[0].close()
        os.kill(child.pid, signal.SIGTERM)
        assert child.status() == 0


def test_a_signal_that_came_before_the_collector_was_ready_is_not_lost(tmp_path):
    blocked = {signal.SIGTERM, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    try:
        with running(tmp_path) as child:
            os.kill(child.pid, signal.SIGHUP)
            os.kill(child.pid, signal.SIGTERM)
            child.send(0)
            child.workers[0].close()
            assert child.status() == 0
            assert child.path.read_bytes() == LINE
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, blocked)


def test_ctrl_c_is_for_the_supervisor(tmp_path):
    with running(tmp_path) as child:
        child.send(0)
        assert child.sign() == b"."
        os.kill(child.pid, signal.SIGINT)
        child.send(0)
        assert child.end() == 0
        assert child.path.read_bytes() == LINE * 2


def test_a_restarted_worker_is_heard(tmp_path):
    with running(tmp_path) as child:
        child.send(0)
        child.workers[0].close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        hand_over(child.control, theirs)
        theirs.close()
        child.workers[0] = ours
        child.send(0)
        assert child.end() == 0
        assert child.path.read_bytes() == LINE * 2


def test_what_a_worker_says_while_the_collector_makes_way_is_the_next_ones(tmp_path):
    with running(tmp_path) as child:
        child.send(0)
        assert child.sign() == b"."
        # Once it sleeps it has read all there is, and both wait for it when it looks again.
        assert any(
            Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0] == "S" for _ in range(10**5)
        )
        os.kill(child.pid, signal.SIGSTOP)
        os.waitpid(child.pid, os.WUNTRACED)
        make_way(child.control)
        child.send(0)
        os.kill(child.pid, signal.SIGCONT)
        assert child.status() == 0
        assert child.path.read_bytes() == LINE


def test_sockets_beyond_the_limit_are_closed(tmp_path, monkeypatch):
    monkeypatch.setattr(collector, "WORKERS_MAX", 1)
    with running(tmp_path) as child:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        hand_over(child.control, theirs)
        theirs.close()
        ours.settimeout(WAIT_MS / 1000)
        assert ours.recv(1) == b""
        ours.close()
        child.send(0)
        assert child.end() == 0
        assert child.path.read_bytes() == LINE
        assert "worker sockets refused: 1 so far" in child.log.read_text()


@pytest.mark.parametrize("junk", [b"junk", b"\x92\x90\xff", b"\x92" + b"\x91" * 100_000, bytes(1 << 17)])
def test_a_malformed_batch_is_counted_and_the_next_is_read(junk, tmp_path):
    with running(tmp_path) as child:
        child.workers[0].send(junk)
        child.send(0)
        assert child.end() == 0
        assert child.path.read_bytes() == LINE
        told = child.log.read_text().splitlines()
        assert told[0].startswith("collector: malformed batches: 1 so far (")
        assert told[-1] == "collector: 1 events, malformed=1"


def test_sighup_opens_the_files_anew(tmp_path):
    with running(tmp_path) as child:
        child.send(0)
        assert child.sign() == b"."
        child.path.rename(tmp_path / "e.1")
        os.kill(child.pid, signal.SIGHUP)
        assert child.sign() == b"r"
        child.send(0)
        assert child.end() == 0
        assert child.path.read_bytes() == (tmp_path / "e.1").read_bytes() == LINE


def test_totals_of_the_workers_are_summed_and_told(tmp_path):
    with running(tmp_path, workers=2) as child:
        child.send(0, {"events_dropped": 3})
        child.send(0, {"events_dropped": 5})
        child.send(1, {"events_dropped": 4, "flows_evicted": 0, "\x1b[31m": 7})
        assert child.end() == 0
        told = child.log.read_text()
        assert "workers: events_dropped: 3 so far\n" in told
        assert told.endswith("collector: 3 events, events_dropped=9\n")
        assert "\x1b" not in told


def test_names_of_counters_are_limited(tmp_path):
    with running(tmp_path) as child:
        child.send(0, {f"n{number}": 1 for number in range(1000)})
        assert child.end() == 0
        assert child.log.read_text().count("so far") == collector.COUNTERS_MAX
