"""nginx and Apache as Debian has them, and identities that claim to be these: the same answers to the same requests.

Status line, names and order of header lines, their values and the bodies of refusals are compared; where we differ,
and why, is listed.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from rawspoof.core.conversation.base import Then
from rawspoof.edges.lab.namespaces import Lab, stop
from tests.conversation.talks import NOON, living, talk
from tests.netns.clients import Client, connected, hear
from tests.netns.sensors import open_folder, until
from tests.netns.servers import ANSWER_S, Where, listening
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

PORTS: Final = {"nginx": 8080, "apache": 8081}
QUIET_S: Final = 1.5
"""Whoever has not closed when nobody has been told anything for so long keeps the connection open."""
HOST: Final = b"Host: www.example\r\n"
VOLATILE: Final = (b"date", b"etag", b"last-modified", b"content-length")

NGINX: Final = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{ worker_connections 200; }}
http {{
  access_log off; types {{ text/html html; }} client_body_temp_path {folder}/body;
  server {{ listen 8080; root {folder}/www; }}
}}
"""
MODULES: Final = ("mpm_event", "dir", "mime", "authz_core")
APACHE: Final = """
ServerRoot {folder}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.err
Listen 8081
ServerName www.example
TypesConfig /etc/mime.types
ServerTokens OS
ServerSignature On
TraceEnable Off
User www-data
Group www-data
DocumentRoot {folder}/www
DirectoryIndex index.html
"""


def get(path: bytes = b"/", *lines: bytes, method: bytes = b"GET", version: bytes = b"1.1", body: bytes = b"") -> bytes:
    fields = HOST + b"".join(line + b"\r\n" for line in lines)
    return b"%b %b HTTP/%b\r\n%b\r\n%b" % (method, path, version, fields, body)


def post(path: bytes, *lines: bytes, body: bytes = b"a=b") -> bytes:
    return get(path, *lines, method=b"POST", body=body)


SIZE: Final = b"Content-Length: 3"
CHUNKS: Final = b"Transfer-Encoding: chunked"
REQUESTS: Final = {
    "get": get(),
    "get-close": get(b"/", b"Connection: close"),
    "get-keep": get(b"/", b"Connection: keep-alive"),
    "get-1.0": b"GET / HTTP/1.0\r\n\r\n",
    "get-1.0-keep": b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "get-0.9": b"GET /\r\n",
    "get-1.2": get(version=b"1.2"),
    "get-2.0": get(version=b"2.0"),
    "head": get(method=b"HEAD"),
    "line-feeds-only": b"GET / HTTP/1.1\nHost: www.example\n\n",
    "empty-lines-before": b"\r\n\r\n" + get(),
    "absolute": get(b"http://www.example/"),
    "not-there": get(b"/nope"),
    "not-there-head": get(b"/nope", method=b"HEAD"),
    "log4shell": get(b"/?x=${jndi:ldap://x/a}", b"X-Api: ${jndi:ldap://x/a}"),
    "traversal": get(b"/../../etc/passwd"),
    "traversal-encoded": get(b"/%2e%2e/%2e%2e/etc/passwd"),
    "post": post(b"/", SIZE),
    "post-not-there": post(b"/nope", SIZE),
    "post-no-length": post(b"/", body=b""),
    "post-chunked": post(b"/nope", CHUNKS, body=b"3\r\na=b\r\n0\r\n\r\n"),
    "post-bad-chunk": post(b"/nope", CHUNKS, body=b"zz\r\na=b\r\n0\r\n\r\n"),
    "post-both-lengths": post(b"/nope", SIZE, CHUNKS, body=b"0\r\n\r\n"),
    "post-continued": post(b"/nope", b"Expect: 100-continue", SIZE),
    "post-bad-length": post(b"/", b"Content-Length: abc"),
    "post-huge": post(b"/", b"Content-Length: 99999999"),
    "post-odd-coding": post(b"/", b"Transfer-Encoding: gzip", body=b""),
    "odd-expectation": get(b"/", b"Expect: magic"),
    "put": get(b"/x", SIZE, method=b"PUT", body=b"a=b"),
    "delete": get(method=b"DELETE"),
    "options": get(method=b"OPTIONS"),
    "options-1.0": b"OPTIONS / HTTP/1.0\r\n\r\n",
    "options-star": get(b"*", method=b"OPTIONS"),
    "options-not-there": get(b"/nope", method=b"OPTIONS"),
    "trace": get(method=b"TRACE"),
    "connect": get(b"x.example:443", method=b"CONNECT"),
    "propfind": get(method=b"PROPFIND"),
    "unknown-method": get(method=b"FOO"),
    "small-letters": get(method=b"get"),
    "no-host": b"GET / HTTP/1.1\r\n\r\n",
    "no-slash": get(b"nope"),
    "garbage": b"help me\r\n\r\n",
    "tls": b"\x16\x03\x01\x00\xa5\x01\r\n\r\n",
    "rtsp": b"OPTIONS / RTSP/1.0\r\n\r\n",
    "http2-preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "long-line": get(b"/" + b"a" * 9000),
    "long-field": get(b"/", b"X: " + b"a" * 9000),
    "many-fields": get(b"/", *[b"X: a"] * 150),
    "no-field": get(b"/", b"no colon here"),
    "space-in-name": get(b"/", b"X : y"),
    "two": get(b"/nope") + get(b"/", b"Connection: close"),
}

