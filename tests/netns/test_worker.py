"""Two workers share the sources, and each source always meets the same one."""

import socket
from collections.abc import Iterator

import pytest

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.netns.sensors import Sensor, running, until
from tests.netns.taps import TARGET, call

pytestmark = pytest.mark.netns

SOURCES = [f"198.51.100.{number}" for number in range(2, 12)]
ROUNDS = 3


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Lab, Sensor]]:
    with Lab() as lab, running(lab, "--workers", "2", "--delivery", "prompt", "--only", "openssh") as sensor:
        for source in SOURCES[1:]:
            call(lab, "attacker", "ip", "addr", "add", f"{source}/24", "dev", INTERFACE)
        yield lab, sensor


def counts(lab: Lab) -> dict[int, int]:
    """Packets that each queue has had so far."""
    with lab.inside("sensor"), open("/proc/net/netfilter/nfnetlink_queue") as queues:
        return {int(fields[0]): int(fields[7]) for fields in map(str.split, queues)}


def settled(lab: Lab) -> dict[int, int]:
    """The same once the last packets of the last connection have come."""
    read = [counts(lab)] * 3

    def still() -> bool:
        # The first looks follow each other at once, the next after a while each.
        read.append(counts(lab))
        return len(read) > 6 and read[-1] == read[-4]

    until(still, 2.0)
    return read[-1]


def greeted(lab: Lab, source: str) -> bytes:
    """What this source of several is told."""
    with lab.inside("attacker"), socket.create_connection((TARGET, 4444), 1.0, (source, 0)) as client:
        return client.recv(100)


def test_a_source_always_meets_the_same_worker(stage):
    lab, sensor = stage
    assert set(sensor.children()) == {"work0", "work1", "collec"}
    met: dict[str, set[int]] = {source: set() for source in SOURCES}
    for source in SOURCES * ROUNDS:
        before = settled(lab)
        assert set(before) == {0, 1}
        assert greeted(lab, source).startswith(b"SSH-2.0-")
        met[source] |= {queue for queue, count in settled(lab).items() if count > before[queue]}
    assert [source for source, queues in met.items() if len(queues) != 1] == []
    assert set.union(*met.values()) == {0, 1}
