"""What people type becomes values, or a line that says what was expected."""

import argparse

import pytest

from rawspoof.cli import period


def test_moments():
    for text, ago_s in (("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604800), ("1w", 604800)):
        assert abs(period.now() - ago_s - period.moment(text)) < 5
    assert period.moment("2026-11-22T10:00") == period.moment("2026-11-22T11:00+01:00") == 1795341600.0
    assert period.moment("2026-11-22") == 1795305600.0
    assert period.moment("999999999w") == 0.0


def test_networks():
    assert period.network("198.51.100.7") == (bytes([198, 51, 100, 7]),) * 2
    assert period.network("198.51.100.7/24") == (bytes([198, 51, 100, 0]), bytes([198, 51, 100, 255]))
    assert period.network("2001:db8::/32")[1].hex() == "20010db8" + "ff" * 12
    assert period.network("::/0")[1] == b"\xff" * 16


def test_ports_and_seconds():
    assert (period.ports("22"), period.ports("8000-8100")) == ((22, 22), (8000, 8100))
    assert period.seconds("0.5") == 0.5


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((period.moment, text) for text in ("", "2", "h", "-2h", "2h30m", "yesterday", "2026-13-01", "٣h")),
        *((period.network, text) for text in ("", "198.51.100", "1.2.3.4/33", "host", "1.2.3.4-9")),
        *((period.ports, text) for text in ("", "0", "65536", "9-8", "a", "1-", "-5", "1-2-3")),
        *((period.seconds, text) for text in ("", "0", "-1", "nan", "inf", "1e9", "two")),
    ],
)
def test_what_is_none_is_refused(kind, text):
    with pytest.raises(argparse.ArgumentTypeError, match="expected"):
        kind(text)
