"""Servers that are no NATS, or hang, or say no: each is an error in time."""

import socket
import threading
from contextlib import contextmanager

import pytest

from rawspoof.edges.sinks.nats_client import Client, NatsError, Request
from rawspoof.edges.sinks.stream import Garbage
from tests.netns.farends import HOST

pytestmark = pytest.mark.netns

INFO = b'INFO {"headers": true, "max_payload": 1000, "nonce": "n"}\r\n'


@contextmanager
def server(lab, *turns):
    """A server that says each of these in turn, the first at once, the others after it was told something."""
    done = threading.Event()

    def run():
        with listening.accept()[0] as connection:
            for number, said in enumerate(turns):
                if number and not connection.recv(65536):
                    return
                connection.sendall(said)
            done.wait()

    with lab.inside("sensor"):
        listening = socket.create_server((HOST, 4222))
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(10)
        listening.close()


def asked(lab, *requests):
    with lab.inside("attacker"):
        client = Client((HOST, 4222), 0.3, None, False, "", "")
    try:
        return client.ask(requests)
    finally:
        client.close()


def test_answers_in_any_order_with_a_ping_in_between(lab, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda size: "i")
    answers = b"PING\r\nHMSG _INBOX.i.1 1 12 14\r\nNATS/1.0\r\n\r\nhi\r\nINFO {}\r\nMSG _INBOX.i.0 1 3\r\na\r\n\r\n"
    with server(lab, INFO, b"PONG\r\n", answers):
        assert asked(lab, Request("a", b"1"), Request("b", b"2", {"Nats-Msg-Id": "x"})) == [b"a\r\n", b"hi"]


def test_nobody_there_to_answer(lab, monkeypatch):
    monkeypatch.setattr("secrets.token_hex", lambda size: "i")
    with server(lab, INFO, b"PONG\r\n", b"HMSG _INBOX.i.0 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"):
        assert asked(lab, Request("a", b"")) == [None]


@pytest.mark.parametrize(
    ("turns", "error"),
    [
        ([b"SSH-2.0-OpenSSH\r\n"], Garbage),
        ([b"INFO nonsense\r\n"], ValueError),
        ([b"INFO []\r\n"], Garbage),
        ([b'INFO {"headers": false}\r\n'], Garbage),
        ([b""], TimeoutError),
        ([INFO], TimeoutError),
        ([INFO, b"-ERR 'Authorization Violation'\r\n"], NatsError),
        ([INFO, b"HTTP/1.1 400\r\n"], Garbage),
        ([INFO, b"PONG\r\n"], TimeoutError),
        ([INFO, b"PONG\r\n", b"-ERR 'Permissions Violation'\r\n"], NatsError),
        ([INFO, b"PONG\r\n", b"MSG x 1 99999999\r\n"], Garbage),
        ([INFO, b"PONG\r\n", b"MSG\r\n"], Garbage),
        ([INFO, b"PONG\r\n", b"HMSG _INBOX.i.0 1 9 4\r\nabcd\r\n"], Garbage),
    ],
)
def test_what_is_no_nats_is_an_error(lab, turns, error):
    with server(lab, *turns), pytest.raises(error):
        asked(lab, Request("a", b""))
