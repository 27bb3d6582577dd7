"""A stream is read in order, without a hole, and what is missing is noticed."""

import pytest

from rawspoof.edges.hub.pull import BATCH, Puller, asked
from rawspoof.edges.sinks.nats_client import Message, NatsError
from tests.edges.hub.brokers import Broker, stamp
from tests.edges.sinks.samples import OPENED

POLICY = {"deliver_policy": "by_start_sequence", "opt_start_seq": 3}


@pytest.fixture
def broker():
    made = Broker()
    made.tell("a", *((number, OPENED) for number in range(1, 6)))
    return made


def puller(client):
    return Puller(client, "RAWSPOOF", "rawspoof.>", POLICY)


def test_it_begins_where_it_is_told_and_goes_on(broker):
    reading = puller(broker.dial())
    assert [(m.number, m.stamp, m.behind) for m in reading.take(0.0, 0)] == [(n, stamp(n), 5 - n) for n in (3, 4, 5)]
    assert reading.take(0.0, 0) == []
    broker.tell("b", (1, OPENED))
    assert [(m.number, m.subject) for m in reading.take(0.0, 0)] == [(6, "rawspoof.b.session.open")]


def test_no_more_than_a_batch_is_taken_at_a_time(broker):
    broker.tell("a", *((number, OPENED) for number in range(6, 2 * BATCH)))
    client = broker.dial()
    reading = puller(client)
    assert len(reading.take(0.0, 0)) <= 2 * BATCH


def test_a_hole_is_noticed(broker):
    client = broker.dial()
    client.skip = {2}
    with pytest.raises(NatsError, match="message 2 did not come"):
        puller(client).take(0.0, 0)


@pytest.mark.parametrize(
    ("status", "fine"),
    [
        (b"408 Request Timeout", True),
        (b"409 Message Size Exceeds MaxBytes", True),
        (b"409 Consumer Deleted", False),
        (b"503", False),
    ],
)
def test_ends_of_what_was_asked_for(broker, status, fine):
    client = broker.dial()
    client.status, reading = status, None
    reading = puller(client)
    if fine:
        assert len(reading.take(0.0, 0)) == 3
    else:
        with pytest.raises(NatsError, match=r"Consumer Deleted|nobody there"):
            reading.take(0.0, 0)


def test_a_broker_that_says_nothing_is_given_up(broker, monkeypatch):
    monkeypatch.setattr("rawspoof.edges.hub.pull.EXPIRES_S", -1.0)
    client = broker.dial()
    client.publish = lambda *_: None
    with pytest.raises(TimeoutError, match="says nothing"):
        puller(client).take(0.0, 0)


@pytest.mark.parametrize("where", ["", "$JS.ACK.a.b", "$JS.ACK.S.c.1.x.1.1.0", "rawspoof.a.b.c.d.e.f.g.h"])
def test_what_is_not_of_jetstream_is_an_error(broker, where):
    client = broker.dial()
    reading = puller(client)
    broker.messages = broker.messages[:2]
    reading.take(0.0, 0)
    client.publish("$JS.API.CONSUMER.MSG.NEXT.x", b'{"max_bytes": 1}', "elsewhere")
    client.heard[-1] = client.heard[-1]._replace(answer_to=where)
    with pytest.raises(NatsError, match="not of JetStream"):
        reading.take(0.0, 0)


def test_newer_servers_say_more(broker):
    client = broker.dial()
    reading = puller(client)
    client.publish = lambda *_: None
    client.heard.append(Message("rawspoof.a.b", "$JS.ACK._.h.S.c.1.7.1.9.4.r", b"", b""))
    (found,) = reading.take(0.0, 0)
    assert (found.number, found.stamp, found.behind) == (7, 9, 4)


def test_a_refusal_is_an_error(broker):
    client = broker.dial()
    client.ask = lambda _: [b'{"error": {"code": 404, "description": "stream not found"}}']
    with pytest.raises(NatsError, match="stream not found"):
        asked(client, "STREAM.INFO.X")
