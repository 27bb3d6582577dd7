"""The hall: who is let in, what is counted, how time passes. Conversations are in `test_sensor_talks`."""

from ipaddress import ip_network

import pytest

from rawspoof.core.gate import Gate
from rawspoof.core.outcome import Verdict
from rawspoof.core.sensor import Fittings, Sensor
from rawspoof.core.wire.segment import ACK, FIN, PSH, RST, SYN, build
from tests.peers import (
    DST,
    PERSONALITIES,
    SECRET,
    SILENT,
    T0,
    OneProfile,
    dress,
    packet,
    profile,
    said,
    segment,
    sensor,
    wait,
)

BANNER = profile(r"hi\r\n")


def handshake(mind: Sensor, at: float = T0, **fields: object) -> int:
    """Open a connection with IRS 100; our ISS."""
    iss = said(mind.on_packet(at, packet(SYN, 100, **fields)))[0].seq
    mind.on_packet(at, packet(ACK, 101, iss + 1, **fields))
    return iss


def test_what_is_no_segment_is_dropped_and_counted() -> None:
    mind = sensor()
    for raw in (b"", b"noise", packet(SYN)[:39], packet(SYN)[:-1] + b"!"):
        outcome = mind.on_packet(T0, raw)
        assert (outcome.verdict, outcome.packets, outcome.events) == (Verdict.DROP, [], [])
    assert (mind.tally.packets, mind.tally.malformed) == (4, 4)


def test_checksums_are_left_unread_on_demand() -> None:
    half_made = packet(SYN)[:36] + b"\x12\x34" + packet(SYN)[38:]
    assert sensor().on_packet(T0, half_made).packets == []
    assert len(sensor(verify_checksums=False).on_packet(T0, half_made).packets) == 1


def test_what_is_not_ours_goes_on_to_the_kernel() -> None:
    worn = dress()
    gate = Gate([DST], [], [443], [ip_network("203.0.113.0/24")])
    mind = Sensor(SECRET, Fittings(OneProfile(SILENT), lambda *_: worn, gate))
    for fields in ({"dport": 443}, {"src": bytes([203, 0, 113, 9])}, {"ip6": True}):
        outcome = mind.on_packet(T0, packet(SYN, **fields))
        assert (outcome.verdict, outcome.packets) == (Verdict.ACCEPT, [])
    assert mind.tally.not_ours == 3
    assert mind.on_packet(T0, packet(SYN)).verdict is Verdict.DROP


@pytest.mark.parametrize("name", PERSONALITIES)
@pytest.mark.parametrize("closed", [[], [22]], ids=["open", "closed"])
def test_no_flags_with_rst_are_ever_answered_by_a_stranger(name: str, closed: list[int]) -> None:
    mind = sensor(BANNER, name, closed_ports=closed)
    for flags in range(256):
        outcome = mind.on_packet(T0, packet(flags | RST, flags, 7, b"x" * (flags & 1)))
        assert (outcome.packets, outcome.events) == ([], [])


@pytest.mark.parametrize("flags", [SYN, SYN | PSH, SYN | 0x20, SYN | 0xC0, SYN | 0x800])
def test_a_syn_is_a_syn_whatever_decorates_it(flags: int) -> None:
    assert [seg.flags & 0x3F for seg in said(sensor().on_packet(T0, packet(flags, 100, 99)))] == [SYN | ACK]


@pytest.mark.parametrize("flags", [0, FIN, FIN | PSH | 0x20, ACK, FIN | ACK, SYN | ACK, SYN | FIN])
def test_an_odd_probe_opens_nothing(flags: int) -> None:
    mind = sensor(BANNER)
    mind.on_packet(T0, packet(flags, 100, 7))
    assert (len(mind.flows), len(mind.holds), mind.next_deadline(), mind.tally.odd_probes) == (0, 0, None, 1)


def test_a_syn_costs_no_memory() -> None:
    mind = sensor(BANNER, half_open_max=10)
    for port in range(1, 5000):
        mind.on_packet(T0, packet(SYN, port, sport=port))
    assert (len(mind.flows), len(mind.holds), len(mind._deadlines)) == (0, 0, 10)
    assert mind.tally.synacks == 4999


def test_a_silent_held_connection_costs_no_memory() -> None:
    mind = sensor(half_open_max=10)
    for port in range(1, 2000):
        handshake(mind, sport=port)
    wait(mind, T0 + 10)
    assert (len(mind.flows), len(mind.holds), len(mind._deadlines)) == (0, 0, 0)
    assert mind.tally.opened == 1999


def test_keep_alives_do_not_pile_up_deadlines() -> None:
    from rawspoof.core.world.profile import Hold

    mind = sensor(profile(hold=Hold.TIMED, hold_s=5000.0))
    iss = handshake(mind)
    for _ in range(5000):
        assert len(mind.on_packet(T0 + 2, packet(ACK, 100, iss + 1)).packets) == 1
    assert len(mind._deadlines) <= 1024


def test_one_call_does_so_much_and_no_more() -> None:
    mind = sensor(half_open_max=1000)
    for port in range(1, 601):
        mind.on_packet(T0, packet(SYN, port, sport=port))
    done = [len(mind.on_time(T0 + 1).packets) for _ in range(4)]
    assert done == [256, 256, 88, 0]
    assert mind.next_deadline() is None


def test_the_table_of_connections_is_bounded_and_the_evicted_reported() -> None:
    mind = sensor(BANNER, flows_max=3)
    events = []
    for port in range(1, 6):
        iss = said(mind.on_packet(T0, packet(SYN, 100, sport=port)))[0].seq
        events += mind.on_packet(T0, packet(ACK, 101, iss + 1, sport=port)).events
    assert [event.reason for event in events if hasattr(event, "reason")] == ["evicted", "evicted"]
    assert (len(mind.flows), mind.tally.flows_evicted) == (3, 2)


def test_holds_are_bounded_and_one_too_many_is_never_closed() -> None:
    from rawspoof.core.world.profile import Hold

    mind = sensor(profile(hold=Hold.TIMED, hold_s=10.0), holds_max=3)
    for port in range(1, 6):
        handshake(mind, sport=port)
    closed = [seg for outcome in wait(mind, T0 + 20) for seg in said(outcome) if seg.flags & FIN]
    assert (mind.tally.holds_refused, len({seg.dport for seg in closed})) == (2, 3)


def test_a_completed_handshake_is_reported_once() -> None:
    mind = sensor()
    iss = handshake(mind)
    for _ in range(5):
        assert mind.on_packet(T0 + 1, packet(ACK, 101, iss + 1)).events == []
    assert mind.tally.opened == 1


def test_a_new_syn_from_the_same_port_opens_anew() -> None:
    mind = sensor()
    handshake(mind)
    handshake(mind, T0 + 5)
    assert mind.tally.opened == 2


def test_a_packet_with_ip_options_is_served_like_any_other() -> None:
    raw = bytearray(build(segment(SYN, 100)))
    long = bytes([0x46]) + raw[1:3] + bytes([44]) + raw[4:20] + b"\1\1\1\0" + raw[20:]
    assert len(sensor().on_packet(T0, long).packets) == 1
