"""Requests as browsers, scripts and liars send them: pages, files, hosts, bodies, and what is not there."""

import pytest

from rawspoof.edges.web.app import STATIC, read_static
from rawspoof.edges.web.given import BODY_BYTES_MAX
from rawspoof.edges.web.openapi import PAGES
from tests.edges.web.desk import HEADER, Orders, context, get, send


@pytest.mark.parametrize("path", ["/", "/?port=22", *(f"/{name}" for name in PAGES)])
def test_pages(path):
    answer = get(context(), path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "set-cookie" not in answer.headers
    assert "server" not in answer.headers


def test_every_file_of_the_pages_is_there_with_its_kind():
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    for name in read_static(STATIC):
        answer = get(context(), f"/static/{name}")
        assert answer.status_code == 200
        for end, kind in kinds.items():
            assert not name.endswith(end) or answer.headers["content-type"].startswith(kind)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/app.js%00.css",
        "/..%5c..%5cetc",
        "/static/",
        "/nothing",
        "/api",
        "/api/nothing",
        "/api/sources/",
        "/index.html/x",
    ],
)
def test_what_is_not_there_is_not_found(path):
    answer = get(context(), path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "[::1]:8080", "localhost", "Sensor.Example.:80"])
def test_hosts_that_are_ours(host):
    assert get(context(), "/api/stats", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "sensor.example@evil", "[evil]", "a b"])
def test_hosts_that_are_not(host):
    answer = get(context(), "/api/stats", headers={"Host": host})
    assert answer.status_code == 421
    assert "uptime" not in answer.text


def test_another_site_can_change_nothing():
    given = context()
    assert isinstance(given.orders, Orders)
    wish = {"address": "203.0.113.5"}
    assert send(given, "POST", "/api/blocks", wish, headers={}).status_code == 403
    forged = {**HEADER, "content-type": "text/plain"}
    assert send(given, "POST", "/api/blocks", headers=forged, content=b'{"address":"203.0.113.5"}').status_code == 415
    assert given.orders.told == []


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"{", 400, "not JSON"),
        (b"[]", 400, "the body: expected object"),
        (b'{"address":"nobody"}', 400, "address: expected an IPv4 or IPv6 address, got 'nobody'"),
        (b'{"address":"203.0.113.5","seconds":true}', 400, "seconds: expected number"),
        (b'{"address":"203.0.113.5","seconds":1e999}', 400, "not JSON"),
        (b'{"address":"203.0.113.5","why":1}', 400, "the body: 'why' is unknown"),
        (b"{}", 400, "the body: address is needed"),
        (b"[" * 100_000, 400, "not JSON"),
        (b'{"address":"' + b"1" * BODY_BYTES_MAX + b'"}', 413, "the body is longer"),
        (b"\xff", 400, "not JSON"),
    ],
)
def test_bodies_that_are_none(body, status, why):
    headers = {**HEADER, "content-type": "application/json"}
    answer = send(context(), "POST", "/api/blocks", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"].startswith(why)


def test_a_method_that_is_not_there():
    answer = send(context(), "PUT", "/api/blocks")
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]
