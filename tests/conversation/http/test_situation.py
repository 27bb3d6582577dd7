"""Which case a request is: what always arises, what only a table's own cases make arise, and where pages are."""

import pytest

from rawspoof.core.conversation.http.head import parse
from rawspoof.core.conversation.http.situation import place, situation
from rawspoof.core.signature.codec import CaseText, HttpText, PageText, site

PAGES = (PageText(when=r"[A-Z]+ /api/", body="api"), PageText(when=r"GET /v\b", body="1"))
OWN = ("host", "many", "odd", "expect", "length", "unknown", "options", "star", "put", "post", "trace", "escape")
PLAIN = site(HttpText(headers=(), index="home", pages=PAGES, body_max=9))
STRICT = site(HttpText(headers=(), index="home", pages=PAGES, body_max=9, cases=dict.fromkeys(OWN, CaseText())))
PROXY = site(HttpText(headers=(), index="", cases={"proxy": CaseText(), "connect": CaseText()}), proxy=True)
GATE = site(HttpText(headers=(), index="", cases={"auth": CaseText()}))


def asked(line, *fields):
    return parse(b"".join(part + b"\r\n" for part in (line.encode(), *fields, b"")))


@pytest.mark.parametrize(
    ("line", "fields", "plain", "strict"),
    [
        ("GET / HTTP/1.1", (b"Host: a",), None, None),
        ("GET / HTTP/1.1", (), None, "host"),
        ("GET / HTTP/1.0", (), None, None),
        ("GET / HTTP/1.0", (b"odd",), None, "odd"),
        ("GET / HTTP/1.0", (b"X: y",) * 150, None, "many"),
        ("GET / HTTP/1.0", (b"Expect: x",), None, "expect"),
        ("GET /../x HTTP/1.0", (), None, "escape"),
        ("GET /a/%2E%2e/%2e./x HTTP/1.0", (), None, "escape"),
        ("GET /a/../x?/../.. HTTP/1.0", (), None, None),
        ("GET * HTTP/1.0", (), "bad", "bad"),
        ("get / HTTP/1.0", (), "lower", "lower"),
        ("FOO / HTTP/1.0", (), "method", "unknown"),
        ("OPTIONS / HTTP/1.0", (), "method", "options"),
        ("OPTIONS * HTTP/1.0", (), "method", "star"),
        ("TRACE / HTTP/1.0", (), "method", "trace"),
        ("PUT /x HTTP/1.0", (), "method", "put"),
        ("PUT /api/x HTTP/1.0", (), None, None),
        ("DELETE /v HTTP/1.0", (), "method", "method"),
        ("POST / HTTP/1.0", (), None, "length"),
        ("POST / HTTP/1.0", (b"Content-Length: 1",), None, "post"),
        ("POST /x HTTP/1.0", (b"Content-Length: 1",), None, None),
        ("POST /x HTTP/1.0", (b"Content-Length: 10",), "body", "body"),
        ("GET http://a/ HTTP/1.0", (), None, None),
        ("GET / HTTP/3.0", (), "version", "version"),
    ],
)
def test_situations(line, fields, plain, strict):
    assert situation(asked(line, *fields), PLAIN) == plain
    assert situation(asked(line, *fields), STRICT) == strict


def test_a_proxy_is_asked_for_others_addresses():
    lines = ("GET http://a/ HTTP/1.0", "CONNECT a:1 HTTP/1.0", "GET / HTTP/1.0")
    assert [situation(asked(line), PROXY) for line in lines] == ["proxy", "connect", None]
    # One whose file says no more refuses them all.
    bare = site(HttpText(headers=(), index=""), proxy=True)
    assert [situation(asked(line), bare) for line in lines] == ["method", "method", None]


def test_a_gate_asks_everybody_for_a_password():
    assert [situation(asked(line), GATE) for line in ("GET / HTTP/1.0", "PUT /x HTTP/1.0")] == ["auth", "auth"]


def test_pages_are_found_by_their_path_and_head_is_as_get():
    found = [place(asked(line), PLAIN) for line in ("HEAD /v HTTP/1.0", "GET /?x HTTP/1.0", "GET /nope HTTP/1.0")]
    assert found == [PLAIN.pages[1].response, PLAIN.pages[-1].response, PLAIN.cases["lost"]]
