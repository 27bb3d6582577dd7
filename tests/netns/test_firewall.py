"""Where packets go with the rules in the kernel: by our own table, and by the printed ones as far as they load here."""

import re
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from ipaddress import ip_network

import pytest

from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.iptables import as_iptables
from rawspoof.edges.firewall.nft import as_nft
from rawspoof.edges.firewall.plan import MARK, Plan
from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.netns.taps import (
    SOURCE,
    SOURCE6,
    TARGET,
    TARGET6,
    attempt,
    call,
    greeting,
    queued,
    serving,
    syn,
    tapped,
)

pytestmark = pytest.mark.netns

DECOYS = Plan(networks=(ip_network("203.0.113.0/24"), ip_network("2001:db8:9::/48")))

FULL = Plan(
    interfaces=(INTERFACE, "eth7"),
    networks=(ip_network("192.0.2.0/25"), ip_network("203.0.113.0/24"), ip_network("2001:db8:9::/48")),
    exempt_ports=((22, 22), (8000, 8002)),
    allow=(ip_network("10.0.0.0/8"), ip_network("10.9.8.7"), ip_network("2001:db8::7")),
    queues=4,
)

Installed = Callable[[Lab, Plan], AbstractContextManager[None]]


@contextmanager
def by_table(lab: Lab, plan: Plan) -> Iterator[None]:
    guard = Guard(plan)
    with lab.inside("sensor"):
        guard.install()
    try:
        yield
    finally:
        guard.remove()


@contextmanager
def by_iptables(lab: Lab, plan: Plan) -> Iterator[None]:
    script = as_iptables(plan)
    call(lab, "sensor", "sh", text=script)
    yield
    call(lab, "sensor", "sh", "-e", text=removal(script))


def removal(script: str) -> str:
    """The commands that the script names for it."""
    return "\n".join(re.findall(r"^# (ip.*)$", script, re.MULTILINE))


@pytest.fixture(params=[by_table, by_iptables])
def installed(request) -> Installed:
    return request.param


@pytest.fixture(params=[TARGET, TARGET6])
def target(request) -> str:
    return request.param


def route_decoys(lab: Lab) -> None:
    call(lab, "attacker", "ip", "route", "add", "203.0.113.0/24", "via", TARGET)
    call(lab, "attacker", "ip", "-6", "route", "add", "2001:db8:9::/48", "via", TARGET6)


def test_a_port_without_a_service_comes_to_the_queue(lab, installed, target):
    with installed(lab, Plan()), tapped(lab) as tap:
        assert queued(tap, lab, target, 4444)


def test_a_service_is_the_kernels_from_its_start_to_its_end(lab, installed, target):
    with installed(lab, Plan()), tapped(lab) as tap:
        with serving(lab, "sensor", 8088):
            assert greeting(lab, "attacker", target, 8088) == b"genuine"
            assert tap.packets() == []
        assert queued(tap, lab, target, 8088)


def test_the_machines_own_connections_are_the_kernels(lab, installed):
    with installed(lab, Plan()), tapped(lab) as tap, serving(lab, "attacker", 9099):
        assert greeting(lab, "sensor", SOURCE, 9099) == b"genuine"
        assert greeting(lab, "sensor", SOURCE6, 9099) == b"genuine"
        assert tap.packets() == []


def test_loopback_is_not_covered(lab, installed):
    with installed(lab, Plan()), tapped(lab) as tap:
        with lab.inside("sensor"), pytest.raises(ConnectionRefusedError):
            socket.create_connection((TARGET, 4444), 1.0)
        assert tap.packets() == []


def test_an_exempt_port_is_the_kernels(lab, installed, target):
    with installed(lab, Plan(exempt_ports=((80, 82),))), tapped(lab) as tap:
        assert [attempt(lab, target, port) for port in (80, 82)] == ["refused", "refused"]
        assert tap.packets() == []
        assert queued(tap, lab, target, 83)


def test_an_allowed_source_sees_the_real_machine(lab, installed, target):
    allow = (ip_network(f"{SOURCE}/31"), ip_network(SOURCE6))
    with installed(lab, Plan(allow=allow)), tapped(lab) as tap:
        assert attempt(lab, target, 4444) == "refused"
        assert tap.packets() == []


