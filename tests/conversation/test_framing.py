"""Where a request ends, whatever comes after it."""

import pytest

from rawspoof.core.conversation.framing import http, https, line


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
    assert line(bytearray(heard)) == frame


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
    assert http(bytearray(heard)) == frame


def test_a_tls_handshake_is_never_whole_where_tls_is_expected():
    assert https(bytearray(b"\x16\x03\x01\x02\x00\n\n")) is None
    assert https(bytearray(HEAD)) == (HEAD, len(HEAD))
