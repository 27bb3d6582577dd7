"""Devices with one answer: other pages, methods and forms in the manner of that one."""

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.http import unsited
from rawspoof.core.conversation.http.head import parse
from tests.conversation.talks import converse, credentials, living

PAGE = b"HTTP/1.0 200 OK\r\nServer: x\r\nContent-Type: text/html\r\nContent-Length: 37\r\n\r\n"
FORM = b'<h1>a</h1><form action="/in"></form>\n'
SAID = Reply(PAGE + FORM, Then.CLOSE)


def reply(line, refused=False, said=SAID, service="device-page"):
    return unsited.reply(said, parse(line + b" HTTP/1.0\r\n\r\n"), refused, living(service))


def test_the_page_is_at_the_root_and_where_it_says():
    assert reply(b"GET /") is SAID
    assert reply(b"POST /in?x") is SAID
    lost = reply(b"GET /cgi-bin/luci").data
    assert lost.startswith(
        b"HTTP/1.0 404 Not Found\r\nServer: x\r\nContent-Type: text/html\r\nContent-Length: 91\r\n\r\n"
    )


def test_head_and_methods_that_devices_do_not_know():
    assert reply(b"HEAD /").data == PAGE
    assert reply(b"HEAD /x").data.endswith(b"\r\n\r\n")
    assert reply(b"DELETE /").data.startswith(b"HTTP/1.0 501 ")


def test_a_refused_password_is_told_before_the_form_and_the_length_is_right():
    told = reply(b"POST /in", refused=True)
    head, _, body = told.data.partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(body) in head
    assert body == b"<h1>a</h1>" + unsited.MESSAGE + b'<form action="/in"></form>\n'
    assert told.after_s == unsited.DELAY_S


def test_a_device_with_a_form_has_an_icon():
    assert b"Content-Type: image/x-icon\r\n" in reply(b"GET /favicon.ico").data


def test_what_is_asked_a_password_everywhere_is_so_everywhere():
    gate = Reply(b"HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\nno", Then.CLOSE)
    assert reply(b"GET /any", said=gate) is gate
    assert reply(b"GET /any", said=Reply(b"no http", Then.CLOSE)).data == b"no http"


def test_a_router_hears_passwords_and_refuses_them():
    request = b"GET /admin HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YWRtaW46YWRtaW4=\r\n\r\n"
    for service in ("device-gate", "device-realm", "netgear-uhttpd", "procurve"):
        _, said = converse(living(service), [request])
        assert said.data.split(b" ", 2)[1] == b"401"
        assert credentials([said]) == [Credential("Basic", b"admin", b"admin")]
