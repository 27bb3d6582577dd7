"""Documents to bytes and back, and what is no document."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation.mongodb.bson import DEPTH_MAX, Long, Moment, ObjectId, read, written


def test_a_document_of_every_kind():
    values = {"s": "ä", "i": -1, "f": 1.5, "t": True, "n": None, "b": b"x", "l": Long(1 << 40), "d": {"a": [1, "2"]}}
    assert read(written(values)) == {**values, "d": {"a": [1, "2"]}}
    assert read(written({"o": ObjectId(b"123456789012"), "m": Moment(1.5)})) == {"o": None, "m": None}


def test_the_specifications_example():
    assert written({"hello": "world"}) == b"\x16\0\0\0\2hello\0\6\0\0\0world\0\0"


def test_kinds_that_are_passed_over():
    body = b"\x0br\0a\0i\0" + b"\x11t\0" + bytes(8) + b"\xffm\0" + b"\x0ec\0\3\0\0\0ab\0"
    assert read(struct.pack("<i", len(body) + 5) + body + b"\0") == {"r": None, "t": None, "m": None, "c": "ab"}


def nested(depth):
    data = written({})
    for _ in range(depth):
        data = struct.pack("<i", len(data) + 8) + b"\3a\0" + data + b"\0"
    return data


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\5\0\0", b"\4\0\0\0\0", b"\xff\xff\xff\x7f\0", b"\xff\xff\xff\xff\0", b"\6\0\0\0\0\0", b"\5\0\0\0\1",
        b"\x10\0\0\0\2a\0\xff\xff\xff\xffb\0\0\0", b"\x0c\0\0\0\x99a\0\0\0\0\0\0", nested(DEPTH_MAX + 1),
        written({str(n): n for n in range(1001)}),
    ],
)  # fmt: skip
def test_what_is_no_document(data):
    with pytest.raises(ValueError, match=r"document|element|subsection not found"):
        read(data)


def test_as_deep_as_it_may_be():
    assert read(nested(DEPTH_MAX))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([b"", written({"a": {"b": ["c", 1, 2.0, b"x"]}})]), st.integers(0, 40))
def test_any_bytes_are_a_document_or_a_value_error(noise, whole, at):
    data = whole[:at] + noise + whole[at:]
    with suppress(ValueError):
        assert isinstance(read(data), dict)
