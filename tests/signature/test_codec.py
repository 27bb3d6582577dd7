"""A web server's answers: the status each request gets, and lengths that are the body's."""

import re

import pytest

from rawspoof.core.signature.codec import HttpText, http_answers
from rawspoof.core.signature.template import Template

SERVER = HttpText(headers=("Server: x", "Content-Length: {len}"), index="home", error="{code} {reason}")


def answer(request, server=SERVER):
    found = next(a for a in http_answers(server) if re.match(a.when, request))
    assert found.close
    return Template.parse(found.say).render(0.0)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET / HTTP/1.1", b"200 OK"),
        ("GET /?q=1 HTTP/1.0", b"200 OK"),
        ("POST / HTTP/1.1", b"200 OK"),
        ("GET /", b"200 OK"),
        ("GET /nice%20ports HTTP/1.0", b"404 Not Found"),
        ("HEAD /x HTTP/1.0", b"404 Not Found"),
        ("OPTIONS / HTTP/1.0", b"405 Method Not Allowed"),
        ("OPTIONS / RTSP/1.0", b"400 Bad Request"),
        ("\x16\x03\x01", b"400 Bad Request"),
    ],
)
def test_status(request_line, status):
    assert answer(request_line + "\r\n").split(b"\r\n")[0] == b"HTTP/1.1 " + status


def test_a_page_and_its_length():
    assert answer("GET / HTTP/1.0\r\n") == b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 4\r\n\r\nhome"
    assert answer("GET /x HTTP/1.0\r\n").endswith(b"Content-Length: 13\r\n\r\n404 Not Found")


def test_head_gets_the_length_and_no_body():
    assert answer("HEAD / HTTP/1.0\r\n").endswith(b"Content-Length: 4\r\n\r\n")


def test_version_status_and_refusal_are_the_server_s_own():
    server = HttpText(headers=(), index="", version="HTTP/1.0", status="401 Unauthorized", refusal="405 Not Allowed")
    assert answer("GET / HTTP/1.0\r\n", server) == b"HTTP/1.0 401 Unauthorized\r\n\r\n"
    assert answer("PUT / HTTP/1.0\r\n", server) == b"HTTP/1.0 405 Not Allowed\r\n\r\n"
