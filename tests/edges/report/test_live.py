"""What is going on now, found in a store and laid out for a screen of any size."""

import msgspec

from rawspoof.edges.report.live import Here, Look, frame, look
from rawspoof.edges.report.sources import join
from rawspoof.edges.store.database import Store
from rawspoof.edges.store.queries import Reader
from tests.edges.report.made import hostile, scan
from tests.edges.sinks.samples import AT, CLOSED, CREDENTIAL, OPENED, SRC, SRC6


def test_a_look(tmp_path):
    store = Store(tmp_path, 30, 100)
    store.write([OPENED, OPENED, CLOSED, CREDENTIAL, scan(verified=True), scan(SRC6, "six", risk=900)], 1)
    store.write([scan(bytes(4), "gone", last_at=AT - 900, at=AT - 900)], 10)
    store.write([msgspec.structs.replace(OPENED, src=SRC6, at=AT - 100)], 20)
    store.close()
    reader = Reader(tmp_path)
    seen = look(reader, AT + 1, 10)
    assert [here.source.address for here in seen.here] == [SRC6, SRC]
    assert [here.held for here in seen.here] == [0, 1]
    assert seen.active == 2
    assert (seen.rates["session.open"], seen.rates["service.credential"]) == (0.2, 0.1)
    assert len(look(reader, AT + 1, 1).here) == 1
    assert look(reader, AT + 1000, 10).here == ()
    reader.close()


def a_look(scans):
    return Look(AT, 3, tuple(Here(source, 5) for source in join(scans).values()), {"session.open": 2.5})


def test_a_frame():
    lines = frame(a_look([scan(verified=True), scan(SRC6, tool="")]), 120, 20)
    assert lines == [
        "rawspoof top  2025-06-01 14:32:07 UTC  3 scans now  (q quits, p pauses)",
        "per second: events 2.5, connections 2.5, requests 0.0, credentials 0.0",
        "",
        "source          level    packets    per s   ports   held  tried  tool               seen  techniques",
        "198.51.100.42       1       2002   1001.0    1001      5      3  nmap                0 s  syn half-open",
        "2001:db8::7        1?       2002   1001.0    1001      5      3  –                   0 s  syn half-open",
    ]
    assert "paused" in frame(a_look([]), 120, 20, paused=True)[0]


def test_a_frame_fits_any_screen():
    many = a_look([scan(bytes([203, 0, 113, number])) for number in range(100)])
    for width, height in ((80, 24), (20, 5), (5, 2), (1, 1)):
        lines = frame(many, width, height)
        assert len(lines) <= height
        assert max(map(len, lines)) <= width
    assert frame(many, 80, 24)[-1] == "… and 81 more"


def test_hostile_words_reach_no_terminal():
    text = "".join(frame(a_look(hostile().scans), 300, 60))
    assert "script" in text
    assert not set(text) - {*map(chr, range(32, 127)), *"…–"}