def test_another_interface_is_not_covered(lab, installed, target):
    call(lab, "sensor", "ip", "link", "add", "br7", "type", "bridge")
    with installed(lab, Plan(interfaces=("br7",))), tapped(lab) as tap:
        assert attempt(lab, target, 4444) == "refused"
        assert tap.packets() == []
    with tapped(lab, 3) as tap, installed(lab, Plan(interfaces=("br7", INTERFACE), queue=3)):
        assert queued(tap, lab, target, 4444)


def test_only_listed_addresses_are_covered(lab, installed):
    call(lab, "sensor", "ip", "addr", "add", "198.51.100.3/24", "dev", INTERFACE)
    with installed(lab, Plan(addresses=(ip_network("198.51.100.3"),))), tapped(lab) as tap:
        assert queued(tap, lab, "198.51.100.3", 4444)
        assert [attempt(lab, to, 4444) for to in (TARGET, TARGET6)] == ["refused", "refused"]


@pytest.mark.parametrize("decoy", ["203.0.113.77", "2001:db8:9::77"])
def test_every_port_of_a_decoy_comes_to_the_queue_even_those_of_our_own_services(lab, installed, decoy):
    route_decoys(lab)
    with installed(lab, DECOYS), tapped(lab) as tap, serving(lab, "sensor", 8088):
        assert queued(tap, lab, decoy, 4444)
        assert queued(tap, lab, decoy, 8088)
        assert greeting(lab, "attacker", TARGET, 8088) == b"genuine"


def test_what_is_only_passing_through_is_not_covered(lab, installed):
    route_decoys(lab)
    with installed(lab, Plan()), tapped(lab) as tap:
        assert not queued(tap, lab, "203.0.113.77", 4444, expected=False)


@pytest.mark.parametrize(("bypass", "seen"), [(True, "refused"), (False, "silent")])
def test_without_a_reader_bypass_decides_what_the_network_sees(lab, installed, target, bypass, seen):
    with installed(lab, Plan(bypass=bypass)):
        assert attempt(lab, target, 4444, 0.3) == seen


def test_a_source_meets_the_same_queue_at_every_port(lab, installed):
    with installed(lab, Plan(queue=5, queues=2)), tapped(lab, 5) as one, tapped(lab, 6) as other:
        for port in range(1000, 1008):
            with syn(lab, TARGET, port):
                pass
        assert sorted([len(one.packets()), len(other.packets())]) == [0, 8]


def syn_of_40_bytes(pair: bytes) -> bytes:
    """A SYN with its MSS and 16 bytes of no-operation, from port 40000 to 4444."""
    header = struct.pack("!HHIIBBHHHI", 40000, 4444, 1, 0, 0xA0, 2, 1024, 0, 0, 0x020405B4) + b"\1" * 16
    return checked(header, pair)


def checked(segment: bytes, pair: bytes) -> bytes:
    """The segment with its checksum; the lengths in the pseudo header of either family add up to the same."""
    summed = pair + struct.pack("!HH", socket.IPPROTO_TCP, len(segment)) + segment
    total = sum(struct.unpack(f"!{len(summed) // 2}H", summed)) % 65535
    return segment[:16] + struct.pack("!H", 65535 - total) + segment[18:]


def fragments4() -> Iterator[bytes]:
    """As `nmap -f` sends it: in pieces of eight bytes, so that none has all of the TCP header."""
    pair = socket.inet_aton(SOURCE) + socket.inet_aton(TARGET)
    segment = syn_of_40_bytes(pair)
    for at in range(0, 40, 8):
        more = at < 32
        yield struct.pack("!BBHHHBBH", 0x45, 0, 28, 77, more << 13 | at >> 3, 64, 6, 0) + pair + segment[at : at + 8]


def fragments6() -> Iterator[bytes]:
    """With all of the TCP header in the first one, as RFC 8200 section 4.5 demands; the kernel drops others."""
    pair = socket.inet_pton(socket.AF_INET6, SOURCE6) + socket.inet_pton(socket.AF_INET6, TARGET6)
    segment = syn_of_40_bytes(pair)
    for at, piece in ((0, segment[:24]), (24, segment[24:])):
        head = struct.pack("!IHBB", 6 << 28, 8 + len(piece), socket.IPPROTO_FRAGMENT, 64)
        yield head + pair + struct.pack("!BBHI", socket.IPPROTO_TCP, 0, at | (at == 0), 77) + piece


