"""Whatever comes in, printable ASCII comes out, and not much of it."""

import pytest

from rawspoof.edges.report.plain import cut, ip, moment, shown, size, span
from tests.edges.report.made import HOSTILE, INVALID, LONG


@pytest.mark.parametrize("value", [*HOSTILE, *(text.encode() for text in HOSTILE), INVALID, LONG, LONG.decode()])
def test_nothing_but_printable_ascii_is_shown(value):
    text = shown(value, 40)
    assert len(text) <= 40
    assert all(" " <= letter <= "~" for letter in text)


def test_what_is_cut_says_so():
    assert shown(b"root") == "root"
    assert shown("a" * 40, 40) == "a" * 40
    assert shown("a" * 41, 40) == "a" * 39 + "~"
    assert shown("\udcff") == "?"
    assert shown(b"a" * 300).endswith("~")
    assert (cut("abc", 3), cut("abcd", 3), cut("abc", 1), cut("abc", 0)) == ("abc", "ab~", "~", "")


def test_addresses():
    assert ip(bytes([192, 0, 2, 7])) == "192.0.2.7"
    assert ip(bytes(15) + b"\x01") == "::1"
    assert ip(b"\x1bno") == "\\x1bno"


def test_moments_and_spans():
    assert moment(1748788327.9) == "2025-06-01 14:32:07"
    assert moment(1e300) == moment(float("nan")) == "?"
    told = {0: "0 s", 12: "12 s", 60: "1 min 0 s", 3725: "1 h 2 min", 90000: "1 d 1 h", 86400: "1 d", -1: "?"}
    assert {seconds: span(seconds) for seconds in told} == told
    assert span(float("inf")) == span(float("nan")) == "?"


def test_sizes():
    assert [size(count) for count in (0, 999, 1000, 12_300_000, 10**18)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "12.3 MB",
        "1000000.0 TB",
    ]
