"""Events as Elastic Common Schema."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.event import SessionClosed, SessionData, SessionOpened
from rawspoof.edges.sinks.ecs import document, lines, payload, timestamp

from .samples import AT, CLOSED, DATA, DST, EXAMPLES, OPENED, SRC, SYN


@pytest.mark.parametrize("event", EXAMPLES)
def test_who_where_and_when_are_the_same_for_every_kind(event):
    fields = document(event, "sensor-1")
    assert fields["@timestamp"] == "2025-06-01T14:32:07.841203Z"
    assert fields["source"]["port"] == 54312
    assert fields["destination"]["port"] == event.dport
    assert fields["network"]["transport"] == "tcp"
    assert fields["network"]["direction"] == "inbound"
    assert fields["observer"] == {"name": "sensor-1", "product": "rawspoof", "vendor": "rawspoof", "type": "sensor"}
    assert fields["event"]["category"][1] == "intrusion_detection"


def test_both_address_families():
    four, six = document(OPENED, "s"), document(SYN, "s")
    assert (four["source"]["ip"], four["destination"]["ip"]) == ("198.51.100.42", "192.0.2.1")
    assert (six["source"]["ip"], six["destination"]["ip"]) == ("2001:db8::7", "2001:db8::1")
    assert (four["network"]["type"], six["network"]["type"]) == ("ipv4", "ipv6")


def test_an_opened_session():
    fields = document(OPENED, "s")
    assert fields["event"] == {
        "kind": "event",
        "category": ["network", "intrusion_detection"],
        "type": ["connection", "start"],
        "action": "session.open",
        "module": "rawspoof",
        "dataset": "rawspoof.session",
    }
    greeting = {"text": "HTTP/1.1 200 \\r\\n", "hex": b"HTTP/1.1 200 \r\n".hex(), "size": 15}
    assert fields["rawspoof"] == {"proven": True, "service": "nginx", "greeting": greeting}


def test_data_heard():
    fields = document(DATA, "s")
    assert fields["event"]["type"] == ["connection", "info"]
    assert fields["source"]["bytes"] == 5000
    assert fields["rawspoof"]["payload"] == {
        "text": "\\x00\\xffGET \\\\ \"<b>'\\t",
        "hex": DATA.data.hex(),
        "size": 5000,
    }


def test_a_closed_session():
    fields = document(CLOSED, "s")
    assert fields["event"]["type"] == ["connection", "end"]
    assert (fields["event"]["reason"], fields["event"]["duration"]) == ("peer-fin", 1_500_000_000)
    counts = [fields[part]["bytes"] for part in ("source", "destination", "network")]
    assert counts == [7001, 21003, 28004]


def test_a_session_that_nobody_timed_has_no_duration():
    unknown = SessionClosed(AT, SRC, 1, DST, 2, "hold-over", 0, 0, -1.0)
    assert "duration" not in document(unknown, "s")["event"]


def test_data_on_a_syn_comes_from_an_address_that_is_not_proven():
    fields = document(SYN, "s")
    assert fields["rawspoof"]["proven"] is False
    assert fields["event"]["dataset"] == "rawspoof.syn"


@pytest.mark.parametrize(
    ("at", "text"), [(0.0, "1970-01-01T00:00:00.000000+00:00"), (1e9, "2001-09-09T01:46:40.000000+00:00")]
)
def test_a_whole_second_has_its_microseconds_too(at, text):
    assert timestamp(at) == text


@given(st.binary(max_size=600))
def test_text_is_short_and_plain_and_hex_is_whole(data):
    shown = payload(data, len(data))
    assert len(shown["text"]) <= 1024
    assert all(" " <= c <= "~" for c in shown["text"])
    assert bytes.fromhex(shown["hex"]) == data
    # What fits is not only printable but can be told back.
    assert shown["text"].encode().decode("unicode_escape").encode("latin-1") == data[:256]


@given(st.binary(max_size=64), st.text())
def test_an_event_is_one_line_of_json_whatever_is_in_it(data, service):
    line = lines("sensör\n")(SessionOpened(AT, SRC, 1, DST, 2, service, data))
    assert line.count(b"\n") == 1
    assert json.loads(line) == document(SessionOpened(AT, SRC, 1, DST, 2, service, data), "sensör\n")


@pytest.mark.parametrize(
    "event", [SessionData(1e18, SRC, 1, DST, 2, b"", 0), SessionData(AT, b"abc", 1, DST, 2, b"", 0)]
)
def test_what_no_sensor_makes_is_refused(event):
    with pytest.raises((ValueError, OverflowError, OSError)):
        document(event, "s")
