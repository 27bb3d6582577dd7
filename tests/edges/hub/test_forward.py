"""Everybody's events go out in the name of whoever saw them, under their own numbers."""

import pytest

from rawspoof.edges.hub import forward
from rawspoof.edges.hub.forward import BySensor
from rawspoof.edges.store.database import Heard, Store
from rawspoof.edges.store.queries import Reader
from tests.edges.sinks.samples import CREDENTIAL, DATA, OPENED, CaptureSink


class Named(CaptureSink):
    """Knows what was written under which number."""

    def __init__(self, name, log):
        super().__init__()
        self.name, self.log, self.wrong = name, log, False

    def write(self, batch, first=0):
        if self.wrong:
            raise OSError("away")
        self.log.append((self.name, first, list(batch)))

    def reopen(self):
        self.log.append((self.name, "reopened"))

    def close(self):
        self.log.append((self.name, "closed"))


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path, 30, 100)
    made.take([Heard("a", 1, OPENED), Heard("a", 2, DATA), Heard("b", 1, OPENED), Heard("a", 3, CREDENTIAL)], 1)
    yield tmp_path
    made.close()


def sink(folder):
    log = []
    return BySensor("syslog", "hub", lambda name: Named(name, log), Reader(folder)), log


def test_each_in_its_sensors_name(store):
    made, log = sink(store)
    made.write([OPENED, DATA, OPENED, CREDENTIAL], 1)
    assert log == [("a", 1, [OPENED, DATA]), ("b", 3, [OPENED]), ("a", 4, [CREDENTIAL])]
    log.clear()
    made.reopen()
    made.close()
    assert log == [("a", "reopened"), ("b", "reopened"), ("a", "closed"), ("b", "closed")]
    made._reader.close()


def test_what_the_store_has_no_more_goes_out_in_the_hubs_name(store):
    made, log = sink(store)
    made.write([OPENED], 9)
    assert log == [("hub", 9, [OPENED])]
    made._reader.close()


def test_there_is_a_limit_to_sinks(store, monkeypatch):
    monkeypatch.setattr(forward, "SINKS_MAX", 1)
    made, log = sink(store)
    made.write([OPENED, DATA, OPENED], 1)
    assert [name for name, *_ in log] == ["a", "hub"]
    assert made.beyond.count == 1
    made._reader.close()


def test_one_that_is_away_raises(store):
    made, _ = sink(store)
    made.write([OPENED], 1)
    made._sinks["a"].wrong = True
    with pytest.raises(OSError, match="away"):
        made.write([OPENED], 1)
    made._reader.close()
