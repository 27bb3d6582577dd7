"""The Internet checksum against the textbook's loop."""

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.wire import checksum


def rfc1071(data: bytes) -> int:
    """The checksum field as RFC 1071 §4.1 computes it, word by word."""
    total = sum(data[i] << 8 | (data[i + 1] if i + 1 < len(data) else 0) for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


@given(st.binary(min_size=1, max_size=80).filter(any))
def test_the_field_is_the_textbooks(data: bytes) -> None:
    assert checksum.field(checksum.total(data)) == rfc1071(data)


@given(st.binary(min_size=2, max_size=80).filter(any))
def test_words_with_their_field_hold_and_others_do_not(data: bytes) -> None:
    total = checksum.total(data)
    field = checksum.field(total)
    assert checksum.holds(total + field)
    assert not checksum.holds(total + field + 1)


def test_a_field_of_all_ones_is_never_sent() -> None:
    assert checksum.field(checksum.total(b"\xff\xfe\x00\x01")) == 0


def test_the_sum_of_parts_is_the_sum_of_the_whole() -> None:
    assert checksum.total(b"\x12\x34\x56") % 65535 == (checksum.total(b"\x12\x34") + checksum.total(b"\x56")) % 65535
