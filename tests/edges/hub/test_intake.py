"""Each event is kept once, whatever the broker, the store or the hub went through meanwhile."""

import sqlite3

import msgspec
import pytest

from rawspoof.edges.fleet.streams import EVENTS
from rawspoof.edges.hub import intake as module
from rawspoof.edges.hub.intake import Intake, moment
from rawspoof.edges.hub.sensors import Sensors
from rawspoof.edges.store.database import Store
from rawspoof.edges.store.places import Places
from rawspoof.edges.store.queries import Reader
from tests.edges.hub.brokers import NOW, Broker
from tests.edges.sinks.samples import AT, OPENED

DAY_S = 86_400.0


def one(number):
    return number, msgspec.structs.replace(OPENED, at=AT + number, sport=number)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    monkeypatch.setattr(module, "RETRY_MAX_S", 0.0)
    made = Hub(tmp_path)
    yield made
    made.close()


class Hub:
    """A hub that can die and come again."""

    def __init__(self, folder):
        self.folder, self.broker = folder, Broker()
        self.shown = []
        self.begin()

    def begin(self):
        self.store, self.places = Store(self.folder, 30, 100, durable=True), Places(self.folder)
        self.sensors = Sensors(300.0)
        self.intake = Intake(
            self.broker.dial, self.store, self.places, len(self.kept()), 30, self.sensors, [self._show], lambda: NOW
        )

    def close(self):
        self.store.close()
        self.places.close()

    def again(self):
        self.close()
        self.begin()

    def run(self, turns=6):
        left = iter(range(turns))
        self.intake.run(lambda: next(left, None) is not None, 0)

    def kept(self):
        with_all = Reader(self.folder)
        found = [(one.number, one.sensor, one.event.sport) for one in with_all.events()]
        with_all.close()
        return found

    def _show(self, first, kept):
        self.shown += [(first + n, one.sensor, one.event.sport) for n, one in enumerate(kept)]


def test_what_sensors_told_is_kept_and_shown(hub):
    hub.broker.tell("a", one(1), one(2))
    hub.broker.tell("b", one(1))
    hub.run()
    assert hub.kept() == hub.shown == [(1, "a", 1), (2, "a", 2), (3, "b", 1)]
    listed = {told["name"]: told["events"] for told in hub.sensors.listed(NOW)}
    assert (listed, hub.sensors.behind, hub.sensors.state) == ({"a": 2, "b": 1}, 0, "")
    assert hub.places.of(EVENTS).number == 3


def test_it_goes_on_where_it_was(hub):
    hub.broker.tell("a", one(1))
    hub.run()
    hub.again()
    hub.broker.tell("a", one(2))
    hub.run()
    assert hub.kept() == hub.shown == [(1, "a", 1), (2, "a", 2)]


def test_a_death_before_the_place_was_noted_repeats_nothing(hub):
    hub.broker.tell("a", one(1), one(2))
    hub.intake._places.move = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        hub.run()
    assert (len(hub.kept()), hub.shown) == (2, [])
    hub.again()
    hub.broker.tell("a", one(3))
    hub.run()
    assert hub.kept() == [(1, "a", 1), (2, "a", 2), (3, "a", 3)]
    assert hub.shown == [(3, "a", 3)]


def test_a_stream_that_was_made_anew_is_read_from_its_beginning(hub):
    hub.broker.tell("a", one(1), one(2))
    hub.run()
    hub.broker.created, hub.broker.messages = "2026-02-02T00:00:00Z", []
    hub.broker.tell("a", one(2), one(3))
    hub.again()
    hub.run()
    assert hub.kept() == [(1, "a", 1), (2, "a", 2), (3, "a", 3)]


@pytest.mark.parametrize("grown", [0, 5])
def test_a_broker_that_lost_its_latest_is_read_from_the_beginning(hub, grown):
    hub.broker.tell("a", one(1), one(2), one(3))
    hub.run()
    # It crashed: what came last is gone, and its numbers are others' now.
    hub.broker.messages, hub.broker.salt = hub.broker.messages[:1], 5
    hub.broker.tell("b", *(one(n) for n in range(1, 2 + grown)))
    hub.broker.tell("a", one(2), one(3))
    hub.again()
    hub.run()
    names = [(sensor, number) for _, sensor, number in hub.kept()]
    assert names == [*(("a", n) for n in (1, 2, 3)), *(("b", n) for n in range(1, 2 + grown))]
    assert [number for number, _, _ in hub.kept()] == list(range(1, 5 + grown))


def test_what_is_no_event_is_counted_and_passed_over(hub):
    hub.broker.messages.append(("rawspoof.a.x", b"", b"nonsense"))
    hub.broker.messages.append(("rawspoof", b"", b"nonsense"))
    hub.broker.tell("a", one(1), (2, msgspec.structs.replace(OPENED, at=AT - 40 * DAY_S)))
    hub.run()
    assert (hub.kept(), hub.intake.refused.count) == ([(1, "a", 1)], 3)
    assert hub.sensors.listed(NOW)[0]["refused"] == 2
    assert hub.places.of(EVENTS).number == 4


def test_a_broker_that_is_away_is_waited_for(hub):
    hub.broker.tell("a", one(1))
    hub.broker.away = True
    hub.run()
    assert (hub.intake.failed.count, hub.sensors.troubles(NOW)) == (3, ["broker: nobody there"])
    hub.broker.away = False
    hub.run()
    assert (hub.shown, hub.sensors.troubles(NOW)) == ([(1, "a", 1)], [])
    assert all(client.closed for client in hub.broker.clients)


def test_a_store_that_cannot_be_written_loses_nothing(hub):
    hub.broker.tell("a", one(1))
    take, calls = hub.store.take, []

    def full(*given):
        calls.append(given)
        if len(calls) < 3:
            raise sqlite3.OperationalError("database or disk is full")
        return take(*given)

    hub.store.take = full
    hub.run(12)
    assert (hub.shown, hub.intake.failed.count) == ([(1, "a", 1)], 2)


def test_events_of_two_days_and_sensors_have_numbers_without_a_gap(hub):
    hub.broker.tell("a", one(1), (2, msgspec.structs.replace(OPENED, at=AT - DAY_S, sport=2)), one(3))
    hub.run()
    assert [number for number, _, _ in hub.kept()] == [1, 2, 3]
    assert sorted(hub.shown) == hub.kept()


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2026-11-22T12:01:01.046147238Z", 1795348861_046147238),
        ("2026-11-22T12:01:01.5Z", 1795348861_500000000),
        ("2026-11-22T12:01:01Z", 1795348861_000000000),
    ],
)
def test_moments_are_read_to_the_nanosecond(text, ns):
    assert moment(text) == ns
