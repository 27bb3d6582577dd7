"""What the kernel tells of interfaces is what ip tells, an XDP program included."""

import ctypes
import os
import platform
import struct
from ipaddress import ip_interface

import pytest
from pyroute2 import IPRoute

from rawspoof.edges.lab.namespaces import INTERFACE
from rawspoof.edges.system.links import Link, links
from tests.netns.taps import call

pytestmark = pytest.mark.netns

BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
"""Number of the system call."""
PROG_LOAD, TYPE_XDP, XDP_PASS = 5, 6, 2


def link(lab, name: str = INTERFACE) -> Link:
    with lab.inside("sensor"):
        return next(one for one in links() if one.name == name)


def passing() -> int:
    """A descriptor of an XDP program that lets everything pass: `r0 = XDP_PASS; exit`."""
    program = struct.pack("=BBhiBBhi", 0xB7, 0, 0, XDP_PASS, 0x95, 0, 0, 0)
    code, licence = ctypes.create_string_buffer(program), ctypes.create_string_buffer(b"GPL")
    asked = struct.pack("=IIQQ", TYPE_XDP, 2, ctypes.addressof(code), ctypes.addressof(licence)).ljust(128, b"\0")
    return int(ctypes.CDLL(None, use_errno=True).syscall(BPF, PROG_LOAD, asked, len(asked)))


def test_a_link_is_as_ip_shows_it(lab):
    call(lab, "sensor", "ip", "link", "set", INTERFACE, "mtu", "9000")
    found = link(lab)
    assert found[:6] == (INTERFACE, "veth", True, 9000, False, False)
    assert ip_interface("198.51.100.1/24") in {one.interface for one in found.addresses}
    assert all(one.lasting for one in found.addresses)
    assert link(lab, "lo").kind == ""


def test_an_address_for_a_time_is_told_from_a_lasting_one(lab):
    call(lab, "sensor", "ip", "addr", "add", "192.0.2.9/24", "dev", INTERFACE, "valid_lft", "500", "preferred_lft", "9")
    assert [str(one.interface) for one in link(lab).addresses if not one.lasting] == ["192.0.2.9/24"]


def test_programs_and_filters_before_the_firewall_are_seen(lab):
    program = passing()
    try:
        with lab.inside("sensor"), IPRoute() as route:
            index = route.link_lookup(ifname=INTERFACE)[0]
            route.link("set", index=index, xdp_fd=program)
    finally:
        os.close(program)
    call(lab, "sensor", "tc", "qdisc", "add", "dev", INTERFACE, "clsact")
    assert (link(lab).xdp, link(lab).filtered) == (True, True)
    assert (link(lab, "lo").xdp, link(lab, "lo").filtered) == (False, False)
