"""Health as the hub reads it."""

import json

import pytest

from rawspoof.edges.fleet.health import Health, decode, encode

GOOD = Health(12.5, "1.0", 1.5, "host-1", 7, 0, 2, {"malformed": 1})


def test_it_is_what_the_hub_was_told_to_expect():
    assert decode(encode(GOOD)) == GOOD
    assert json.loads(encode(GOOD)) == {
        "at": 12.5,
        "version": "1.0",
        "started_at": 1.5,
        "host": "host-1",
        "waiting": 7,
        "lost": 0,
        "workers": 2,
        "counters": {"malformed": 1},
    }


@pytest.mark.parametrize("data", [b"", b"{}", b'{"at": "now"}', encode(GOOD).replace(b"7", b'"7"')])
def test_what_is_none_is_refused(data):
    with pytest.raises(ValueError, match=r"."):
        decode(data)
