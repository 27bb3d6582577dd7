"""RTSP: cameras tell their methods, want a user, and take none."""

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.talks import converse, credentials, living, never_raises, said

CAMERA = living("camera-rtsp", product="AXIS 207W or 212 PTZ network camera rtspd")
HIKVISION = living("hikvision-rtsp")
LIVE555 = living("live555-rtsp", product="Live555 Streaming Server rtspd")
VLC = living("vlc-rtsp")


def ask(method, cseq=1, *headers, target=b"rtsp://192.0.2.1/"):
    fields = [b"CSeq: %d" % cseq, *headers] if cseq else list(headers)
    return b"\r\n".join([b"%b %b RTSP/1.0" % (method, target), *fields, b"", b""])


def heard(who, *chunks):
    return said(converse(who, chunks))


def test_methods_are_told_with_the_number_of_the_request():
    for who in (CAMERA, LIVE555, VLC):
        told = heard(who, ask(b"OPTIONS", 7))
        assert told.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 7\r\n")
        assert b"Public: " in told
    assert heard(LIVE555, ask(b"OPTIONS", 0, target=b"/")).startswith(b"RTSP/1.0 400 Bad Request\r\nDate: ")


def test_a_stream_wants_a_user_and_takes_none():
    replies = converse(CAMERA, [ask(b"DESCRIBE", 2), ask(b"DESCRIBE", 3, b"Authorization: Basic YWRtaW46MTIzNDU=")])
    told = said(replies)
    assert told.count(b"RTSP/1.0 401 Unauthorized\r\n") == 2
    assert told.count(b'WWW-Authenticate: Basic realm="IP Camera"\r\n') == 2
    assert credentials(replies) == [Credential("Basic", b"admin", b"12345")]
    assert b'realm="LIVE555 Streaming Media"' in heard(LIVE555, ask(b"SETUP", 4))


def test_a_server_that_refuses_all_refuses_with_the_number():
    digest = b'Authorization: Digest username="admin", realm="Hikvision", response="0"'
    replies = converse(HIKVISION, [ask(b"OPTIONS", 1), ask(b"DESCRIBE", 2, digest)])
    assert replies[1].data.startswith(b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="Hik')
    assert replies[2].data.startswith(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\n")
    assert [c.secret[:9] for c in credentials(replies)] == [b"DESCRIBE "]


def test_there_is_no_session_to_play():
    assert heard(CAMERA, ask(b"PLAY", 5)) == b"RTSP/1.0 454 Session Not Found\r\nCSeq: 5\r\n\r\n"
    assert heard(CAMERA, ask(b"FOO", 6)).startswith(b"RTSP/1.0 405 Method Not Allowed\r\nCSeq: 6\r\nAllow: DESCRIBE")
    assert heard(VLC, ask(b"DESCRIBE", 8)).startswith(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 8\r\nServer: VLC/")


def test_what_is_no_rtsp_ends_the_connection_or_is_answered_as_the_file_has_it():
    assert converse(CAMERA, [b"GET / HTTP/1.0\r\n\r\n"])[-1].then is Then.CLOSE
    assert converse(CAMERA, [b"\x16\x03\x01"])[-1].then is Then.CLOSE
    assert heard(living("gstreamer-rtsp"), b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 503 ")


def test_any_bytes_are_borne():
    words = (ask(b"DESCRIBE"), b"OPTIONS * RTSP/1.0\r\n", b"CSeq: 1\r\n", b"Content-Length: 9\r\n", b"\r\n", b"$\0\0\4")
    for who in (CAMERA, HIKVISION, living("airtunes")):
        never_raises(who, *words, examples=30)
