"""Requests with header lines: cut, read, answered; and what they have to show."""

import pytest

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.headed import built, cut, lines, offered, read, status

ASKED = b"ANNOUNCE rtsp://h/a RTSP/1.0\r\nCSeq: 3\r\nContent-Length: 5\r\n\r\nhello"


def test_a_request_is_cut_with_its_body():
    assert cut(bytearray(ASKED + b"more")) == (ASKED, len(ASKED), False)
    assert cut(bytearray(ASKED[:-1])) is None
    assert cut(bytearray(b"\r\n\r\n" + ASKED)) == (b"\r\n\r\n", 4, False)
    assert cut(bytearray(b"\r\n\r")) is None
    assert cut(bytearray(b"\r\nA")) == (b"", 1, False)
    assert cut(bytearray(b"PLAY x RTSP/1.0\r\nCSeq: 1\r\n\r\n")) is not None
    huge = ASKED.replace(b"5", b"999999999", 1)
    found = cut(bytearray(huge))
    assert found is not None
    assert found.last


def test_a_request_is_read():
    asked = read(ASKED)
    assert asked is not None
    assert asked[:3] == (b"ANNOUNCE", b"rtsp://h/a", b"RTSP")
    assert asked.fields[b"cseq"] == b"3"
    assert asked.body == b"hello"
    assert read(b"SIP/2.0 200 OK\r\n\r\n") is None
    assert read(b"GET /\r\n") is None


def test_a_response_is_put_together_and_looked_into():
    said = built(b"RTSP/1.0 401 Unauthorized", b"Server: x", b"Date: y")
    assert said == b"RTSP/1.0 401 Unauthorized\r\nServer: x\r\nDate: y\r\n\r\n"
    assert (status(said), status(b"RTSP/1.0 OK"), status(b"")) == (401, 0, 0)
    assert lines(said, b"server", b"cseq") == [b"Server: x"]


@pytest.mark.parametrize(
    ("field", "credential"),
    [
        (b"Basic YWRtaW46MTIzNDU=", Credential("Basic", b"admin", b"12345")),
        (b"Basic YWRta", Credential("Basic", b"", b"YWRta")),
        (b'Digest username="root", realm="r"', Credential("Digest", b"root", b'PLAY username="root", realm="r"')),
        (b"Bearer abc", Credential("Bearer", b"", b"PLAY abc")),
    ],
)
def test_proofs_are_learned(field, credential):
    for name in (b"Authorization", b"Proxy-Authorization"):
        asked = read(b"PLAY x RTSP/1.0\r\n" + name + b": " + field + b"\r\n\r\n")
        assert asked is not None
        assert offered(asked) == (credential,)
