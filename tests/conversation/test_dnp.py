"""An outstation's link and application, and its checks."""

import pytest

from rawspoof.core.conversation.base import Then
from rawspoof.core.conversation.dnp import crc, frame, unframe
from tests.conversation.talks import converse, living, never_raises, said

RTU = living("dnp3", station="4")
MASTER = 0x44


def told(*requests):
    return said(converse(RTU, requests))


def asked(function, data=b"", to=4):
    return frame(function, to, 3, data)


def test_the_check_is_the_standard_s():
    """IEEE 1815-2012 annex E has this frame: reset of link states."""
    assert frame(0xC0, 1, 1024) == bytes.fromhex("0564 05c0 0100 0004 e921")
    assert crc(b"") == 0xFFFF
    assert unframe(frame(0x44, 1, 2, bytes(range(40)))) == bytes(range(40))


@pytest.mark.parametrize(("function", "answer"), [(0xC0, 0x00), (0xC9, 0x0B), (0xC2, 0x00), (0xC7, 0x0F)])
def test_the_link(function, answer):
    assert told(asked(function)) == frame(answer, 3, 4)


def test_a_reading_has_nothing_and_an_order_no_effect():
    read = b"\xc3\xc5\x01\x3c\x01\x06"
    assert told(asked(0xC4, read)) == frame(MASTER, 3, 4, b"\xc3\xc5\x81\x80\0")
    assert told(asked(0xD3, read)) == frame(0, 3, 4) + frame(MASTER, 3, 4, b"\xc3\xc5\x81\x80\0")
    operate = b"\xc3\xc6\x04\x0c\x01\x28\x01\0" + bytes(13)
    assert told(asked(0xC4, operate)) == frame(MASTER, 3, 4, b"\xc3\xc6\x81\x80\x01")


def test_silence():
    damaged = asked(0xC9)[:-1] + b"\0"
    for request in (asked(0xC9, to=5), asked(0x89), damaged, asked(0xC4, b"\x43\xc5\x01"), asked(0xC4, b"\xc3\xc5\0")):
        assert converse(RTU, [request])[-1][:2] == (b"", Then.LISTEN)


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.0\r\n\r\n", b"\5\x65", b"\5\x64\4", bytes(4)])
def test_what_is_no_frame_ends_it(garbage):
    assert converse(RTU, [garbage])[-1][:2] == (b"", Then.CLOSE)


def test_nothing_breaks_it():
    never_raises(RTU, asked(0xC9), asked(0xC4, b"\xc3\xc5\x01\x3c\x01\x06"), b"\5\x64", b"\5\x64\xff")
