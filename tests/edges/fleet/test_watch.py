"""All keys, then each as it changes; whatever is missing or silent ends the watch."""

import json

import pytest

from rawspoof.edges.fleet import watch
from rawspoof.edges.fleet.watch import Watch
from rawspoof.edges.sinks.nats_client import Message, NatsError
from rawspoof.edges.sinks.stream import Garbage
from tests.edges.fleet.brokers import FakeClient, delivered

KEYS = [Message(f"$KV.B.{name}", "", b"", name.encode()) for name in ("a", "b", "c")]
HEARTBEAT = b"NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: %d\r\nNats-Last-Stream: 9\r\n\r\n"


def heartbeat(number):
    return Message("x", "", HEARTBEAT % number, b"")


def begun(keys=KEYS):
    client = FakeClient(keys)
    return client, Watch(client, "KV_B", "$KV.B.>")


def test_it_is_complete_when_all_that_was_there_has_come():
    client, watched = begun()
    later = client.heard.pop()
    assert [message.data for message in watched.take()] == [b"a", b"b"]
    assert not watched.complete
    client.heard.extend([later, heartbeat(3)])
    assert [message.data for message in watched.take()] == [b"c"]
    assert watched.complete
    assert begun([])[1].complete


def test_what_it_asks_for():
    client, _ = begun()
    wanted = json.loads(client.asked.get(timeout=1).data)
    assert wanted["config"]["deliver_policy"] == "last_per_subject"
    assert wanted["config"]["deliver_subject"] == client.subscribed[0]
    assert client.subscribed[0].startswith(client.inbox + ".")


@pytest.mark.parametrize(
    "message",
    [
        delivered(KEYS[0], 5),
        delivered(KEYS[0], 3),
        heartbeat(5),
        Message("x", "", b"NATS/1.0 409 Consumer Deleted\r\n\r\n", b""),
        KEYS[0],
        KEYS[0]._replace(answer_to="$JS.ACK.S.C.1.2.x.4.5"),
        KEYS[0]._replace(answer_to="$JS.ACK.S.C.1"),
    ],
)
def test_what_is_missing_or_no_delivery_ends_it(message):
    client, watched = begun()
    client.heard.append(message)
    with pytest.raises(Garbage):
        list(watched.take())


def test_a_server_with_domains_has_two_words_more():
    client, watched = begun()
    client.heard.append(KEYS[0]._replace(answer_to="$JS.ACK.hub.ACC.S.C.1.9.4.17.0.rand"))
    assert len(list(watched.take())) == 4


def test_silence_ends_it(monkeypatch):
    monkeypatch.setattr(watch, "SILENCE_S", -1.0)
    with pytest.raises(TimeoutError):
        list(begun()[1].take())


@pytest.mark.parametrize("said", [b"{}", b'{"num_pending": 1, "delivered": []}', b'{"num_pending": "x"}'])
def test_a_consumer_that_does_not_say_what_is_pending(said, monkeypatch):
    monkeypatch.setattr(FakeClient, "_answer", lambda *_: said)
    with pytest.raises(Garbage):
        begun()


def test_a_server_that_says_no():
    with pytest.raises(NatsError, match="KV_B: no"):
        Watch(FakeClient(refused="$JS.API.CONSUMER"), "KV_B", "$KV.B.>")
