"""A source as an event: everything counted, everything judged, nothing without bound."""

from rawspoof.core.event import RANGES_TOLD_MAX, TARGETS_TOLD_MAX, ScanDetected, ScanEnded, ScanUpdate, Target
from rawspoof.core.watch.report import Judgement, reporter
from rawspoof.core.watch.watch import Watch
from tests.peers import DST, SRC, T0, segment

FOUND = Judgement(("syn",), "nmap", 0.9, "linux", 250, 1, ("T1595.001",))


def seen(*segments):
    watch = Watch(lambda *_: None)
    for seg in segments:
        watch.saw(seg, T0)
    return watch.source(SRC)


def test_each_kind_of_report_has_an_event_of_its_own():
    make = reporter(lambda source, at: FOUND)
    source = seen(segment(2, 0, 0, dport=22), segment(2, 0, 0, dport=23), segment(4, 0, 0, dport=22))
    for what, kind in (("detected", ScanDetected), ("update", ScanUpdate), ("ended", ScanEnded)):
        event = make(what, source, T0 + 5)
        assert type(event) is kind
        assert (event.at, event.src, event.dst, event.dport) == (T0 + 5, SRC, DST, 22)
        assert (event.packets, event.kinds) == (3, {"syn": 2, "rst": 1})
        assert event.targets == (Target(DST, 2, "22-23"),)
        assert (event.tool, event.risk, event.attack) == ("nmap", 250, ("T1595.001",))


def test_long_lists_are_cut_and_counted():
    source = seen(
        *(segment(2, 0, 0, dport=port) for port in range(1, 1000, 2)),
        *(segment(2, 0, 0)._replace(key=SRC + bytes((10, 0, 0, n)) + bytes(4)) for n in range(40)),
    )
    event = reporter(lambda source, at: FOUND)("update", source, T0)
    assert (len(event.targets), event.target_count, event.port_count) == (TARGETS_TOLD_MAX, 41, 540)
    assert event.targets[0].count == 500
    assert event.targets[0].ports.count(",") == RANGES_TOLD_MAX


def test_a_scan_keeps_its_name():
    source = seen(segment(2, 0, 0))
    make = reporter(lambda source, at: FOUND)
    assert make("detected", source, T0).scan == make("ended", source, T0 + 99).scan
    assert len(make("detected", source, T0).scan) == 16
