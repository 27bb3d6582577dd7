"""The keeper of evidence: messages in, files and their events out."""

import hashlib
import socket
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from rawspoof.config.model import Config, Evidence, Sensor
from rawspoof.core.event import EvidenceSaved
from rawspoof.edges.evidence import folder, keeper, message
from rawspoof.edges.evidence.folder import Folder, listed
from rawspoof.edges.evidence.keeper import Keeper, keep
from rawspoof.edges.evidence.message import ENTRY, Message, build
from rawspoof.edges.link.capture import frames
from rawspoof.edges.sinks.batch import own_decoder

AT = 1748788327.5
SRC, DST = bytes([198, 51, 100, 42]), bytes([192, 0, 2, 1])
SCAN = bytes(range(8))
WAIT_S = 20.0


def packets(*found: tuple[float, bytes], scan: bytes = SCAN, dropped: int = 0) -> Message:
    entries = b"".join([ENTRY.pack(at, len(packet)) + packet for at, packet in found])
    return Message(message.PACKETS, dropped, scan, SRC, 54312, DST, 22, entries)


ENDED = packets()._replace(kind=message.ENDED)


class Kept:
    """A keeper that is handed messages directly, and what it told."""

    def __init__(self, path: Path, mb_max: int = 1) -> None:
        self.path = path
        self._ends = [end for _ in range(2) for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)]
        self.worker, _, self._told, tell = self._ends
        self._told.setblocking(False)
        self._keeper = Keeper([self.worker], tell, Folder(path, mb_max, mb_max))
        self.counters: dict[str, int] = {}

    def close(self) -> None:
        for end in self._ends:
            end.close()

    def take(self, *said: Message) -> list[EvidenceSaved]:
        """What it tells after these messages."""
        for one in said:
            self._keeper.take(self.worker, one)
        events = []
        while True:
            try:
                found, self.counters = own_decoder()(memoryview(self._told.recv(1 << 17)))
            except BlockingIOError:
                return events
            events += found

    def captured(self) -> list[list[tuple[float, bytes]]]:
        """The packets in each file."""
        files = [(self.path / str(name)).read_bytes() for name, _ in listed(self.path)]
        return [[(frame.at, frame.data) for frame in frames(BytesIO(data))] for data in files]


