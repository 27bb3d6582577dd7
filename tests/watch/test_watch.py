"""Sources are counted from their first packet, reported in time and no more often, and forgotten within bounds."""

import struct

from rawspoof.core.event import ServiceCredential, ServiceRequest, SessionClosed, SessionOpened
from rawspoof.core.watch.judge import Judge
from rawspoof.core.watch.report import reporter
from rawspoof.core.watch.rule import parse
from rawspoof.core.watch.sample import SAMPLES_MAX, unpack
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
    assert told == [("update", 2, 31), ("ended", 2, 303)]


def test_what_matters_is_told_a_second_later_and_once():
    eye = watch(idle_s=300, update_s=30)
    eye.saw(syn(22), T0)
    assert eye.due(T0 + 1) == [("detected", 1, 1)]
    eye.told(SessionOpened(T0 + 5, *NAMES, "openssh", b""))
    eye.told(SessionOpened(T0 + 5.5, *NAMES, "openssh", b""))
    assert (eye.next_due(), eye.due(T0 + 6)) == (T0 + 6, [("update", 1, 6)])
    eye.told(SessionOpened(T0 + 7, *NAMES, "openssh", b""))
    assert eye.due(T0 + 35) == []
    assert eye.due(T0 + 36) == [("update", 1, 36)]
    told = []
    for second in range(50, 56):
        eye.told(ServiceCredential(T0 + second + 0.5, *NAMES, "openssh", "password", b"root", b"root"))
        told += eye.due(T0 + second + 1.5)
    while len(eye):
        told += eye.due(eye.next_due())
    # The first try; five of them are brute force; what came after.
    assert told == [("update", 1, 51.5), ("update", 1, 55.5), ("ended", 1, 355.5)]


def test_words_that_tell_something_new_are_told_soon():
    def hear(source, data):
        source.hints = {**(source.hints or {}), data: 1.0}

    eye = Watch(lambda what, source, at: (what, at - T0), Settings(), hear)
    eye.saw(syn(22), T0)
    eye.due(T0 + 1)
    eye.told(ServiceRequest(T0 + 5, *NAMES, "nginx", b"x", 1))
    assert eye.due(T0 + 6) == [("update", 6)]
    eye.told(ServiceRequest(T0 + 8, *NAMES, "nginx", b"x", 1))
    assert eye.due(T0 + 9) == []


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


def judged_watch(**settings):
    """A watch whose reports are true ones."""
    return Watch(reporter(Judge(parse([]), lambda address: False)), Settings(**settings))


def until_quiet(eye):
    """All reports until every source is forgotten."""
    told = []
    while eye.next_due() is not None:
        told += eye.due(eye.next_due(), most=10_000)
    return told


def test_a_port_an_hour_is_a_slow_scan_from_the_third_on():
    eye = judged_watch()
    told = []
    for hour, port in enumerate((22, 3389, 445, 5900)):
        eye.saw(syn(port), T0 + 3600 * hour)
        told.append([event.techniques for event in until_quiet(eye)])
    assert told == [[("syn",)] * 2] * 2 + [[("syn", "slow")] * 2] * 2


def test_one_port_an_hour_again_and_again_is_none():
    eye = judged_watch()
    for hour in range(10):
        eye.saw(syn(443), T0 + 3600 * hour)
        assert {event.techniques for event in until_quiet(eye)} == {("syn",)}


def test_quiet_sources_are_remembered_within_bounds():
    eye = judged_watch(quiet_max=10)
    for number in range(30):
        eye.saw(syn(src=number.to_bytes(4)), T0 + 400 * number)
        until_quiet(eye)
    assert eye.lost.quiet == 20


def test_decoys_stay_decoys_when_the_others_are_gone():
    eye = judged_watch()
    probes = [syn(port)._replace(seq=0x12345678, wnd=1024) for port in (22, 23)]
    for octet in (1, 2, 3):
        eye.saw(probes[0]._replace(key=bytes((198, 51, 100, octet)) + probes[0].key[4:]), T0)
    # One goes on, long after the decoys are forgotten.
    told = eye.due(T0 + 1)
    eye.saw(probes[1]._replace(key=bytes((198, 51, 100, 3)) + probes[1].key[4:]), T0 + 200)
    told += until_quiet(eye)
    assert [(event.techniques, event.verified) for event in told] == [(("syn", "decoy"), False)] * len(told)
    assert told[-1].at > T0 + 499


def test_a_sweep_is_told_by_its_addresses():
    eye = judged_watch()
    for octet in range(50):
        eye.saw(syn()._replace(key=SRC + bytes((10, 0, 0, octet)) + struct.pack("!HH", 40000, 22)), T0)
    (found,) = eye.due(T0 + 1)
    assert (found.techniques, found.target_count, found.port_count) == (("syn", "sweep"), 50, 50)


def test_connections_at_a_time_are_counted_at_their_most():
    eye = watch()
    eye.saw(syn(), T0)
    for number in range(3):
        eye.told(SessionOpened(T0 + number, *NAMES, "", b""))
    for _ in range(2):
        eye.told(SessionClosed(T0 + 4, *NAMES, "done", 0, 0, 1.0))
    eye.told(SessionOpened(T0 + 5, *NAMES, "", b""))
    assert (eye.source(SRC).opened, eye.source(SRC).peak) == (4, 3)


def test_a_kernel_s_resets_take_no_room_of_samples():
    eye = watch()
    for port in range(1, 40):
        eye.saw(syn(port), T0)
        eye.saw(syn(port)._replace(flags=4), T0)
    kept = [unpack(packed) for packed in eye.source(SRC).samples]
    assert [seg.dport for seg in kept[:SAMPLES_MAX]] == list(range(1, SAMPLES_MAX + 1))
    # What comes later is kept where it is something new.
    for port in range(40, 50):
        eye.saw(syn(port)._replace(flags=0), T0)
    kept = [unpack(packed) for packed in eye.source(SRC).samples]
    assert [seg.flags for seg in kept[SAMPLES_MAX:]] == [0]


def test_ports_touched_for_the_first_time_wait_to_be_taken_as_many_as_may():
    eye = watch(fresh_max=3)
    for port in (22, 22, 80, 443, 8080):
        eye.saw(syn(port), T0)
    assert eye.fresh() == [(SRC, DST, 22), (SRC, DST, 80), (SRC, DST, 443)]
    eye.saw(syn(22), T0)
    eye.saw(syn(23), T0)
    assert eye.fresh() == [(SRC, DST, 23)]
    assert eye.fresh() == []


def test_nobody_keeps_touched_ports_who_was_not_asked_to():
    eye = watch()
    eye.saw(syn(22), T0)
    assert eye.fresh() == []
