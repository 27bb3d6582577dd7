"""Elements are read as they are written, and absurd ones refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.conversation.ldap.ber import ELEMENTS_MAX, Element, elements, shaped, write


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300))), st.booleans())
def test_what_is_written_is_read(parts, wide):
    assert elements(b"".join(write(tag, body, wide=wide) for tag, body in parts)) == [Element(*part) for part in parts]


def test_lengths_are_short_or_wide():
    assert write(4, b"x") == b"\4\1x"
    assert write(4, bytes(300))[:4] == b"\4\x82\1\x2c"
    assert write(0x30, b"x", wide=True) == b"\x30\x84\0\0\0\1x"


@pytest.mark.parametrize(
    "data", [b"\x30", b"\x30\x05abc", b"\x30\x80\0\0", b"\x30\x84\xff\xff\xff\xff", b"\x30\x89" + bytes(9)]
)
def test_what_is_no_element_is_none(data):
    assert elements(data) is None


def test_too_many_are_none():
    assert elements(b"\4\0" * ELEMENTS_MAX) is not None
    assert elements(b"\4\0" * (ELEMENTS_MAX + 1)) is None


def test_shape_and_numbers():
    assert shaped(b"\2\1\xff\4\0", 2, 4)[0].number == -1
    assert shaped(b"\2\1\xff", 2, 4) is None
