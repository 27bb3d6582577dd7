"""Where requests end: heads, bodies by length and in chunks, what is too long, however it arrives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation.framing import REQUEST_MAX, Frame, Part
from rawspoof.core.conversation.http.cutting import Cutter, body
from rawspoof.core.conversation.http.head import CHUNKED, LINE_MAX

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b"
PIECES = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\na=\r\n1\r\nb\r\n0\r\nT: u\r\n\r\n"
WAITS = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"


def frames(data, step=0, body_max=2**62):
    """All frames of these bytes, heard at once or some at a time; the end of what cannot be followed ends them."""
    cutter, heard, found = Cutter(body_max), bytearray(), []
    for at in range(0, len(data), step or len(data)):
        heard += data[at : at + (step or len(data))]
        while heard and (frame := cutter.frame(heard)) is not None:
            found.append((frame, cutter.head.fault, cutter.cut))
            del heard[: frame.taken]
            if cutter.cut or cutter.head.fault:
                return found
    return found


@pytest.mark.parametrize("request_", [GET, POST, PIECES, b"GET / HTTP/1.0\n\n", b"GET /\r\n"])
def test_a_request_is_cut_at_its_end_and_what_follows_is_the_next(request_):
    for step in (0, 1):
        assert frames(request_ + GET, step) == [
            (Frame(request_, len(request_)), "", False),
            (Frame(GET, len(GET)), "", False),
        ]


def test_empty_lines_before_a_request_do_not_count():
    assert frames(b"\r\n\n" + POST) == [(Frame(POST, len(POST) + 3), "", False)]
    assert frames(b"\r\n\r\n") == []


@pytest.mark.parametrize("data", [GET[:-1], POST[:-1], PIECES[:-1], b"GE"])
def test_what_is_not_whole_waits(data):
    cutter = Cutter(2**62)
    assert cutter.frame(bytearray(data)) is None
    assert cutter.waits


@pytest.mark.parametrize(
    ("data", "taken", "fault"),
    [
        (b"\x16\x03\x01", 1, "bad"),
        (b"help me\r\nnow", 9, "bad"),
        (b"GET /" + b"a" * LINE_MAX, LINE_MAX, "line"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 4000, REQUEST_MAX, "header"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nmore", 51, "bad"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\nmore", 38, "bad"),
    ],
)
def test_what_can_be_no_request_is_whole_at_once(data, taken, fault):
    for step in (0, 7):
        ((frame, found, _),) = frames(data, step)
        assert (frame.taken, found) == (taken, fault)


@pytest.mark.parametrize("head", [b"Content-Length: 50000", b"Transfer-Encoding: chunked"])
def test_of_a_long_body_the_beginning_is_kept(head):
    data = b"POST / HTTP/1.1\r\n" + head + b"\r\n\r\nc350\r\n" + b"x" * 50_000
    for step in (0, 1000):
        ((frame, fault, cut),) = frames(data, step)
        assert (frame.request, fault, cut) == (data[:REQUEST_MAX], "", True)


def test_a_body_that_is_refused_is_not_waited_for():
    assert frames(POST[:-3], 0, body_max=2) == [(Frame(POST[:-3], len(POST) - 3), "", True)]


def test_a_head_that_waits_to_be_continued_is_a_part_and_comes_again_with_its_body():
    first, second = frames(WAITS + b"a=b")
    assert first[0] == Part(WAITS, len(WAITS))
    assert isinstance(first[0], Part)
    assert second[0] == Frame(WAITS + b"a=b", 3)
    assert frames(WAITS + b"a=b", 1) == [first, second]


def test_the_content_is_taken_out_of_its_chunks():
    assert body(POST, 3) == b"a=b"
    assert body(PIECES, CHUNKED) == b"a=b"
    assert body(PIECES[: PIECES.index(b"\r\n0\r\n")], CHUNKED) == b"a=b"
    assert body(b"GET /", 0) == b""


WORDS = st.sampled_from([GET, POST, PIECES, WAITS, b"\r\n", b"POST / HTTP/1.1\r\n", b"Content-Length: 7\r\n", b"5\r\n"])


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(st.one_of(WORDS, st.binary(max_size=9)), max_size=8).map(b"".join), st.integers(1, 30))
def test_frames_do_not_depend_on_chunks(data, step):
    if data:
        assert frames(data) == frames(data, step)
