"""What cannot be a block of another sensor's is none, whoever wrote it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rawspoof.core.watch.policy import Deed
from rawspoof.edges.block.shared import MARK, Shared, decode, encode

GOOD = Shared(bytes([198, 51, 100, 42]), 1748788327.0, 1748788927.0, "tripwire", 2, 23, "north")


@pytest.mark.parametrize("shared", [GOOD, replace(GOOD, address=bytes(16)), replace(GOOD, until=0.0)])
def test_it_comes_over_as_it_is_and_is_no_deed(shared):
    assert decode(encode(shared)) == shared
    deed = msgspec.msgpack.encode(Deed(1.0, bytes(4), 1, bytes(4), 2, "ports"))
    assert not deed.startswith(MARK)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": b"12345"},
        {"since": 0.0},
        {"since": float("nan")},
        {"since": GOOD.until},
        {"until": float("inf")},
        {"until": float("nan")},
        {"until": -1.0},
        {"reason": "hearsay"},
        {"times": 0},
        {"times": 65},
        {"port": -1},
        {"port": 65536},
        {"by": ""},
        {"by": "x" * 65},
        {"by": "no\nname"},
        {"by": "nörd"},
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="no such"):
        decode(encode(replace(GOOD, **wrong)))


@given(st.binary(max_size=100))
def test_noise_is_refused(noise):
    with pytest.raises((ValueError, RecursionError)):
        decode(MARK + noise)
