"""An RFC 5424 message is one line of seven parts, whatever an event, a name or a form puts into it."""

import re

import pytest

from rawspoof.config.sinks import Syslog as Settings
from rawspoof.core.event import ServiceRequest
from rawspoof.edges.sinks.chosen import Chosen, Row
from rawspoof.edges.sinks.ecs import lines
from rawspoof.edges.sinks.syslog import Syslog, header, message

from .samples import AT, CREDENTIAL, DETECTED, DST, EXAMPLES, OPENED, SRC

MESSAGE = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([!-~]{1,255}) ([!-~]{1,48}) - ([!-~]{1,32}) "
    rb'\[x@1 number="(\d+)" id="((?:[^"\\\]]|\\["\\\]])*)"\] ([^\x00-\x08\x0a-\x1f\x7f]*)'
)


def made(event, text=b"text", sensor="trap", number=1):
    (row,) = Chosen(sensor)([event], number)
    return message(row, text, 1, header(sensor, "rawspoof"), "x@1")


@pytest.mark.parametrize("event", EXAMPLES)
def test_every_event_is_a_message(event):
    assert MESSAGE.fullmatch(made(event))


def test_severity_follows_the_level():
    assert [MESSAGE.fullmatch(made(event))[1] for event in (OPENED, DETECTED, CREDENTIAL)] == [b"14", b"13", b"12"]


@pytest.mark.parametrize("sensor", ['a b"]\\\n\x1b[2J', "ü" * 300, "", "x" * 1000])
def test_a_host_of_any_name(sensor):
    assert MESSAGE.fullmatch(made(OPENED, sensor=sensor))


def test_an_id_is_escaped():
    row = Row(1, 'a"b]c\\d', OPENED)
    found = MESSAGE.fullmatch(message(row, b"", 1, header("s", "a"), "x@1"))
    assert found[7] == b'a\\"b\\]c\\\\d'


def test_a_form_cannot_begin_a_second_message():
    found = MESSAGE.fullmatch(made(OPENED, b"one\r\n<13>1 two\x1b[2J\x00\x7f\ttab\xc3\xa4\n"))
    assert found[8] == b"one__<13>1 two_[2J__\ttab\xc3\xa4"


def test_a_message_is_cut_between_characters_and_counted(caplog):
    sink = Syslog(Settings(url="udp://h", message_bytes_max=480), "s", lambda event: "ä".encode() * 1_000_000, None)
    (row,) = Chosen("s")([OPENED], 1)
    cut = sink._message(row)
    assert 478 < len(cut) <= 480
    assert cut.decode().endswith("ä")
    assert "messages cut: 1 so far" in caplog.text


def test_the_largest_request_is_cut_to_what_servers_take():
    sink = Syslog(Settings(url="udp://h"), "s", lines("s"), None)
    (row,) = Chosen("s")([ServiceRequest(AT, SRC, 1, DST, 2, "x", b"\xff" * 16384, 16384)], 1)
    assert len(sink._message(row)) == 8192
