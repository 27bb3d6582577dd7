"""Only what a sensor said in its own name, and can be kept, is an event."""

import msgspec
import pytest

from rawspoof.edges.hub.heard import AHEAD_S, NoEvent, heard, sensor_of
from rawspoof.edges.hub.pull import Pulled
from rawspoof.edges.sinks.nats_client import headed
from tests.edges.hub.brokers import event_message
from tests.edges.sinks.samples import AT, ENDED, EXAMPLES, OPENED


def message(event=OPENED, sensor="paris", theirs=7, **more):
    subject, headers, data = event_message(sensor, theirs, event)
    fields = {"subject": subject, "headers": headers, "data": data, "number": 3, "stamp": int(AT * 1e9), "behind": 0}
    return Pulled(**fields | more)


@pytest.mark.parametrize("event", EXAMPLES)
def test_every_kind_comes_as_it_was(event):
    assert heard(message(event), 0.0) == ("paris", 7, event)


def test_one_without_a_number_has_its_place():
    assert heard(message(headers=b""), 0.0).theirs == -3
    assert heard(message(headers=headed({"Nats-Msg-Id": "something else"})), 0.0).theirs == -3


@pytest.mark.parametrize(
    "changed",
    [
        {"data": b""},
        {"data": b"[" * 100_000},
        {"data": b'{"seq": 1}'},
        {"subject": "rawspoof.paris"},
        {"subject": "rawspoof.pa ris.syn.data"},
        {"subject": "other.paris.syn.data"},
        {"subject": f"rawspoof.{'x' * 65}.syn.data"},
        {"headers": headed({"Nats-Stream": "RAWSPOOF", "Nats-Msg-Id": "paris-1-0000000000000000"})},
    ],
)
def test_what_is_none(changed):
    with pytest.raises(NoEvent):
        heard(message(**changed), 0.0)


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (OPENED, {"at": AT + AHEAD_S + 1}),
        (OPENED, {"at": AT - 100.0}),
        (OPENED, {"src": b""}),
        (OPENED, {"dst": bytes(5)}),
        (OPENED, {"dport": 70_000}),
        (OPENED, {"sport": -1}),
        (ENDED, {"packets": 1 << 63}),
    ],
)
def test_what_cannot_be(event, fields):
    with pytest.raises(NoEvent, match="paris: "):
        heard(message(msgspec.structs.replace(event, **fields)), AT - 10.0)


def test_whose_subject():
    assert (sensor_of("rawspoof.paris.x"), sensor_of("rawspoof.paris"), sensor_of("x")) == ("paris", "", "")
