"""The wire that a scan goes over: where it leads, and that it is gone however it ends."""

import os
import signal
import socket
import sys
from ipaddress import ip_address, ip_network

import pytest

from rawspoof.edges.doctor.decoys import routes
from rawspoof.edges.doctor.wire import BENCHMARKS, INTERFACE, ScanError, Wire, free_ends
from rawspoof.edges.lab.namespaces import ADDRESSES
from tests.netns.sensors import until
from tests.netns.taps import WAIT_S, call

pytestmark = pytest.mark.netns

FOUR, SIX = map(ip_address, ADDRESSES["sensor"])


def interfaces(lab) -> str:
    return call(lab, "sensor", "ip", "-br", "link")


@pytest.mark.parametrize("target", [FOUR, SIX])
def test_it_leads_to_the_target_and_nowhere_else(lab, target):
    beyond = ADDRESSES["attacker"][target.version == 6]
    with lab.inside("sensor"):
        with Wire(target, free_ends(target, (), routes())) as wire:
            assert INTERFACE in interfaces(lab)
            with wire.inside():
                with pytest.raises(ConnectionRefusedError):
                    socket.create_connection((str(target), 9), WAIT_S)
                with pytest.raises(OSError, match="unreachable"):
                    socket.create_connection((beyond, 9), WAIT_S)
        assert INTERFACE not in interfaces(lab)


def test_one_end_is_quiet(lab):
    """Nothing but what the scan sends: an IPv4 wire has no IPv6."""
    with lab.inside("sensor"), Wire(FOUR, free_ends(FOUR, (), ())):
        assert "inet6" not in call(lab, "sensor", "ip", "addr", "show", INTERFACE)


def test_its_addresses_are_nobody_elses():
    low, high = ip_network("198.18.0.0/16"), ip_network("198.19.0.0/16")
    near, far = free_ends(FOUR, (low,), ())
    assert near in high
    assert int(far) == int(near) + 1
    with pytest.raises(ScanError, match="no network is free"):
        free_ends(FOUR, (BENCHMARKS,), ())
    six, _ = free_ends(SIX, (BENCHMARKS, ip_network("2001:db8::/32")), ())
    assert six.is_private


def test_two_at_a_time_are_refused_and_the_first_is_unharmed(lab):
    with lab.inside("sensor"), Wire(FOUR, free_ends(FOUR, (), ())):
        with pytest.raises(ScanError, match="another scan"), Wire(FOUR, free_ends(FOUR, (), ())):
            pass
        assert INTERFACE in interfaces(lab)


def test_nothing_is_left_whatever_ends_the_process(lab):
    code = (
        "import time; from ipaddress import ip_address; from rawspoof.edges.doctor.wire import Wire\n"
        f"with Wire(ip_address('{FOUR}'), (ip_address('198.18.0.1'), ip_address('198.18.0.2'))): time.sleep(60)"
    )
    process = lab.run("sensor", [sys.executable, "-c", code])
    until(lambda: INTERFACE in interfaces(lab), 20)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    until(lambda: INTERFACE not in interfaces(lab), 10 * WAIT_S)
