"""The server at a real socket: peers that are slow, many, silent or malformed cost little and disturb nobody."""

import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from rawspoof.edges.web import tls
from rawspoof.edges.web.app import Admin
from rawspoof.edges.web.server import ADDRESS_MAX, Server
from tests.edges.web.desk import KNOWN, PASSWORD, USER, basic, context

LOGIN = f"Host: localhost\r\nAuthorization: {basic(USER, PASSWORD)}\r\n"
SHORT_S = 0.2


@contextmanager
def serving(secured: ssl.SSLContext | None = None, **limits: float) -> Iterator[Any]:
    """A way to connect to a server."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(Admin(context(), KNOWN), listener, secured, **limits)
    server.start()
    with listener, ExitStack() as open_ones:

        def connect(said: str = "", room: int = 0) -> socket.socket:
            made = open_ones.enter_context(socket.socket())
            made.settimeout(5)
            if room:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
            made.connect(listener.getsockname())
            made.sendall(said.encode())
            return made

        yield connect
        server.stop()


def heard(end: socket.socket, until: bytes = b"") -> bytes:
    """What comes until the far end hangs up, or until this."""
    data = b""
    while not until or until not in data:
        try:
            more = end.recv(65536)
        except ConnectionResetError:
            break
        if not more:
            break
        data += more
    return data


def ask(path: str, more: str = "") -> str:
    return f"GET {path} HTTP/1.1\r\n{LOGIN}{more}\r\n"


def test_requests_one_after_the_other():
    with serving() as connect:
        end = connect(ask("/api/stats"))
        assert b'"total_connections":1' in heard(end, b"}")
        end.sendall(ask("/api/nothing", "Connection: close\r\n").encode())
        assert b"HTTP/1.1 404" in heard(end)


def test_over_tls(tmp_path):
    secured, _ = tls.context(tmp_path / "c", tmp_path / "k", ("localhost",))
    with serving(secured) as connect:
        plain = connect(ask("/api/stats"))
        assert b"200 OK" not in heard(plain)
        client = ssl.create_default_context(cafile=str(tmp_path / "c"))
        with client.wrap_socket(connect(), server_hostname="localhost") as end:
            end.sendall(ask("/api/stats").encode())
            assert b"200 OK" in heard(end, b"}")


@pytest.mark.parametrize("said", ["", "GET / HT", f"GET / HTTP/1.1\r\n{LOGIN}"])
def test_a_head_that_does_not_come_ends_the_connection(said):
    with serving(head_s=SHORT_S) as connect:
        assert heard(connect(said)) == b""


def test_a_head_that_is_too_long_is_refused():
    with serving() as connect:
        assert heard(connect("GET /" + "a" * 20_000)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("said", ["\0\1\2\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_request(said):
    with serving() as connect:
        assert heard(connect(said)).startswith(b"HTTP/1.1 400")
        assert b"200 OK" in heard(connect(ask("/api/stats")), b"}")


def test_who_does_not_read_is_dropped():
    with serving(stuck_s=SHORT_S) as connect:
        end = connect(room=4096)
        # Answers of some 44 KB each, none of which is read.
        end.sendall(ask("/api/ports").encode() * 300)
        other = connect(ask("/api/health", "Connection: close\r\n"))
        assert b"200 OK" in heard(other)
        # Nothing was read, and nothing has to be for this: the connection was reset, not closed.
        waiting = select.poll()
        waiting.register(end, 0)
        assert waiting.poll(5000) == [(end.fileno(), select.POLLHUP | select.POLLERR)]


def test_of_one_address_only_so_many_connections():
    with serving() as connect:
        many = [connect() for _ in range(ADDRESS_MAX)]
        assert heard(connect()) == b""
        many[0].sendall(ask("/api/stats", "Connection: close\r\n").encode())
        assert b"200 OK" in heard(many[0])
        assert b"200 OK" in heard(connect(ask("/api/stats")), b"}")


def test_the_stream_begins_at_once_and_does_not_keep_the_server_from_ending():
    with serving() as connect:
        end = connect(ask("/api/stream"))
        begun = heard(end, b"event: feed")
        assert b"text/event-stream" in begun
        assert b"event: stats" in begun
