"""What an event says, as plain values."""

import re

import pytest
from hypothesis import given

from rawspoof.core.event import ScanEnded, SessionClosed, Target
from rawspoof.edges.sinks.forms.facts import FACT_MAX, facts, kind, plain, severity, text, title
from tests.edges.sinks.samples import AT, CLOSED, CREDENTIAL, DETECTED, DST, EXAMPLES, HELLO, OPENED, SCAN, SRC

from .hostile import events


def test_every_kind_has_a_title():
    assert (kind(HELLO), title(HELLO)) == ("tls.client_hello", "Tls client hello")
    assert all(re.fullmatch("[A-Z][a-z ]+", title(event)) for event in EXAMPLES)


def test_values_are_there_by_the_fields_names():
    assert facts(CREDENTIAL) == {
        "service": "openssh", "method": "password", "user": "root\\x1b[2J", "secret": "123456\\xff",
    }  # fmt: skip
    assert facts(HELLO)["protocols"] == "h2,http/1.1"
    told = facts(DETECTED)
    assert told["targets"] == "192.0.2.1 1-1000; 2001:db8::7 443"
    assert told["kinds"] == "syn=1001,rst=1001"
    assert told["verified"] is False
    assert text(told["verified"]) == "false"
    assert text(0.5) == "0.5"


def test_what_is_empty_or_unknown_is_not_told():
    assert "service" not in facts(type(OPENED)(AT, SRC, 1, DST, 2, "", b""))
    assert "duration_s" not in facts(SessionClosed(AT, SRC, 1, DST, 2, "done", 0, 0, -1.0))
    assert facts(CLOSED)["duration_s"] == 1.5


def test_long_lists_end():
    ports = "1-2," * 2000 + "…"
    told = facts(ScanEnded(**SCAN | {"targets": (Target(DST, 1, ports),) * 16, "kinds": {"x" * 9000: 1}}))
    assert len(str(told["targets"])) == len(str(told["kinds"])) == FACT_MAX
    assert facts(ScanEnded(**SCAN | {"targets": (Target(DST, 1, "1,…"),)}))["targets"] == "192.0.2.1 1,..."


@pytest.mark.parametrize(("level", "wanted"), [(-1, 3), (0, 3), (1, 5), (2, 8), (3, 10), (9, 10)])
def test_a_scan_is_as_severe_as_its_level(level, wanted):
    assert severity(ScanEnded(**SCAN | {"level": level})) == wanted


def test_attempts_are_worse_than_looks():
    assert severity(OPENED) < severity(CREDENTIAL) < 10
    assert all(1 <= severity(event) <= 10 for event in EXAMPLES)


@given(events())
def test_all_text_is_plain_and_short(event):
    for value in facts(event).values():
        assert not isinstance(value, str) or (len(value) <= FACT_MAX and all(" " <= c <= "~" for c in value))


def test_text_of_our_own_can_be_told_back():
    assert plain("a\nü\u202e\\").encode().decode("unicode_escape") == "a\nü\u202e\\"
