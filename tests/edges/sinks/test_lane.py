"""A lane writes every event once and in order, whatever its sink does, as far as there is room or a store."""

import threading

import pytest

from rawspoof.core.event import SynData
from rawspoof.edges.sinks import lane
from rawspoof.edges.sinks.base import Forgotten, Tally
from rawspoof.edges.sinks.lane import Lane

from .samples import CaptureSink

WAIT_S = 20.0


def event(number):
    return SynData(float(number), bytes(4), 1, bytes(4), 2, b"x", number)


class Flaky(CaptureSink):
    """Fails until it is told not to; says when it was tried and when it has enough."""

    def __init__(self, enough):
        super().__init__("flaky")
        self.tried, self.full = threading.Event(), threading.Event()
        self.enough = enough
        self.error = OSError("away")

    def write(self, batch, first=0):
        self.tried.set()
        super().write(batch, first)
        if len(self.events) >= self.enough:
            self.full.set()


class Spool:
    """A store that has all there ever was."""

    def __init__(self, events):
        self.events, self.taken = events, {}

    def read(self, after, most):
        return after + 1, self.events[after : after + most]

    def position(self, sink):
        return self.taken.get(sink)

    def remember(self, sink, number):
        self.taken[sink] = number


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(lane, "RETRY_S", 0.001)
    monkeypatch.setattr(lane, "LAG_S", 0.001)


def test_a_batch_that_failed_comes_again():
    sink = Flaky(3)
    way = Lane(sink, 10)
    way.put(1, [event(1), event(2)])
    assert sink.tried.wait(WAIT_S)
    way.put(3, [event(3)])
    sink.error = None
    assert sink.full.wait(WAIT_S)
    assert way.close(WAIT_S)
    assert [e.size for e in sink.events] == [1, 2, 3]
    assert way.failed.count >= 1
    assert way.written == 3


def test_without_a_store_the_oldest_go_and_are_counted():
    sink = Flaky(5)
    way = Lane(sink, 5)
    way.put(1, [event(n) for n in range(1, 4)])
    assert sink.tried.wait(WAIT_S)
    way.put(4, [event(n) for n in range(4, 21)])
    sink.error = None
    assert sink.full.wait(WAIT_S)
    assert way.close(WAIT_S)
    assert [e.size for e in sink.events][-5:] == [16, 17, 18, 19, 20]
    assert way.dropped.count + len(sink.events) == 20


def test_with_a_store_nothing_is_lost_and_nothing_comes_twice():
    everything = [event(n) for n in range(1, 2001)]
    spool, sink = Spool([]), Flaky(2000)
    spool.taken["flaky"] = 0
    way = Lane(sink, 10, spool)
    for number in range(0, 2000, 50):
        way.put(number + 1, everything[number : number + 50])
        if number == 1000:
            spool.events = everything
            sink.error = None
    assert sink.full.wait(WAIT_S)
    assert way.close(WAIT_S)
    assert [e.size for e in sink.events] == list(range(1, 2001))
    assert spool.taken["flaky"] == 2000


class Late(Spool):
    """A store that is slower than the sink that failed: it has nothing at the first looks."""

    looks = 0

    def read(self, after, most):
        self.looks += 1
        return (after + 1, []) if self.looks < 4 else super().read(after, most)


def test_what_failed_is_waited_for_where_the_store_has_it_later():
    everything = [event(1), event(2), event(3)]
    spool, sink = Late(everything), Flaky(3)
    way = Lane(sink, 1000, spool)
    way.put(1, everything)
    assert sink.tried.wait(WAIT_S)
    sink.error = None
    assert sink.full.wait(WAIT_S)
    assert way.close(WAIT_S)
    assert [e.size for e in sink.events] == [1, 2, 3]


class Forgetful(Flaky):
    """Loses all but the first ten once, and says so when it is asked to take more."""

    def write(self, batch, first=0):
        if first == 51 and len(self.events) == 50:
            del self.events[10:]
            raise Forgotten(10)
        super().write(batch, first)


