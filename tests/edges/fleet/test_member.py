"""A member says how it is and shares its blocks, and goes on where the broker does not."""

from collections import deque
from queue import SimpleQueue

import pytest

from rawspoof.edges.fleet import health, member
from rawspoof.edges.fleet.exchange import Exchange
from rawspoof.edges.fleet.member import About, Member
from rawspoof.edges.sinks.dispatcher import Dispatcher
from rawspoof.edges.sinks.lane import Lane
from tests.edges.fleet.brokers import WAIT_S, FakeClient
from tests.edges.fleet.test_exchange import T0, A, B, added, blocked, key, removed
from tests.edges.sinks.samples import CaptureSink

ABOUT = About("here", "host-1", "9.9", T0 - 60, 2, "events")


class Case:
    """A member whose dials give these, one after the other: clients, or errors."""

    def __init__(self, *dialled, blocks=(), shares=True):
        self._dialled = deque(dialled)
        self.wanted = SimpleQueue()
        self.room = True
        exchange = Exchange("here", blocks, 100, True, True) if shares else None
        self.member = Member(ABOUT, self._dial, exchange, "$KV.RAWSPOOF_BLOCKS.>", self._ask, 3600.0, lambda: T0)

    def __enter__(self):
        self.member.start(Dispatcher([Lane(CaptureSink("events"), 10)], 0), lambda: {"malformed": 7})
        return self

    def __exit__(self, *_):
        self.member.stop()

    def _dial(self):
        if not self._dialled:
            raise ConnectionRefusedError
        found = self._dialled.popleft()
        if isinstance(found, Exception):
            raise found
        return found

    def _ask(self, shared):
        if self.room:
            self.wanted.put(shared)
            return True
        self.room = True
        return False


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(member, "RETRY_S", 0.001)
    monkeypatch.setattr(member, "TURN_S", 0.01)


def said_of(client, wanted):
    """The first thing put below this subject."""
    while not (request := client.put()).subject.startswith(wanted):
        pass
    return request


def test_it_says_how_it_is():
    client = FakeClient()
    with Case(client, shares=False):
        request = said_of(client, "$KV.RAWSPOOF_SENSORS.")
    assert request.subject == "$KV.RAWSPOOF_SENSORS.here"
    said = health.decode(request.data)
    assert (said.at, said.host, said.version, said.started_at, said.workers) == (T0, "host-1", "9.9", T0 - 60, 2)
    assert (said.waiting, said.lost) == (0, 0)
    assert said.counters == {"malformed": 7, "fleet_failed": 0}
    assert client.subscribed == []


def test_blocks_go_both_ways():
    client = FakeClient([key()])
    with Case(client, blocks=[blocked(B)]) as case:
        assert said_of(client, "$KV.RAWSPOOF_BLOCKS.").subject.endswith(B.hex())
        assert case.wanted.get(timeout=WAIT_S).by == "north"
        case.member.write([added(), removed(B)])
        told = {client.put().subject.rpartition(".")[2] for _ in range(3)}
        assert {A.hex(), B.hex()} <= told


def test_a_broker_that_dies_or_refuses_is_tried_again():
    first, second = FakeClient(), FakeClient()
    refusing = FakeClient(refused="$KV.")
    with Case(TimeoutError(), refusing, first, ValueError("not NATS"), second, blocks=[blocked()]) as case:
        said_of(first, "$KV.RAWSPOOF_SENSORS.")
        first.gone = True
        said_of(second, "$KV.RAWSPOOF_SENSORS.")
        assert refusing.closed
        assert first.closed
        assert case.member.counts()["fleet_failed"] == 4


def test_a_supervisor_without_room_is_asked_again():
    case = Case(FakeClient([key()]))
    case.room = False
    with case:
        assert case.wanted.get(timeout=WAIT_S).by == "north"


def test_who_shares_no_blocks_keeps_none_in_mind():
    case = Case(FakeClient(), shares=False)
    case.member.write([added()])
    assert not case.member._events
    case.member.reopen()
    case.member.close()
