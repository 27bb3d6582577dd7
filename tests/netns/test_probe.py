"""The small scanner against ports of each kind."""

import socket
from ipaddress import ip_address
from threading import Thread

import pytest

from rawspoof.edges.doctor import probe
from tests.netns.taps import TARGET, TARGET6, call, serving

pytestmark = pytest.mark.netns


@pytest.mark.parametrize("target", [TARGET, TARGET6])
def test_states(lab, target, monkeypatch):
    monkeypatch.setattr(probe, "ANSWER_S", 0.2)
    monkeypatch.setattr(probe, "AT_ONCE", 2)
    call(lab, "sensor", "nft", "-f", "-", text="table inet t { chain c { type filter hook input priority 0; }; }")
    call(lab, "sensor", "nft", "add", "rule", "inet", "t", "c", "tcp", "dport", "9", "drop")
    done: list[int] = []
    with serving(lab, "sensor", 8088), lab.inside("attacker"):
        found = probe.states(ip_address(target), [7, 9, 8087, 8088], done.append)
    assert found == {7: "closed", 9: "filtered", 8087: "closed", 8088: "open"}
    assert done[:2] == [2, 4]


def test_names(lab, monkeypatch):
    monkeypatch.setattr(probe, "GREETING_S", 0.2)
    with lab.inside("sensor"):
        silent = socket.create_server((TARGET, 80))
    # A page for who asks, and nothing before.
    thread = Thread(target=_answer, args=(silent,))
    thread.start()
    with serving(lab, "sensor", 8088), lab.inside("attacker"):
        found = probe.names(ip_address(TARGET), [80, 8088, 9])
    thread.join(10)
    silent.close()
    assert found == {80: "HTTP/1.0 200 .OK", 8088: "genuine", 9: ""}


def _answer(server: socket.socket) -> None:
    with server.accept()[0] as peer:
        assert peer.recv(100).startswith(b"GET / ")
        peer.sendall(b"HTTP/1.0 200 \xffOK\r\nServer: x\r\n")
