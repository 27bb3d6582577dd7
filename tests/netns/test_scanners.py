"""Port scanners sweep a sensor: every port is open, whoever asks and however fast."""

import time
from collections.abc import Iterator

import pytest

from rawspoof.edges.lab.namespaces import Lab
from tests.netns.scanners import masscan, nmap, states, zmap
from tests.netns.sensors import Sensor, running, spent_s, tell
from tests.netns.taps import TARGET6

pytestmark = [pytest.mark.netns, pytest.mark.alone]

ALL = 65535


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Lab, Sensor]]:
    with Lab() as lab, running(lab) as sensor:
        yield lab, sensor


@pytest.fixture
def lab(stage: tuple[Lab, Sensor]) -> Lab:
    return stage[0]


@pytest.fixture(autouse=True)
def figure(stage: tuple[Lab, Sensor], request: pytest.FixtureRequest) -> Iterator[None]:
    """Prints what the test took, of the clock and of the worker."""
    worker = stage[1].children()["work0"]
    began, spent = time.monotonic(), spent_s(worker)
    yield
    tell(f"{request.node.name}: {time.monotonic() - began:.1f} s, worker {spent_s(worker) - spent:.2f} s")


def test_nmap_finds_every_port_open(lab):
    seen = nmap(lab, "-sS", "-T5", "-p-")
    assert states(seen) == {"open": ALL}
    assert {(port.reason, port.ttl) for port in seen.values()} == {("syn-ack", 64)}


def test_masscan_finds_every_port_open(lab):
    found = masscan(lab, "-p1-65535", "--rate", "20000")
    tell(f"masscan: {len(found)} of {ALL} open")
    assert found == set(range(1, ALL + 1))


def test_nmap_finds_ports_open_over_ipv6(lab):
    assert states(nmap(lab, "-sS", "-T5", "-p", "1-2000", target=TARGET6)) == {"open": 2000}


def test_zmap_finds_ports_open(lab):
    assert [zmap(lab, port) for port in (1, 4444, 65535)] == [["synack,64"]] * 3


def test_nmap_connects_to_every_port(lab):
    seen = nmap(lab, "-sT", "-T5", "-p", "1-5000")
    assert {port[:3] for port in seen.values()} == {("open", "syn-ack", 0)}
    assert len(seen) == 5000