DIFFERENT: Final = {
    "nginx": {
        "post-bad-chunk": "it answers before it reads the body",
        "post-continued": "it does not ask for a body that it throws away",
        "post-huge": "it waits for the client to close first",
    },
    "apache": {
        "line-feeds-only": "it is strict since 2.4.24; we are what most servers are",
        "not-there-head": "it leaves out the length of a body that it does not make",
        "post-bad-chunk": "it leaves out the length, for the same reason",
        "post-both-lengths": "it goes on with the chunks; we refuse",
        "odd-expectation": "it says the expectation again, and does not tell that it closes",
        "options-not-there": "it names no type where there is no file",
        "connect": "it takes the authority for its own name",
        "get-2.0": "it takes any version for its own",
        "no-slash": "it answers in its configured name where it has not read Host",
        "garbage": "as above",
        "tls": "as above",
        "rtsp": "as above",
        "http2-preface": "as above",
        "long-line": "as above",
        "no-host": "as above",
    },
}


@pytest.fixture(scope="module")
def heard() -> Iterator[dict[str, dict[str, tuple[bytes, bool]]]]:
    """What each real server says to each request, and whether it closed."""
    with open_folder() as folder, Lab() as lab:
        (folder / "www").mkdir()
        (folder / "www/index.html").write_text("<html></html>\n")
        servers = [lab.run("sensor", argv, stdin=subprocess.DEVNULL) for argv in _commands(folder)]
        try:
            yield {name: _asked(lab, port) for name, port in PORTS.items()}
        finally:
            for server in servers:
                stop(server)


def _commands(folder: Path) -> list[list[str]]:
    nginx, apache = shutil.which("nginx"), shutil.which("apache2")
    assert nginx, "this test wants nginx: apt-get install nginx"
    assert apache, "this test wants Apache: apt-get install apache2-bin"
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    loads = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in MODULES)
    (folder / "apache.conf").write_text(loads + APACHE.format(folder=folder))
    return [
        [nginx, "-c", str(folder / "nginx.conf")],
        [apache, "-f", str(folder / "apache.conf"), "-DFOREGROUND"],
    ]


def _asked(lab: Lab, port: int) -> dict[str, tuple[bytes, bool]]:
    listening(lab, Where(port))
    with connected(lab, TARGET, [port] * len(REQUESTS)) as clients:
        for client, request in zip(clients, REQUESTS.values(), strict=True):
            client.sock.setblocking(True)
            client.sock.sendall(request)
            client.sock.setblocking(False)
        until(lambda: _over(clients), ANSWER_S)
        return {name: (client.heard, client.over) for name, client in zip(REQUESTS, clients, strict=True)}


def _over(clients: list[Client]) -> bool:
    """Whether nobody hears anything any more."""
    before = sum(len(client.heard) for client in clients), sum(client.over for client in clients)
    hear([client for client in clients if not client.over], lambda c: c.over, QUIET_S)
    return before == (sum(len(client.heard) for client in clients), sum(client.over for client in clients))


def _ours(name: str, real: bytes, request: bytes) -> tuple[bytes, bool]:
    """What an identity that claims the same version says, and whether it closes."""
    told = re.search(rb"Server: \w+/([\d.]+)( \(\w+\))?", real)
    assert told
    who = living(name)
    facts = {**who.facts, "ver": told[1], "tag": told[2] or b"", "mods": b""}
    spoken = talk(who._replace(facts=facts))
    reply = spoken.heard(request, NOON)
    return reply.data, reply.then is Then.CLOSE


def _shape(said: bytes) -> list[list[bytes]]:
    """Responses without what may differ: volatile values, the page itself, and the DTD that releases name."""
    shaped = []
    for part in re.split(rb"(?=HTTP/1\.1 )", said)[1:]:
        head, _, body = part.partition(b"\r\n\r\n")
        lines = [_line(line) for line in head.split(b"\r\n")]
        page = b"200 OK" in lines[0] and body
        shaped.append([*lines, b"" if page else re.sub(rb"<!DOCTYPE[^>]*>", b"", body)])
    return shaped


def _line(line: bytes) -> bytes:
    """A header line without what may differ; the order in which Apache names methods comes from its modules."""
    name, colon, value = line.partition(b": ")
    if name == b"Allow":
        return name + colon + b",".join(sorted(value.split(b",")))
    return name if name.lower() in VOLATILE else line


@pytest.mark.parametrize("server", PORTS)
def test_the_same_requests_get_the_same_answers(heard, server):
    real = heard[server]
    differ = {}
    for name, request in REQUESTS.items():
        said, closed = _ours(server, real["get"][0], request)
        if (_shape(said), closed) != (_shape(real[name][0]), real[name][1]):
            differ[name] = (_shape(real[name][0]), real[name][1], _shape(said), closed)
    assert {name: differ[name] for name in differ if name not in DIFFERENT[server]} == {}
    assert set(DIFFERENT[server]) - set(differ) == set(), "differences that are gone"
