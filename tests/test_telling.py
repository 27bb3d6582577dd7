"""Events leave in messages that the collector takes, however large they are. The worker itself is in tests/netns."""

import socket

import pytest

from rawspoof.core.event import REQUEST_KEPT_MAX, ServiceRequest
from rawspoof.core.tally import Tally
from rawspoof.core.watch.watch import Lost
from rawspoof.edges.sinks.batch import MESSAGE_BYTES_MAX, decoder
from rawspoof.edges.sinks.touches import TOUCHES_MAX, decode
from rawspoof.telling import EVENTS_PER_BATCH, TELL_S, Publisher, Teller

LARGE = ServiceRequest(1.0, bytes(4), 1, bytes(4), 2, "s", bytes(REQUEST_KEPT_MAX), REQUEST_KEPT_MAX)


def test_a_batch_of_large_requests_goes_in_several_messages():
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near, far:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        publish = Publisher(near, Tally(), lambda: 0, lost=lambda: Lost(1, 2, 3, 4))
        publish([LARGE] * EVENTS_PER_BATCH)
        far.setblocking(False)
        heard, sizes = [], []
        while len(heard) < EVENTS_PER_BATCH:
            message = far.recv(1 << 20)
            sizes.append(len(message))
            events, counters = decoder()(memoryview(message))
            heard += events
            assert counters["events_dropped"] == 0
            assert [counters[f"{what}_forgotten"] for what in ("sources", "ports", "reports", "quiet")] == [1, 2, 3, 4]
    assert heard == [LARGE] * EVENTS_PER_BATCH
    assert max(sizes) <= MESSAGE_BYTES_MAX


def test_touched_ports_are_told_a_few_times_a_second_in_messages_that_fit():
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    many = [(bytes(4), bytes(4), port) for port in range(TOUCHES_MAX + 1)]
    waiting, now = [many, [(bytes(4), bytes(4), 9)], []], [1.0]
    with near, far:
        far.setblocking(False)
        tell = Teller(near, lambda: waiting.pop(0), lambda: now[0])
        tell()
        tell()
        assert [len(decode(memoryview(far.recv(1 << 20)))[0].ports) for _ in range(2)] == [TOUCHES_MAX, 1]
        now[0] += TELL_S
        tell()
        assert list(decode(memoryview(far.recv(1 << 20)))[0].ports) == [9]
        now[0] += TELL_S
        tell()
        with pytest.raises(BlockingIOError):
            far.recv(1)
