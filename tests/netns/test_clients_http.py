"""Browsers, fetchers and brute forcers of the web end as they do at servers that refuse; we know what they tried.

All of them run at once against one sensor.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.netns.programs import Case, Ended, check, place, program, side_by_side
from tests.netns.sensors import open_folder

pytestmark = pytest.mark.netns

HYDRA = "hydra -I -t 2 -l bob -p"
NMAP = "nmap -Pn -n -sT -p {port} {to} --script "
CHROMIUM = (
    "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --user-data-dir=chromium --dump-dom http://{to}:{port}/"
)
CASES: Final = {
    "curl": Case("apache", "curl -sv http://{to}:{port}/", re.compile(r"< HTTP/1\.1 200 OK\s[^\0]*</html>"), 0),
    "curl-head": Case("nginx", "curl -sI http://{to}:{port}/", re.compile(r"HTTP/1\.1 200 OK\s[^\0]*ETag: "), 0),
    "curl-again": Case(
        "nginx",
        "curl -sv http://{to}:{port}/ --next -sv http://{to}:{port}/nope",
        re.compile(r"Re-using existing[^\0]*< HTTP/1\.1 404"),
        0,
    ),
    "curl-form": Case(
        "miniserv",
        "curl -s http://{to}:{port}/session_login.cgi -d user=bob&pass=cf",
        "Login failed",
        0,
        ("form", "bob", "cf"),
    ),
    "curl-basic": Case(
        "netgear-uhttpd",
        "curl -sv -u bob:cb http://{to}:{port}/",
        re.compile(r"HTTP/1\.0 401[^\0]*401 Unauthorized"),
        0,
        ("Basic", "bob", "cb"),
    ),
    "curl-digest": Case(
        "amt",
        "curl -sv --digest -u bob:cd http://{to}:{port}/index.htm",
        re.compile(r"Authorization: Digest username=.bob[^\0]*HTTP/1\.1 401"),
        0,
        ("Digest", "bob", re.compile('^GET username="bob", realm="Digest:')),
    ),
    "curl-large": Case(
        "apache", "curl -sv -T large http://{to}:{port}/up", re.compile(r"HTTP/1\.1 405 Method Not Allowed"), 0
    ),
    "curl-proxy": Case(
        "squid",
        "curl -sv -U bob:cp -x http://{to}:{port}/ http://a.example/",
        re.compile(r"HTTP/1\.1 407 "),
        0,
        ("Basic", "bob", "cp"),
    ),
    "curl-tunnel": Case(
        "squid", "curl -sv -x http://{to}:{port}/ https://a.example/", re.compile(r"HTTP/1\.1 407 "), 56
    ),
    "curl-elasticsearch": Case("elasticsearch", "curl -s http://{to}:{port}/_cluster/health", '"status":"yellow"', 0),
    "curl-docker": Case("docker", "curl -s http://{to}:{port}/v1.24/version", re.compile(r'"ApiVersion":"1\.'), 0),
    "wget": Case("nginx", "wget -O - http://{to}:{port}/", "200 OK", 0),
    "wget-lost": Case("apache", "wget -O - http://{to}:{port}/nope", "ERROR 404: Not Found", 8),
    "hydra-get": Case(
        "netgear-uhttpd", HYDRA + " hg -s {port} {to} http-get /", "0 valid password", 0, ("Basic", "bob", "hg")
    ),
    "hydra-form": Case(
        "miniserv",
        HYDRA + " hf -s {port} {to} http-post-form /session_login.cgi:user=^USER^&pass=^PASS^:F=failed",
        "0 valid password",
        0,
        ("form", "bob", "hf"),
    ),
    "whatweb": Case("apache", "whatweb --color=never http://{to}:{port}/", re.compile(r"200 OK.*Apache\["), 0),
    "nmap-title": Case(
        "nginx",
        NMAP + "+http-title,+http-server-header,+http-methods",
        re.compile(r"(?s)(?=.*http-title: \w)(?=.*http-server-header: nginx/)"),
        0,
    ),
    "nmap-methods": Case("apache", NMAP + "+http-methods", "Supported Methods: GET POST OPTIONS HEAD", 0),
    "nmap-auth": Case("netgear-uhttpd", NMAP + "+http-auth", "Basic realm=NETGEAR", 0),
    "nmap-enum": Case("nginx", NMAP + "+http-enum --script-args http-enum.category=management", "open", 0),
    "chromium": Case(
        "miniserv", CHROMIUM, re.compile(r'<form method="post"[^\0]*<input name="pass" type="password">'), 0
    ),
}


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[dict[str, Ended], Path]]:
    """How every client ended, and the file of events."""
    with place() as here, open_folder() as folder:
        (folder / "large").write_bytes(bytes(100_000))
        yield side_by_side(folder, {name: program(here, case) for name, case in CASES.items()}), here.events


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_against_any_server_that_refuses(seen, name):
    ended, events = seen
    check(CASES[name], ended[name], events)
