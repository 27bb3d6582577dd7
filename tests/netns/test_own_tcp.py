"""What this machine's TCP does is seen, and put on in place of the file's."""

import pytest

from rawspoof.edges.lab.namespaces import Lab
from rawspoof.edges.system.own_tcp import like_this_machine, observe
from rawspoof.edges.system.personalities import load
from tests.netns.taps import call

pytestmark = pytest.mark.netns


def sysctl(lab: Lab, key: str, value: str) -> None:
    call(lab, "sensor", "sysctl", "-q", "-w", f"net.ipv4.{key}={value}")


@pytest.mark.parametrize(("largest", "wscale"), [(6 << 20, 7), (32 << 20, 10)])
def test_the_window_scale_is_the_kernels(lab, largest, wscale):
    sysctl(lab, "tcp_rmem", f"4096 131072 {largest}")
    with lab.inside("sensor"):
        worn = like_this_machine(load("linux"))
    assert worn.synack.wscale == wscale


def test_the_clock_of_timestamps_is_the_kernels(lab):
    sysctl(lab, "tcp_timestamps", "2")
    with lab.inside("sensor"):
        # Without offsets of any kind all connections show one clock.
        assert like_this_machine(load("freebsd")).timestamps.offset == "pair"


@pytest.mark.parametrize(("key", "value"), [("tcp_timestamps", "0"), ("tcp_window_scaling", "0")])
def test_what_the_kernel_does_not_do_at_all_stays_the_files(lab, key, value):
    sysctl(lab, key, value)
    with lab.inside("sensor"):
        assert like_this_machine(load("linux")) == load("linux")


def test_without_loopback_it_stays_the_files(lab):
    call(lab, "sensor", "ip", "link", "set", "lo", "down")
    with lab.inside("sensor"):
        assert observe() is None
        assert like_this_machine(load("linux")) == load("linux")
