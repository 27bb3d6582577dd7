"""Reading from bytes, also where there are none."""

from rawspoof.core.conversation.cursor import Cursor


def test_numbers_and_texts():
    read = Cursor(b"\x01\x02\xff\x00\x02hi\x01\0\xac\x02")
    assert (read.number(2), read.number(1, signed=True), read.text(2)) == (258, -1, b"hi")
    assert (read.number(2, "little"), read.varint(), read.left, read.bad) == (1, 300, 0, False)


def test_what_is_missing_is_nothing_and_remembered():
    for ask in (lambda r: r.take(3), lambda r: r.take(-1), lambda r: r.text(1)):
        read = Cursor(b"\x05x")
        assert ask(read) == b""
        assert read.bad


def test_a_number_without_end():
    read = Cursor(b"\xff" * 9)
    assert (read.varint(), read.bad) == (0, True)