@pytest.mark.parametrize(
    ("family", "to", "fragments"),
    [(socket.AF_INET, TARGET, fragments4), (socket.AF_INET6, TARGET6, fragments6)],
)
def test_a_fragmented_syn_comes_whole(lab, installed, family, to, fragments):
    with installed(lab, Plan()), tapped(lab) as tap:
        with lab.inside("attacker"), socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
            for fragment in fragments():
                raw.sendto(fragment, (to, 0))
        (packet,) = tap.packets(1.0)
        assert packet[-40:-36] == struct.pack("!HH", 40000, 4444)


def conntrack_entries(lab: Lab) -> int:
    return int(call(lab, "sensor", "cat", "/proc/sys/net/netfilter/nf_conntrack_count"))


@pytest.mark.parametrize(("mark", "entries"), [(MARK, 0), (0, 1)])
def test_what_we_send_stays_unknown_to_conntrack(lab, installed, mark, entries):
    # Somebody's stateful firewall: without one nobody but us would ask conntrack.
    call(lab, "sensor", "iptables", "-A", "INPUT", "-m", "conntrack", "--ctstate", "ESTABLISHED", "-j", "ACCEPT")
    # The tap keeps the RST that comes back, which would end the entry.
    with installed(lab, Plan()), tapped(lab):
        with lab.inside("sensor"), socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
            # An ACK: conntrack takes that for the middle of a connection, and from then on for an established one.
            segment = struct.pack("!HHIIBBHHH", 4444, 40000, 1, 2, 0x50, 0x10, 1024, 0, 0)
            pair = socket.inet_aton(TARGET) + socket.inet_aton(SOURCE)
            raw.sendto(checked(segment, pair), (SOURCE, 0))
        assert conntrack_entries(lab) == entries


def test_nft_lists_the_table_as_the_compat_text_says(lab):
    call(lab, "sensor", "ip", "link", "add", "eth7", "type", "bridge")
    with by_table(lab, FULL):
        listed = call(lab, "sensor", "nft", "list", "table", "inet", "rawspoof")
    counted = re.sub(r"counter packets \d+ bytes \d+", "counter", listed)
    printed = as_nft(FULL, compat=True)
    expected = [line for line in printed.splitlines() if not line.startswith("#")]
    assert [line for line in re.sub(r" # progname.*\n\tflags owner\n", "\n", counted).splitlines() if line] == [
        line for line in expected if line
    ]


def test_the_native_text_is_right_but_for_what_this_kernel_lacks(lab):
    text = as_nft(FULL, compat=False)
    with lab.inside("sensor"):
        guard = Guard(Plan())
        guard.install()
        native = guard.native
        guard.remove()
    if native:
        call(lab, "sensor", "nft", "-f", "-", text=text)
        return
    # Everything but the queue loads, twice, and is listed as it was written.
    loadable = re.sub(r"queue num 0-3 bypass", "drop", text)
    for _ in range(2):
        call(lab, "sensor", "nft", "-f", "-", text=loadable)
    listed = re.sub(r"counter packets \d+ bytes \d+", "counter", call(lab, "sensor", "nft", "list", "ruleset"))
    assert listed == loadable.rpartition("delete table inet rawspoof\n")[2]


def test_the_script_says_how_to_remove_all_of_it(lab):
    call(lab, "sensor", "ip", "link", "add", "eth7", "type", "bridge")
    programs = ("iptables", "ip6tables")
    script = as_iptables(FULL)
    call(lab, "sensor", "sh", text=script)
    assert all("RAWSPOOF" in call(lab, "sensor", program, "-t", "raw", "-S") for program in programs)
    call(lab, "sensor", "sh", "-e", text=removal(script))
    left = [call(lab, "sensor", program, "-t", "raw", "-S") for program in programs]
    assert left == ["-P PREROUTING ACCEPT\n-P OUTPUT ACCEPT\n"] * 2
