"""A source's record is made of what the store has, and evidence of what the folder has."""

from rawspoof.edges.store.queries import Reader
from rawspoof.edges.web import records
from tests.edges.sinks import samples
from tests.edges.web.desk import context


def test_the_evidence_of_a_source(tmp_path):
    for name in (
        "198.51.100.42_0123456789abcdef_20250601T143207.000000.pcap",
        "198.51.100.42_0123456789abcdef_20250601T143208.000000.pcap",
        "198.51.100.43_ffffffffffffffff_20250601T143208.000000.pcap",
        "nonsense",
    ):
        (tmp_path / name).write_bytes(b"12345")
    (told,) = records.files(tmp_path, "198.51.100.42")
    assert told == {"scan": "0123456789abcdef", "files": 2, "bytes": 10, "at": 1748788328.0}
    assert records.files(tmp_path / "none", "198.51.100.42") == []


def test_a_timeline_has_room_for_every_event():
    assert records.timeline([]) == []
    parts = records.timeline([samples.OPENED, samples.DATA])
    assert parts == [{"at": samples.AT, "connections": 1, "events": 2}]


def test_the_ports_of_a_source(tmp_path):
    context(tmp_path)
    found = records.maps(Reader(tmp_path), samples.SRC)
    assert found[samples.DST].counts() == {"touched": 1000, "opened": 1, "asked": 1, "login": 1}
