"""LEEF 2.0, read by a strict parser: header of six parts, then what the delimiter keeps apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof import __version__
from rawspoof.edges.sinks.forms import leef
from tests.edges.sinks.samples import CLOSED, CREDENTIAL, DETECTED, EXAMPLES, SYN

from .hostile import events, told

TAB, CARET = leef.lines("sensor-1"), leef.lines("sensor-1", leef.CARET)
DELIMITERS = st.sampled_from(((TAB, "\t"), (CARET, "^")))


def parsed(line: bytes, delimiter: str) -> tuple[str, dict[str, str]]:
    """The event's name and its attributes; whatever is not LEEF 2.0 with this delimiter fails."""
    prefix, vendor, product, version, name, told_delimiter, rest = line.decode("ascii").split("|", 6)
    assert (prefix, vendor, product, version) == ("LEEF:2.0", "rawspoof", "rawspoof", __version__)
    meant = chr(int(told_delimiter[1:], 16)) if re.fullmatch("x[0-9A-Fa-f]{2,4}", told_delimiter) else told_delimiter
    assert meant == delimiter
    pairs = [pair.partition("=") for pair in rest.split(delimiter)]
    assert all(re.fullmatch(r"[A-Za-z_0-9]+", key) and found for key, found, _ in pairs)
    assert len({key for key, _, _ in pairs}) == len(pairs)
    return name, {key: value for key, _, value in pairs}


@pytest.mark.parametrize("event", EXAMPLES)
def test_every_kind_is_leef(event):
    name, fields = parsed(TAB(event), "\t")
    assert name == str(type(event).__struct_config__.tag)
    assert fields["devTime"] == "2025-06-01T14:32:07.841203+0000"
    assert (fields["srcPort"], fields["dstPort"], fields["proto"]) == ("54312", str(event.dport), "TCP")
    assert 1 <= int(fields["sev"]) <= 10


def test_what_qradar_knows_has_its_name():
    fields = parsed(CARET(CREDENTIAL), "^")[1]
    assert (fields["usrName"], fields["cat"], fields["secret"]) == ("root\\x1b[2J", "service", "123456\\xff")
    fields = parsed(CARET(CLOSED), "^")[1]
    assert (fields["srcBytes"], fields["dstBytes"]) == ("7001", "21003")
    fields = parsed(CARET(DETECTED), "^")[1]
    assert (fields["tool"], fields["kinds"], fields["src"]) == ("nmap", "syn=1001,rst=1001", "198.51.100.42")
    assert parsed(CARET(SYN), "^")[1]["src"] == "2001:db8::7"


@given(events(), DELIMITERS)
def test_nothing_an_attacker_writes_is_more_than_a_value(event, form):
    make, delimiter = form
    line = make(event)
    assert not re.search(rb"[^\t -~]", line)
    _, fields = parsed(line, delimiter)
    assert fields["sensor"] == "sensor-1"
    for name, key in (("user", "usrName"), ("secret", "secret"), ("data", "data"), ("greeting", "greeting")):
        if sent := getattr(event, name, b""):
            assert told(fields[key]) == sent[:256]
