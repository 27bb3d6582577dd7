"""A web server with a table of its own: statuses, header lines, bodies, and how long a connection is kept."""

import re

import pytest

from rawspoof.core.conversation.base import Then
from tests.conversation.talks import NOON, converse, credentials, living, said, talk

HOST = b"Host: www.example\r\n"


def ask(service, *requests, **wanted):
    (_, *replies) = converse(living(service, **wanted), requests)
    return replies


def get(path=b"/", *lines, method=b"GET", version=b"1.1"):
    return b"%b %b HTTP/%b\r\n%b%b\r\n" % (method, path, version, HOST, b"".join(line + b"\r\n" for line in lines))


def status(reply):
    return int(reply.data.split(b" ", 2)[1])


def names(reply):
    return re.findall(rb"(?m)^([\w-]+): ", reply.data.partition(b"\r\n\r\n")[0])


@pytest.mark.parametrize(
    ("request_", "nginx", "apache"),
    [
        (get(), 200, 200),
        (get(b"/nope"), 404, 404),
        (get(method=b"POST"), 405, 200),
        (get(b"/nope", method=b"POST"), 404, 404),
        (get(method=b"PUT"), 405, 405),
        (get(method=b"OPTIONS"), 405, 200),
        (get(b"*", method=b"OPTIONS"), 400, 200),
        (get(method=b"TRACE"), 405, 405),
        (get(method=b"FOO"), 405, 501),
        (get(method=b"get"), 400, 501),
        (get(b"a.example:443", method=b"CONNECT"), 400, 405),
        (b"GET / HTTP/1.1\r\n\r\n", 400, 400),
        (b"help me\r\n", 400, 400),
        (b"\x16\x03\x01", 400, 400),
        (get(version=b"2.0"), 505, 505),
        (get(b"/" + b"a" * 9000), 414, 414),
        (get(b"/", b"X: " + b"a" * 9000), 400, 400),
        (get(b"/", *[b"X: y"] * 150), 200, 400),
        (get(b"/../../etc/passwd"), 400, 400),
        (get(b"/%2e%2e/etc/passwd"), 400, 400),
        (get(b"/a/../b"), 404, 404),
        (get(b"/", b"Expect: magic"), 200, 417),
        (get(b"/", b"Transfer-Encoding: gzip"), 501, 400),
        (get(b"/", b"Content-Length: 99999999", method=b"POST"), 413, None),
        (get(b"/?x=${jndi:ldap://a/b}"), 200, 200),
    ],
)
def test_statuses(request_, nginx, apache):
    for service, code in (("nginx", nginx), ("apache", apache)):
        (reply,) = ask(service, request_)
        assert (status(reply) if reply.data else None) == code, service


def test_lines_stand_in_the_server_s_order():
    (page, lost) = ask("nginx", get(), get(b"/x"))
    assert names(page) == [
        b"Server", b"Date", b"Content-Type", b"Content-Length",
        b"Last-Modified", b"Connection", b"ETag", b"Accept-Ranges",
    ]  # fmt: skip
    assert names(lost) == [b"Server", b"Date", b"Content-Type", b"Content-Length", b"Connection"]
    (refused,) = ask("apache", get(method=b"PUT"))
    assert names(refused) == [b"Date", b"Server", b"Allow", b"Content-Length", b"Content-Type"]
    assert b"The requested method PUT is not allowed" in refused.data


def test_what_is_echoed_is_no_markup():
    (reply,) = ask("apache", get(method=b"A&<'B".replace(b"<", b"|")))
    assert b"A&amp;|&#x27;B not supported" in reply.data


@pytest.mark.parametrize(
    ("version", "line", "nginx", "apache"),
    [
        (b"1.1", b"", b"keep-alive", None),
        (b"1.1", b"Connection: keep-alive", b"keep-alive", b"Keep-Alive"),
        (b"1.1", b"Connection: close", b"close", b"close"),
        (b"1.0", b"", b"close", b"close"),
        (b"1.0", b"Connection: Keep-Alive", b"keep-alive", b"Keep-Alive"),
    ],
)
def test_connections(version, line, nginx, apache):
    for service, word in (("nginx", nginx), ("apache", apache)):
        (reply,) = ask(service, get(b"/", *([line] if line else []), version=version))
        told = re.search(rb"\r\nConnection: (\S+)", reply.data)
        assert (told[1] if told else None) == word
        assert reply.then is (Then.CLOSE if word == b"close" else Then.LISTEN)


def test_apache_counts_down_and_then_closes():
    replies = ask("apache", *[get(b"/", b"Connection: keep-alive")] * 101)
    assert b"max=100\r\n" in replies[0].data
    assert b"max=99\r\n" in replies[1].data
    assert [reply.then for reply in replies].index(Then.CLOSE) == 99


def test_requests_are_answered_in_order_on_one_connection():
    (reply,) = ask("nginx", get(b"/nope") + get() + get(b"/", b"Connection: close"))
    assert re.findall(rb"HTTP/1.1 (\d+)", reply.data) == [b"404", b"200", b"200"]
    assert reply.then is Then.CLOSE


def test_head_has_the_length_and_no_body_and_a_bare_request_the_body_alone():
    page, head, bare = (ask("nginx", r)[0].data for r in (get(), get(method=b"HEAD"), b"GET /\r\n"))
    assert page.startswith(head)
    assert page.removeprefix(head) == bare


def test_who_has_the_index_gets_it_no_more():
    for service in ("nginx", "apache"):
        page = ask(service, get())[0].data
        tag, written = (re.search(name + rb": (.*)\r", page)[1] for name in (rb"ETag", rb"Last-Modified"))
        for line in (b"If-None-Match: " + tag, b"If-Modified-Since: " + written):
            (reply,) = ask(service, get(b"/", line))
            assert (status(reply), reply.data.partition(b"\r\n\r\n")[2]) == (304, b"")
        assert status(ask(service, get(b"/", b'If-None-Match: "x"'))[0]) == 200


def test_a_body_is_awaited_and_may_be_asked_for():
    waits = get(b"/x", b"Expect: 100-continue", b"Content-Length: 3", method=b"POST")
    first, second = ask("apache", waits, b"a=b")
    assert first.data == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert status(second) == 404


def test_a_long_body_is_answered_and_the_connection_closed():
    (reply,) = ask("apache", get(b"/up", b"Content-Length: 900000", method=b"PUT") + b"x" * 20_000)
    assert (status(reply), reply.then) == (405, Then.CLOSE)
    assert b"\r\nConnection: close\r\n" in reply.data


def test_a_form_is_shown_again_with_a_message_after_a_while():
    form = b"user=root&pass=toor"
    line = b"Content-Length: %d" % len(form)
    (reply,) = ask("miniserv", get(b"/session_login.cgi", line, method=b"POST") + form)
    assert [(c.method, c.user, c.secret) for c in credentials([reply])] == [("form", b"root", b"toor")]
    assert re.search(rb'class="error">.*</p>\n<form ', reply.data)
    assert reply.after_s >= 1


def test_one_that_served_closes_when_it_has_been_quiet_for_its_time():
    assert said(ask("nginx", b"GET / HT")) == b""
    spoken = talk(living("apache"))
    spoken.heard(get(), NOON)
    assert spoken.patience_s == 5
    spoken.heard(b"GET / HT", NOON)
    late = spoken.idled(NOON)
    assert (status(late), late.then) == (408, Then.CLOSE)
