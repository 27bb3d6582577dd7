"""Packets there and back, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.conversation.ssh.transport import PACKET_MAX, Corrupt, Transport


@given(st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=4), st.integers(0, 10))
def test_messages_come_out_as_they_went_in(messages, short):
    ours, theirs = Transport(), Transport()
    wire = bytearray(b"".join(map(ours.seal, messages)))
    assert len(wire) % 8 == 0
    heard = []
    while (cut := theirs.cut(wire)) is not None:
        assert theirs.heard_seq == len(heard) + 1
        heard.append(cut[0])
        del wire[: cut[1]]
    assert heard == messages
    assert Transport().cut(bytearray(ours.seal(b"x" * 40))[: 40 + short]) is None


@pytest.mark.parametrize(
    ("wire", "why"),
    [
        (b"\xff\xff\xff\xff", ""), (b"GET / HTTP", ""), (bytes(8), ""), (b"\0\0\0\4" + bytes(20), ""),
        (b"\0\0\0\x0d\4" + bytes(20), ""), ((PACKET_MAX + 1).to_bytes(4), ""), (b"\0\0\0\x0c\x0b" + bytes(20), ""),
        (b"\0\0\0\x0c\3" + bytes(20), "Corrupted padlen 3 on input."),
    ],
)  # fmt: skip
def test_what_is_no_packet(wire, why):
    with pytest.raises(Corrupt) as said:
        Transport().cut(bytearray(wire))
    assert str(said.value) == why


def test_numbers_wrap():
    transport = Transport()
    transport.said_seq = 2**32 - 1
    transport.seal(b"x")
    assert transport.said_seq == 0
