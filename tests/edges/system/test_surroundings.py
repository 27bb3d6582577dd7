"""/proc and resolv.conf read back as addresses, from files that look like them."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from rawspoof.edges.system.surroundings import gateways, own, peers, resolvers

FIB = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.2
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
"""
IF_INET6 = "20010db8000000000000000000000002 04 40 00 82     eth0\n"
ROUTE = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
"""
NONE, DEFAULT = "0" * 32, "20010db8" + "0" * 23 + "1"
IPV6_ROUTE = f"""\
{NONE} 40 {NONE} 00 {NONE} 00000100 00000001 00000000 00000001     eth0
{NONE} 00 {NONE} 00 {DEFAULT} 00000400 00000002 00000000 00000003     eth0
"""
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
TCP = """\
   0: 0202000C:0016 00000000:0000 0A 0:0 00:0 0     0        0 501 1
   1: 020200C0:0016 096433C6:C350 01 0:0 00:0 0     0        0 502 1
   2: 020200C0:0016 0A6433C6:C350 03 0:0 00:0 0     0        0 503 1
   3: 020200C0:C351 0B6433C6:0050 02 0:0 00:0 0     0        0 504 1
   4: 020200C0:0016 0C6433C6:C350 06 0:0 00:0 0     0        0 505 1
"""
TCP6 = """\
   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0     0        0 601 1
   1: B80D0120000000000000000002000000:0016 B80D0120000000000000000007000000:C350 01 0:0 00:0 0     0        0 602 1
   2: 0000000000000000FFFF0000020200C0:0016 0000000000000000FFFF00000D6433C6:C350 01 0:0 00:0 0     0        0 603 1
"""


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "net").mkdir()
    texts = {"fib_trie": FIB, "if_inet6": IF_INET6, "route": ROUTE, "ipv6_route": IPV6_ROUTE}
    for name, text in (texts | {"tcp": HEAD + TCP, "tcp6": HEAD + TCP6}).items():
        (tmp_path / "net" / name).write_text(text)
    return tmp_path


def shown(found: set[bytes]) -> list[str]:
    return sorted(str(ip_address(packed)) for packed in found)


def test_own_addresses(proc):
    assert shown(own(proc)) == ["192.0.2.2", "2001:db8::2"]


def test_gateways_of_any_route(proc):
    assert shown(gateways(proc)) == ["192.0.2.1", "2001:db8::1"]


def test_peers_are_those_who_answered_or_are_asked_and_neither_listeners_nor_unproven_nor_gone_ones(proc):
    assert shown(peers(proc)) == ["198.51.100.11", "198.51.100.13", "198.51.100.9", "2001:db8::7"]


def test_name_servers_of_every_file(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("# generated\nnameserver 127.0.0.53\noptions edns0\nnameserver no address\nnameserver\n")
    other.write_text("  nameserver 192.0.2.53\nnameserver fe80::1%eth0\nsearch example\n")
    found = resolvers((one, other, tmp_path / "none"))
    assert shown(found) == ["127.0.0.53", "192.0.2.53", "fe80::1"]


def test_a_machine_without_ipv6_has_none_of_it(tmp_path):
    assert [own(tmp_path), gateways(tmp_path), peers(tmp_path)] == [set(), set(), set()]


def test_this_machine_has_loopback():
    assert ip_address("127.0.0.1").packed in own()
