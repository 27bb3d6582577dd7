"""Heads of requests: what is asked, and which fault a server finds in it."""

import pytest

from rawspoof.core.conversation.http.head import CHUNKED, FIELDS_MAX, LINE_MAX, parse


@pytest.mark.parametrize(
    ("raw", "method", "path", "version"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET", b"/", 11),
        (b"GET /a?b HTTP/1.0\n\n", b"GET", b"/a?b", 10),
        (b"GET /a", b"GET", b"/a", 9),
        (b"POST http://a.example:80/b?c HTTP/1.1\r\n\r\n", b"POST", b"/b?c", 11),
        (b"GET http://a.example HTTP/1.1\r\n\r\n", b"GET", b"/", 11),
        (b"OPTIONS * HTTP/1.1\r\n\r\n", b"OPTIONS", b"*", 11),
        (b"CONNECT a.example:443 HTTP/1.1\r\n\r\n", b"CONNECT", b"a.example:443", 11),
        (b"GET / HTTP/1.7\r\n\r\n", b"GET", b"/", 11),
    ],
)
def test_what_is_asked(raw, method, path, version):
    head = parse(raw)
    assert (head.method, head.path, head.version, head.fault) == (method, path, version, "")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"help me", "bad"),
        (b"\x16\x03\x01", "bad"),
        (b"HELP", "bad"),
        (b"POST /", "bad"),
        (b"OPTIONS / RTSP/1.0\r\n\r\n", "bad"),
        (b"GET nope HTTP/1.1\r\n\r\n", "bad"),
        (b"PRI * HTTP/2.0\r\n\r\n", "bad"),
        (b"GET / HTTP/2.0\r\n\r\n", "version"),
        (b"GET /" + b"a" * LINE_MAX, "line"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * LINE_MAX + b"\r\n\r\n", "header"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "bad"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "bad"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "bad"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "bad"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "coding"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "bad"),
    ],
)
def test_faults(raw, fault):
    assert parse(raw).fault == fault


def test_fields_are_joined_and_their_names_are_small():
    head = parse(b"GET / HTTP/1.1\r\nCONNECTION: Close\r\nconnection:  x \r\n\r\n")
    assert head.tokens(b"connection") == {b"close", b"x"}
    assert head.tokens(b"accept") == set()


def test_lines_that_are_no_fields_are_odd_and_too_many_are_many():
    assert parse(b"GET / HTTP/1.1\r\nno colon\r\n\r\n").odd
    assert parse(b"GET / HTTP/1.1\r\nX : y\r\n\r\n").odd
    assert not parse(b"GET / HTTP/1.1\r\nX: y\r\n\r\n").odd
    assert parse(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * (FIELDS_MAX + 1) + b"\r\n").many
    assert not parse(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * FIELDS_MAX + b"\r\n").many


def test_bodies():
    assert parse(b"POST / HTTP/1.1\r\nContent-Length: 12\r\n\r\n").length == 12
    assert parse(b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n").length == CHUNKED


def test_what_one_asks_a_proxy():
    asked = [b"GET http://a/ HTTP/1.1", b"CONNECT a:1 HTTP/1.1", b"GET / HTTP/1.1", b"OPTIONS * HTTP/1.1"]
    assert [parse(raw).absolute for raw in asked] == [True, True, False, False]
