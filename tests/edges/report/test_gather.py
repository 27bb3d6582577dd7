"""What a report is made of is found in the store, and only that of the time in question."""

import msgspec

from rawspoof.edges.report.gather import found
from rawspoof.edges.report.summary import summarise
from rawspoof.edges.store.database import Store
from rawspoof.edges.store.queries import Reader
from tests.edges.report.made import scan
from tests.edges.sinks.samples import AT, EXAMPLES, OPENED, SRC, SRC6


def test_the_last_report_of_each_scan_counts(tmp_path):
    store = Store(tmp_path, 30, 100)
    day_later = AT + 86400
    store.write([*EXAMPLES, scan(packets=10, name="two"), scan(packets=30, name="two")], 1)
    store.write([scan(packets=50, name="two", at=day_later, last_at=day_later)], 50)
    store.write([scan(SRC6, "old", at=AT - 7200, last_at=AT - 7200, first_at=AT - 7300)], 60)
    store.write([msgspec.structs.replace(OPENED, at=AT - 7200)], 61)
    store.close()
    reader = Reader(tmp_path)
    got = summarise(found(reader, AT - 3600, day_later + 1), AT - 3600, day_later + 1)
    assert {source.address: source.packets for source in got.sources} == {SRC: 2002 + 50}
    assert (got.connections, got.tried.times, got.scans) == (1, 1, 2)
    assert got.ports[0] == (443, 0, 1) or (443, 1, 1) in got.ports
    assert summarise(found(reader, AT - 8000, AT), AT - 8000, AT).source_count == 2
    assert summarise(found(reader, AT + 10**7, AT + 10**8), 0, 1).events == 0
    reader.close()
