"""Events leave in messages that the collector takes, however large they are. The worker itself is in tests/netns."""

import socket

from rawspoof.core.event import REQUEST_KEPT_MAX, ServiceRequest
from rawspoof.core.tally import Tally
from rawspoof.edges.sinks.batch import MESSAGE_BYTES_MAX, decoder
from rawspoof.worker import EVENTS_PER_BATCH, Publisher

LARGE = ServiceRequest(1.0, bytes(4), 1, bytes(4), 2, "s", bytes(REQUEST_KEPT_MAX), REQUEST_KEPT_MAX)


def test_a_batch_of_large_requests_goes_in_several_messages():
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near, far:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        publish = Publisher(near, Tally(), lambda: 0)
        publish([LARGE] * EVENTS_PER_BATCH)
        far.setblocking(False)
        heard, sizes = [], []
        while len(heard) < EVENTS_PER_BATCH:
            message = far.recv(1 << 20)
            sizes.append(len(message))
            events, counters = decoder()(memoryview(message))
            heard += events
            assert counters["events_dropped"] == 0
    assert heard == [LARGE] * EVENTS_PER_BATCH
    assert max(sizes) <= MESSAGE_BYTES_MAX
