"""Sources are counted from their first packet, reported in time and no more often, and forgotten within bounds."""

import struct

from rawspoof.core.event import ServiceCredential, ServiceRequest, SessionClosed, SessionOpened
from rawspoof.core.watch.watch import DETECT_S, REPORTS_PER_S_MAX, Settings, Watch
from tests.peers import DST, SRC, T0, segment

NAMES = (SRC, 40000, DST, 22)


def syn(port=22, src=SRC):
    return segment(2, 0, 0, dport=port)._replace(key=src + DST + struct.pack("!HH", 40000, port))


def watch(**settings):
    """A watch whose reports are (what, ports, at)."""
    return Watch(lambda what, source, at: (what, source.new_ports, at - T0), Settings(**settings))


def test_a_source_is_reported_a_second_after_its_first_packet_then_at_its_pace_and_at_its_end():
    eye = watch(idle_s=300, update_s=30)
    assert eye.next_due() is None
    eye.saw(syn(22), T0)
    assert eye.next_due() == T0 + DETECT_S
    assert eye.due(T0 + 0.9) == []
    assert eye.due(T0 + 1) == [("detected", 1, 1)]
    eye.saw(syn(23), T0 + 2)
    eye.saw(syn(23), T0 + 3)
    told = []
    while len(eye):
        at = eye.next_due()
        told += eye.due(at)
    assert told == [("update", 2, 300), ("ended", 2, 303)] or told[-1][0] == "ended"
    assert [what for what, *_ in told] == ["update", "ended"]
    assert told[-1][2] == 303


def test_what_became_of_connections_is_counted():
    eye = watch()
    eye.saw(syn(), T0)
    eye.told(SessionOpened(T0 + 1, *NAMES, "openssh", b""))
    eye.told(ServiceRequest(T0 + 2, *NAMES, "openssh", b"x", 1))
    eye.told(ServiceCredential(T0 + 3, *NAMES, "openssh", "password", b"root", b"root"))
    eye.told(SessionClosed(T0 + 4, *NAMES, "peer-fin", 100, 200, 3.0))
    eye.told(SessionClosed(T0 + 5, *NAMES, "done", 1, 2, -1.0))
    source = eye.source(SRC)
    assert (source.opened, source.closed, source.requests, source.credentials) == (1, 2, 1, 1)
    assert (source.bytes_in, source.bytes_out, source.held_s, source.last_at) == (101, 202, 3.0, T0 + 5)
    assert source.verified


def test_what_is_told_of_a_stranger_is_nobody_s():
    eye = watch()
    eye.told(SessionOpened(T0, *NAMES, "openssh", b""))
    assert eye.source(SRC) is None


def test_a_flood_of_invented_sources_is_bounded_and_mostly_unreported():
    eye = watch(sources_max=1000)
    for number in range(5000):
        eye.saw(syn(src=number.to_bytes(4)), T0)
    assert len(eye) == 1000
    assert eye.lost.sources == 4000
    told = eye.due(T0 + 1, most=10_000)
    assert len(told) == REPORTS_PER_S_MAX
    assert eye.lost.reports == 1000 - REPORTS_PER_S_MAX
    while eye.next_due() is not None:
        told += eye.due(eye.next_due(), most=10_000)
    # Only who was reported has an end to report.
    assert [what for what, *_ in told].count("ended") == REPORTS_PER_S_MAX
    assert len(eye) == 0


def test_proven_sources_are_reported_in_any_flood():
    eye = watch()
    for number in range(200):
        eye.saw(syn(src=number.to_bytes(4)), T0)
        eye.told(SessionOpened(T0, number.to_bytes(4), 1, DST, 22, "", b""))
    assert len(eye.due(T0 + 1, most=1000)) == 200


def test_bitmaps_are_bounded_and_come_back():
    eye = watch(bitmaps_max=1)
    for port in range(100):
        eye.saw(syn(port), T0)
        eye.saw(syn(port, b"\5\5\5\5"), T0)
    assert eye.source(SRC).new_ports == 100
    assert eye.source(b"\5\5\5\5").new_ports == 16
    assert eye.lost.ports == 84
    eye.due(T0 + 1)
    eye.due(T0 + 400)
    assert len(eye) == 0
    for port in range(100):
        eye.saw(syn(port), T0 + 500)
    assert eye.source(SRC).new_ports == 100
