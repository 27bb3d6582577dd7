"""Events become counts; what was before a restart is counted from the store, once; a million of them take no longer."""

import msgspec

from rawspoof.core.event import SessionOpened
from rawspoof.edges.store.database import Store
from rawspoof.edges.store.queries import Reader
from rawspoof.edges.web.live import FEED_MAX, RECENT_MAX, Live
from tests.edges.sinks import samples
from tests.edges.web.desk import EVENTS

NOW = samples.AT + 10.0


def live(*events, started_at=samples.AT - 100.0):
    made = Live(started_at, lambda address: "DE")
    made.write(events, 1)
    return made


def told(made):
    counts = made.counts(NOW)
    return counts | {"recent": made.connections_told(500), "ports": made.ports_told(b"")["counts"]["opened"]}


def opened(number, at=samples.AT):
    return SessionOpened(at, number.to_bytes(4), 1, samples.DST, number % 65536, "x", b"")


def test_a_restart_changes_no_number(tmp_path):
    # One of the sources comes twice, so that somebody leads.
    events = [opened(7), *(e for e in EVENTS if e is not samples.SYN), *(opened(n) for n in range(2000))]
    store = Store(tmp_path, 30, 100)
    store.write(events, 1)
    store.close()
    before, after = live(*events), live(*events[1000:])
    after.recall(Reader(tmp_path), before=1001)
    one, other = told(before), told(after)
    for count in ("events", "total_connections", "sources", "ports", "last_connection"):
        assert one[count] == other[count], count
    assert sorted(one["top_ips"][:1], key=str) == sorted(other["top_ips"][:1], key=str)


def test_what_was_before_the_start_is_known_and_not_counted(tmp_path):
    store = Store(tmp_path, 30, 100)
    store.write(EVENTS, 1)
    store.close()
    made = live(started_at=samples.AT + 1.0)
    made.recall(Reader(tmp_path), before=100)
    counts = made.counts(NOW)
    assert (counts["sources"], counts["total_connections"], counts["events"]) == (1, 0, 0)
    assert counts["top_tools"] == [{"name": "nmap", "count": 1}]


def test_blocks_come_and_go():
    made = live(samples.BLOCKED)
    assert made.blocks[samples.SRC]["until"] == samples.AT + 60.0
    made.write([samples.UNBLOCKED], 2)
    assert made.blocks == {}


def test_whose_block_it_is():
    of_paris = msgspec.structs.replace(samples.BLOCKED, by="paris")
    made = live(of_paris)
    assert made.blocks[samples.SRC]["sensor"] == "paris"
    made.write([msgspec.structs.replace(samples.UNBLOCKED, by="paris")], 2)
    assert made.blocks == {}


def test_a_sensor_tells_a_hub_of_its_own_blocks_only():
    made, of_paris = live(), msgspec.structs.replace(samples.BLOCKED, by="paris")
    made.write([of_paris], 1, "lyon")
    assert made.blocks == {}
    made.write([samples.BLOCKED], 2, "paris")
    made.write([of_paris, msgspec.structs.replace(samples.UNBLOCKED, by="paris"), samples.UNBLOCKED], 3, "lyon")
    assert made.blocks[samples.SRC]["sensor"] == "paris"
    made.write([samples.UNBLOCKED], 6, "paris")
    assert made.blocks == {}


def test_the_feed_is_bounded_and_says_what_it_left_out():
    made = live(*(opened(n) for n in range(1000)))
    events, skipped = made.feed.events()
    assert (len(events), skipped, events[-1][0]) == (FEED_MAX, 1000 - FEED_MAX, 1000)
    assert made.feed.events() == ([], 0)
    assert len(made.feed.changed()) == 50
    assert len(made.recent) == RECENT_MAX


def test_layers_of_a_port():
    made = live(samples.OPENED, samples.CREDENTIAL, samples.REQUEST, samples.DETECTED)
    counts = made.ports_told(samples.DST)["counts"]
    assert counts == {"touched": 1000, "opened": 1, "asked": 1, "login": 1}
    assert made.ports_told(b"\1\2\3\4")["counts"]["touched"] == 0


def test_an_event_of_an_ill_worker_breaks_nothing():
    made = live(msgspec.structs.replace(samples.OPENED, dport=99999), msgspec.structs.replace(samples.DATA, dport=-1))
    assert made.connections == 1
    made.reopen()
    made.close()