def test_what_the_far_end_lost_is_told_again():
    everything = [event(n) for n in range(1, 61)]
    spool, sink = Spool(everything[:50]), Forgetful(50)
    sink.error = None
    way = Lane(sink, 1000, spool)
    way.put(1, everything[:50])
    assert sink.full.wait(WAIT_S)
    sink.full.clear()
    sink.enough = 60
    spool.events = everything
    way.put(51, everything[50:])
    assert sink.full.wait(WAIT_S)
    assert way.close(WAIT_S)
    assert [e.size for e in sink.events] == list(range(1, 61))


def test_after_a_restart_it_goes_on_where_it_was():
    spool, sink = Spool([event(n) for n in range(1, 101)]), Flaky(60)
    spool.taken["flaky"], sink.error = 40, None
    way = Lane(sink, 1000, spool)
    way.put(101, [])
    assert sink.full.wait(WAIT_S)
    assert way.close(WAIT_S)
    assert [e.size for e in sink.events] == list(range(41, 101))


def test_a_sink_that_is_new_begins_with_what_is_new():
    everything = [event(n) for n in range(1, 101)]
    spool, sink = Spool(everything), Flaky(10)
    sink.error = None
    way = Lane(sink, 1000, spool)
    way.put(91, everything[90:])
    assert sink.full.wait(WAIT_S)
    assert way.close(WAIT_S)
    assert [e.size for e in sink.events] == list(range(91, 101))


class Torn(Spool):
    """A store that lost some events, and is broken the first time."""

    broken = True

    def read(self, after, most):
        if self.broken:
            self.broken = False
            raise OSError("disk full")
        return (31, self.events[30:]) if after < 30 else super().read(after, most)


def test_what_the_store_lost_is_counted_and_passed_over():
    everything = [event(n) for n in range(1, 101)]
    spool, sink = Torn(everything), Flaky(70)
    spool.taken["flaky"], sink.error = 10, None
    way = Lane(sink, 1000, spool)
    way.put(101, [])
    assert sink.full.wait(WAIT_S)
    assert way.close(WAIT_S)
    assert [e.size for e in sink.events] == list(range(31, 101))
    assert (way.missed.count, way.failed.count) == (20, 1)


def test_a_lane_that_never_had_anything_closes_its_sink():
    sink = CaptureSink()
    assert Lane(sink, 5).close(0.0)
    assert sink.done == ["close"]


def test_what_waits_and_what_is_lost_is_known():
    sink = Flaky(9)
    sink.lost = Tally("events lost")
    held = Lane(sink, 10, Spool([event(n) for n in range(1, 6)]))
    assert (held.waiting, held.lost) == (0, 0)
    held.put(1, [event(n) for n in range(1, 6)])
    assert sink.tried.wait(WAIT_S)
    assert held.waiting == 5
    sink.error, sink.enough = None, 5
    assert sink.full.wait(WAIT_S)
    sink.lost.add(2)
    assert held.lost == 2
    assert held.close(WAIT_S)
    assert held.waiting == 0
    assert Lane(CaptureSink(), 10).lost == 0


def test_a_backlog_goes_without_a_new_event_and_a_new_sink_begins_with_now():
    spool = Spool([event(n) for n in range(1, 6)])
    spool.taken["flaky"] = 3
    sink = Flaky(2)
    sink.error = None
    known = Lane(sink, 10, spool)
    known.put(6, [])
    assert sink.full.wait(WAIT_S)
    assert known.close(WAIT_S)
    assert [found.size for found in sink.events] == [4, 5]
    new = Flaky(1)
    new.error, new.name = None, "new"
    fresh = Lane(new, 10, spool)
    fresh.put(6, [])
    spool.events.append(event(6))
    fresh.put(6, [event(6)])
    assert new.full.wait(WAIT_S)
    assert fresh.close(WAIT_S)
    assert [found.size for found in new.events] == [6]
