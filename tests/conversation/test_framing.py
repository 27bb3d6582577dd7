"""Where a request ends, whatever comes after it."""

import re

import pytest

from rawspoof.core.conversation.framing import REQUEST_MAX, ber, first, http, line, matched, nul, sized
from rawspoof.core.signature.frame import Sized


@pytest.mark.parametrize(
    ("heard", "frame"),
    [
        (b"HELP\r\nQUIT\r\n", (b"HELP", 6)),
        (b"HELP\n", (b"HELP", 5)),
        (b"\r\n", (b"", 2)),
        (b"HELP\r", None),
        (b"", None),
    ],
)
def test_a_line(heard, frame):
    assert line(bytearray(heard)) == (frame and (*frame, False))


HEAD = b"GET / HTTP/1.0\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("heard", "frame"),
    [
        (HEAD + b"body", (HEAD, len(HEAD))),
        (HEAD[:-1], None),
        (b"GET / HTTP/1.0\n\n", (b"GET / HTTP/1.0\n\n", 16)),
        (b"\r\n\r\n", None),
        (b"\r\n" + HEAD, (HEAD, len(HEAD) + 2)),
        (b"OPTIONS / RTSP/1.0\r\n\r\n", (b"OPTIONS / RTSP/1.0\r\n\r\n", 22)),
        (b"HELP\r\nmore", (b"HELP\r\n", 6)),
        (b"HELP", None),
        (b"\x16\x03\x01\n\n", (b"\x16", 1)),
        (b"", None),
    ],
)
def test_a_request_head(heard, frame):
    assert http(bytearray(heard)) == (frame and (*frame, False))


def test_up_to_a_zero_byte():
    assert nul(bytearray(b"HELP\n\n\0more")) == (b"HELP\n\n", 7, False)
    assert nul(bytearray(b"HELP")) is None


@pytest.mark.parametrize(
    ("heard", "frame"),
    [
        (b"0\x03abcmore", (b"0\x03abc", 5, False)),
        (b"0\x84\0\0\0\x02abc", (b"0\x84\0\0\0\x02ab", 8, False)),
        (b"0\x03ab", None),
        (b"0\x84\0\0", None),
        (b"0", None),
        (b"0\x82\xff\xffabc", (b"0\x82\xff\xff", 4, True)),
    ],
)
def test_a_ber_element(heard, frame):
    assert ber(bytearray(heard)) == frame


@pytest.mark.parametrize(
    ("spec", "heard", "frame"),
    [
        (Sized(size=2), b"\0\x02abc", (b"\0\x02ab", 4, False)),
        (Sized(size=2, plus=0), b"\0\x04abc", (b"\0\x04ab", 4, False)),
        (Sized(at=1, size=3), b"\x80\0\0\x01xy", (b"\x80\0\0\x01x", 5, False)),
        (Sized(size=4, order="little", plus=0), b"\x05\0\0\0xy", (b"\x05\0\0\0x", 5, False)),
        (Sized(plus=3), b"abcd", (b"abc", 3, False)),
        (Sized(plus=3), b"ab", None),
        (Sized(size=2), b"\0", None),
        (Sized(size=2), b"\0\x02a", None),
        (Sized(size=2), b"", None),
        (Sized(size=2), b"GET / HTTP", (b"GE", 2, True)),
        (Sized(size=2, plus=0), b"\0\x01abc", (b"\0\x01", 2, True)),
    ],
)
def test_a_request_that_tells_its_length(spec, heard, frame):
    assert sized(spec, bytearray(heard)) == frame


@pytest.mark.parametrize(
    ("heard", "frame"),
    [
        (b"\r\n\r\nmore", (b"\r\n\r\n", 4, False)),
        (b"\x01\x02\x03", (b"\x01\x02", 2, False)),
        (b"\r\n", None),
        (b"GET / HTTP/1.0\r\n\r\n", None),
    ],
)
def test_as_much_as_a_pattern_wants(heard, frame):
    whens = [re.compile(rb"\r\n\r\n"), re.compile(rb"\x01\x02\x03"), re.compile(rb"\x01.")]
    assert matched(whens, bytearray(heard)) == first("match", bytearray(heard), whens) == frame


def test_a_length_up_to_the_limit_is_awaited():
    assert sized(Sized(size=2, plus=0), bytearray(REQUEST_MAX.to_bytes(2, "big"))) is None
    assert sized(Sized(size=2), bytearray(REQUEST_MAX.to_bytes(2, "big"))).last


def test_a_service_names_its_frame_or_describes_it():
    assert first("nul", bytearray(b"a\0")) == (b"a", 2, False)
    assert first(Sized(plus=1), bytearray(b"ab")) == (b"a", 1, False)
