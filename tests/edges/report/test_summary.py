"""Sums over a time: fixed input, expected numbers."""

from rawspoof.core.event import Target
from rawspoof.edges.report import summary
from rawspoof.edges.report.summary import summarise
from tests.edges.report.made import HOSTILE, found, hostile, scan, tried, usual
from tests.edges.sinks.samples import AT, SRC, SRC6

SINCE, UNTIL = AT - 3600, AT + 3600


def test_sums():
    got = summarise(usual(), SINCE, UNTIL)
    assert [source.address for source in got.sources] == [SRC, SRC6]
    assert (got.source_count, got.proven_count, got.scans, got.packets) == (2, 1, 3, 6006)
    assert (got.connections, got.events, got.held_s) == (4, 9, 37.5)
    assert (got.bytes_in, got.bytes_out) == (3 * 77, 3 * 99)
    assert got.tools == [("nmap", 1)]
    assert got.techniques == [("brute-force", 1), ("fin", 1), ("half-open", 1), ("syn", 1)]
    assert got.attack == [("T1595.001", 2), ("T1110", 1)]


def test_ports_are_ordered_by_sources_then_connections():
    got = summarise(usual(), SINCE, UNTIL)
    assert got.ports == [(22, 2, 3), (20, 1, 0), (21, 1, 0), (23, 1, 0), (80, 0, 1)]


def test_credentials():
    got = summarise(usual(), SINCE, UNTIL).tried
    assert got.times == 3
    assert got.pairs == [((b"root", b"123456"), 2), ((b"root", b""), 1)]
    assert (got.users, got.secrets) == ([(b"root", 3)], [(b"123456", 2), (b"", 1)])


def test_lists_are_no_longer_than_asked_for():
    got = summarise(usual(), SINCE, UNTIL, 1)
    assert [len(each) for each in (got.sources, got.ports, got.techniques, got.tried.pairs)] == [1, 1, 1, 1]


def test_a_flood_of_credentials_is_bounded_and_the_frequent_stay(monkeypatch):
    monkeypatch.setattr(summary, "TRIED_MAX", 100)
    flood = [tried(b"root", b"%d" % number if number % 2 else b"123456") for number in range(2000)]
    got = summarise(found([], flood), SINCE, UNTIL, 1).tried
    assert got.times == 2000
    assert got.secrets == [(b"123456", 1000)]


def test_every_port_and_hostile_scans():
    every = scan(targets=(Target(SRC, 65535, "1-65535"),))
    assert summarise(found([every], []), SINCE, UNTIL, 70_000).ports[-1] == (65535, 1, 0)
    assert summarise(hostile(), SINCE, UNTIL).source_count == len(HOSTILE) + 1
