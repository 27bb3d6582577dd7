"""Messages of evidence: what a worker builds the keeper reads, and nothing else passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawspoof.edges.evidence import message
from rawspoof.edges.evidence.message import ENTRY, Message, build, packets, parse

SRC, DST = bytes([198, 51, 100, 42]), bytes([192, 0, 2, 1])
SAID = Message(message.PACKETS, 7, bytes(range(8)), SRC, 54312, DST, 22, ENTRY.pack(1.5, 3) + b"abc")


@pytest.mark.parametrize("said", [SAID, SAID._replace(src=bytes(16), dst=bytes(range(16))), Message(message.BEGUN, 0)])
def test_what_is_built_is_read(said):
    assert parse(build(said)) == said


@given(st.lists(st.tuples(st.floats(0, 1e10), st.binary(max_size=80))))
def test_packets_come_out_with_their_moments(found):
    entries = b"".join([ENTRY.pack(at, len(packet)) + packet for at, packet in found])
    assert list(packets(entries)) == found


@pytest.mark.parametrize("cut", range(len(build(SAID)) - len(SAID.entries)))
def test_a_message_without_all_its_parts_is_none(cut):
    with pytest.raises(ValueError, match=r"short|addresses"):
        parse(build(SAID)[:cut])


@pytest.mark.parametrize("raw", [b"x" + build(SAID)[1:], build(SAID._replace(src=b"12345", dst=b"12345"))])
def test_a_message_of_no_known_kind_is_none(raw):
    with pytest.raises(ValueError, match="kind"):
        parse(raw)


@pytest.mark.parametrize("entries", [SAID.entries[:-1], SAID.entries + b"\0", ENTRY.pack(0.0, 0xFFFFFFFF)])
def test_a_packet_that_is_cut_short_is_told(entries):
    with pytest.raises(ValueError, match="packet"):
        list(packets(entries))


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(raw):
    try:
        list(packets(parse(raw).entries))
    except ValueError:
        return
    assert raw[:1] in (message.BEGUN, message.PACKETS, message.ENDED)