@pytest.fixture
def kept(tmp_path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.close()


def test_packets_are_in_the_file_and_its_event_has_its_sum(kept):
    assert kept.take(packets((AT, b"syn"), (AT, b"synack")), packets((AT + 1.25, b"ack"))) == []
    assert kept.captured() == [[(AT, b"syn"), (AT, b"synack"), (AT + 1.25, b"ack")]]
    (saved,) = kept.take(ENDED)
    data = Path(saved.path).read_bytes()
    assert (saved.at, saved.src, saved.sport, saved.dst, saved.dport) == (AT + 1.25, SRC, 54312, DST, 22)
    assert (saved.scan, saved.packets, saved.bytes) == (SCAN.hex(), 3, len(data))
    assert saved.sha256 == hashlib.sha256(data).hexdigest()
    assert kept.take(ENDED) == []


def test_a_scan_that_goes_on_after_its_end_has_another_file(kept):
    assert len(kept.take(packets((AT, b"a")), ENDED, packets((AT + 1, b"b")), ENDED)) == 2
    assert kept.captured() == [[(AT, b"a")], [(AT + 1, b"b")]]


def test_large_evidence_is_a_ring_of_files(kept):
    large = bytes(60_000)
    told = [saved for n in range(30) for saved in kept.take(packets((AT + n, large)))]
    files = kept.captured()
    assert len(files) == 4
    assert [at for file in files for at, _ in file] == [AT + n for n in range(30 - sum(map(len, files)), 30)]
    assert sum(size for _, size in listed(kept.path)) <= 1 << 20
    assert len(told) == 7
    assert kept.counters["evidence_files_removed"] == 3


def test_a_new_worker_completes_what_the_last_one_left(kept):
    assert len(kept.take(packets((AT, b"a")), packets((AT, b"b"), scan=bytes(8)), Message(message.BEGUN, 0))) == 2


def test_the_file_begun_first_is_completed_for_one_too_many(kept, monkeypatch):
    monkeypatch.setattr(keeper, "OPEN_MAX", 2)
    scans = [bytes([n]) * 8 for n in range(3)]
    told = [kept.take(packets((AT + n, b"a"), scan=scan)) for n, scan in enumerate(scans)]
    assert [[saved.scan for saved in some] for some in told] == [[], [], [scans[0].hex()]]


def test_a_file_that_somebody_removed_is_begun_anew(kept, caplog):
    kept.take(packets((AT, b"a")))
    for name, _ in listed(kept.path):
        (kept.path / str(name)).unlink()
    kept.take(packets((AT + 1, b"lost")), packets((AT + 2, b"b")))
    assert kept.captured() == [[(AT + 2, b"b")]]
    assert kept.counters["evidence_bytes_lost"] == 16 + len(b"lost")
    assert "No such file" in caplog.text


def test_on_a_full_disk_what_is_there_is_whole_and_told_of(kept, monkeypatch):
    kept.take(packets((AT, b"a")))

    def full(fd: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(folder.os, "write", full)
        (saved,) = kept.take(packets((AT + 1, b"lost")), packets((AT + 2, b"lost too")))
    assert saved.sha256 == hashlib.sha256(Path(saved.path).read_bytes()).hexdigest()
    assert kept.take(packets((AT + 3, b"b"))) == []
    assert kept.captured() == [[(AT, b"a")], [(AT + 3, b"b")]]
    assert kept.counters["evidence_bytes_lost"] == 2 * 16 + len(b"lost") + len(b"lost too")


def test_what_the_worker_dropped_is_told(kept):
    kept.take(packets((AT, b"a"), dropped=5000), ENDED._replace(dropped=7000), packets((AT + 1, b"b"), dropped=7000))
    kept.take(ENDED._replace(dropped=7000))
    assert kept.counters["evidence_bytes_dropped"] == 7000


def test_it_hears_every_worker_and_ends_after_the_last(tmp_path):
    config = Config(sensor=Sensor(state_dir=str(tmp_path)), evidence=Evidence(mb_max=1, total_mb_max=1))
    (tmp_path / "evidence").mkdir()
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2)]
    told = keep([far for _, far in pairs], config)
    assert told is not None
    told.settimeout(WAIT_S)
    first, second = (near for near, _ in pairs)
    first.send(b"nonsense")
    first.send(build(packets((float("nan"), b"when"))))
    first.send(build(packets((AT, b"a"))))
    second.send(build(packets((AT + 1, b"b"))))
    events, counters = [], {}
    for near, count in ((first, 1), (second, 2)):
        near.close()
        while len(events) < count:
            found, counters = own_decoder()(memoryview(told.recv(1 << 17)))
            events += found
    assert [event.at for event in events] == [AT, AT + 1]
    assert counters["evidence_malformed"] == 2
    with told:
        assert told.recv(1) == b""


def test_told_to_end_it_completes_its_files_and_leaves_what_comes_later_to_the_next(tmp_path):
    worker, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    config = Config(sensor=Sensor(state_dir=str(tmp_path)))
    (tmp_path / "evidence").mkdir()
    told = keep([ours], config)
    assert told is not None
    with worker, ours, told:
        told.settimeout(WAIT_S)
        worker.send(build(packets((AT, b"syn"))))
        until = time.monotonic() + WAIT_S
        while not listed(tmp_path / "evidence"):
            assert time.monotonic() < until
        told.shutdown(socket.SHUT_WR)
        (saved,), _ = own_decoder()(memoryview(told.recv(1 << 17)))
        assert saved.packets == 1
        assert told.recv(1) == b""
        worker.send(build(packets((AT, b"later"))))
        assert ours.recv(1 << 17) == build(packets((AT, b"later")))


def test_without_a_folder_nothing_is_kept_and_it_is_said_so(tmp_path, caplog):
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near:
        assert keep([far], Config(sensor=Sensor(state_dir=str(tmp_path / "nowhere")))) is None
        with pytest.raises(BrokenPipeError):
            near.send(b"?")
    assert "nowhere/evidence: No such file or directory: let nobody into it" in caplog.text
