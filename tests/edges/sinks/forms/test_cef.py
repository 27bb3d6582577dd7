"""CEF, read by a strict parser: header of seven parts, then keys and values."""

import re

import pytest
from hypothesis import given

from rawspoof import __version__
from rawspoof.edges.sinks.forms import cef
from rawspoof.edges.sinks.forms.facts import facts
from tests.edges.sinks.samples import CLOSED, CREDENTIAL, DETECTED, EXAMPLES, SYN

from .hostile import events, told

LINE = cef.lines("sensor-1")
PART = r"((?:[^|\\\n\r]|\\[|\\])*)"
HEADER = re.compile(rf"CEF:0\|{PART}\|{PART}\|{PART}\|{PART}\|{PART}\|(10|\d)\|(.*)")
PAIR = re.compile(r"(?:^| )([A-Za-z0-9_]+)=((?:[^=\\\n\r]|\\[=\\nr])*?)(?=$| [A-Za-z0-9_]+=)")


def parsed(line: bytes) -> tuple[list[str], dict[str, str]]:
    """The header's parts and the extension; whatever is not CEF fails."""
    match = HEADER.fullmatch(line.decode("ascii"))
    assert match
    *header, rest = match.groups()
    pairs = list(PAIR.finditer(rest))
    assert "".join(pair[0] for pair in pairs) == rest
    assert len({pair[1] for pair in pairs}) == len(pairs)
    return header, {pair[1]: re.sub(r"\\(.)", r"\1", pair[2]) for pair in pairs}


@pytest.mark.parametrize("event", EXAMPLES)
def test_every_kind_is_cef(event):
    header, fields = parsed(LINE(event))
    assert header[:3] == ["rawspoof", "rawspoof", __version__]
    assert header[3] == str(type(event).__struct_config__.tag)
    assert fields["rt"] == "1748788327841"
    assert (fields["dvchost"], fields["proto"], fields["spt"]) == ("sensor-1", "TCP", "54312")
    # Every fact is there, under one name or another.
    assert all(str(fact) in fields.values() or str(fact).lower() in fields.values() for fact in facts(event).values())


def test_what_the_dictionary_names_has_its_name():
    _, fields = parsed(LINE(CREDENTIAL))
    assert (fields["src"], fields["dst"], fields["dpt"], fields["app"]) == (
        "198.51.100.42",
        "192.0.2.1",
        "22",
        "openssh",
    )
    assert (fields["suser"], fields["cs5"], fields["cs5Label"]) == ("root\\x1b[2J", "123456\\xff", "Secret")
    _, fields = parsed(LINE(CLOSED))
    assert (fields["in"], fields["out"], fields["reason"]) == ("7001", "21003", "peer-fin")
    header, fields = parsed(LINE(DETECTED))
    assert header[3:] == ["scan.detected", "Scan detected", "5"]
    assert (fields["cs1"], fields["cs1Label"], fields["cn1"], fields["cnt"]) == ("nmap", "Tool", "250", "2002")
    assert fields["rawspoofKinds"] == "syn=1001,rst=1001"


def test_ipv6_is_where_cef_0_has_it():
    _, fields = parsed(LINE(SYN))
    assert (fields["c6a2"], fields["c6a3"]) == ("2001:db8::7", "2001:db8::1")
    assert "src" not in fields


@given(events())
def test_nothing_an_attacker_writes_is_more_than_a_value(event):
    _, fields = parsed(LINE(event))
    assert fields.get("src", "198.51.100.42") == "198.51.100.42"
    for name, key in (("user", "suser"), ("secret", "cs5"), ("data", "cs6"), ("greeting", "cs6")):
        if sent := getattr(event, name, b""):
            assert told(fields[key]) == sent[:256]


def test_an_observer_is_a_value_too():
    assert parsed(cef.lines("a=b|\n\\")(SYN))[1]["dvchost"] == "a=b|\\n\\\\"
