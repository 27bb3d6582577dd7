"""SSH's data types there and back, and messages that end too soon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.conversation.ssh.wire import Fields, Short, mpint, names, string


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "00000000"), (0x9A378F9B2E332A7, "0000000809a378f9b2e332a7"), (0x80, "000000020080")],
)
def test_numbers_as_the_rfc_shows_them(value, written):
    assert mpint(value).hex() == written


@given(st.binary(max_size=20), st.integers(0, 2**32 - 1), st.booleans())
def test_what_is_written_is_read(data, number, flag):
    fields = Fields(string(data) + number.to_bytes(4) + bytes([flag]) + names(["a", "b"]))
    assert (fields.string(), fields.uint32(), fields.boolean(), fields.names()) == (data, number, flag, ["a", "b"])


@pytest.mark.parametrize("message", [b"", b"\0\0\0", b"\0\0\0\5abcd", b"\xff\xff\xff\xffabc"])
def test_too_short_is_said_so(message):
    with pytest.raises(Short):
        Fields(message).string()
