"""A message is the batch it was made of; any other bytes are refused with an exception the collector knows."""

import contextlib
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.event import DATA_MAX, REQUEST_KEPT_MAX, SensorEvent, ServiceRequest, SessionData
from rawspoof.edges.sinks.batch import MESSAGE_BYTES_MAX, decoder, encoder

from .samples import AT, DST6, EXAMPLES, SRC6

TOLD = [example for example in EXAMPLES if type(example) in get_args(SensorEvent)]
MESSAGE = encoder()(TOLD, {"events_dropped": 3})


def test_there_and_back():
    assert decoder()(memoryview(MESSAGE)) == (TOLD, {"events_dropped": 3})


@pytest.mark.parametrize(
    ("largest", "fit"),
    [
        (SessionData(AT, SRC6, 65535, DST6, 65535, bytes(DATA_MAX), 65535), 64),
        (ServiceRequest(AT, SRC6, 65535, DST6, 65535, "s" * 40, bytes(REQUEST_KEPT_MAX), 65535), 7),
    ],
)
def test_so_many_of_the_largest_events_fit(largest, fit):
    assert len(encoder()([largest] * fit, {f"counter_{n}": 2**63 for n in range(64)})) <= MESSAGE_BYTES_MAX


@pytest.mark.parametrize("message", [b"", b"\x92\x90", MESSAGE + b"x", b"\x92\x90\x81\xa1\xff\x01", b"\x91" * 9])
def test_what_is_no_message(message):
    with pytest.raises((ValueError, RecursionError)):
        decoder()(memoryview(message))


def test_no_worker_tells_of_blocks():
    others = [example for example in EXAMPLES if example not in TOLD]
    assert others
    for event in others:
        with pytest.raises(ValueError, match="Invalid value"):
            decoder()(memoryview(encoder()([event], {})))


def test_what_is_nested_too_deep():
    deep = MESSAGE[:1] + b"\x91" + b"\x9f" + MESSAGE[3:15] + b"\xcb" + bytes(8) + b"\x91" * 100_000
    with pytest.raises((ValueError, RecursionError)):
        decoder()(memoryview(deep))


@given(st.integers(0, len(MESSAGE) - 1), st.integers(0, 255))
def test_any_byte_may_be_wrong(place, value):
    changed = bytearray(MESSAGE)
    changed[place] = value
    with contextlib.suppress(ValueError, RecursionError):
        events, counters = decoder()(memoryview(changed))
        assert len(events) <= 15
        assert len(counters) <= 15
