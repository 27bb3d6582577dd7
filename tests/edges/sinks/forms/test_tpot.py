"""T-Pot's names."""

import json

import pytest
from hypothesis import given

from rawspoof.edges.sinks.forms import tpot
from tests.edges.sinks.samples import CREDENTIAL, EXAMPLES, SYN

from .hostile import events, told

LINE = tpot.lines("sensor-1")


@pytest.mark.parametrize("event", EXAMPLES)
def test_every_kind_has_what_logstash_works_on(event):
    fields = json.loads(LINE(event))
    assert fields["timestamp"] == "2025-06-01T14:32:07.841203+00:00"
    assert (fields["type"], fields["proto"], fields["sensor"]) == ("Rawspoof", "tcp", "sensor-1")
    assert fields["eventid"] == f"rawspoof.{type(event).__struct_config__.tag}"
    assert (fields["src_port"], fields["dest_port"]) == (54312, event.dport)
    assert isinstance(fields["rawspoof"], dict)


def test_addresses_of_both_families():
    fields = json.loads(LINE(SYN))
    assert (fields["src_ip"], fields["dest_ip"]) == ("2001:db8::7", "2001:db8::1")


def test_a_login_has_the_names_that_dashboards_count():
    fields = json.loads(LINE(CREDENTIAL))
    assert (fields["username"], fields["password"]) == ("root\\x1b[2J", "123456\\xff")
    assert fields["rawspoof"] == {"service": "openssh", "method": "password"}


@given(events())
def test_one_line_whatever_is_in_it(event):
    line = LINE(event)
    assert b"\n" not in line
    fields = json.loads(line)
    for name, shown in (("user", fields.get("username", "")), ("data", fields["rawspoof"].get("data", ""))):
        assert told(shown) == getattr(event, name, b"")[:256]
