"""The kernel's own TCP as our client, with the options it can have: whole banners, answers, holds, closes."""

import array
import fcntl
import json
import socket
import termios
import time
from collections.abc import Callable, Iterator

import pytest

from rawspoof.core.conversation.which import talks
from rawspoof.core.world.profile import Hold, Profile
from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.netns.clients import ESTABLISHED, Client, connected, hear, heard_ago_s, state
from tests.netns.sensors import greetings, running, tell, told, town, until
from tests.netns.taps import TARGET, TARGET6, call

pytestmark = pytest.mark.netns

PROMPT = ("--delivery", "prompt")
PORTS = range(1, 501)
WAIT_S = 5.0
GET = b"GET / HTTP/1.1\r\nHost: www\r\nConnection: close\r\n\r\n"

CLIENTS = {
    "default": {},
    "no-timestamps": {"tcp_timestamps": 0},
    "no-window-scaling": {"tcp_window_scaling": 0},
    "no-sack": {"tcp_sack": 0},
    "mss-536": {"mss": 536},
    "mss-88-and-nothing-else": {"mss": 88, "tcp_timestamps": 0, "tcp_window_scaling": 0, "tcp_sack": 0},
}
"""What is unlike the defaults of a client: its MSS, the attacker side's sysctls."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as both, running(both, *PROMPT):
        yield both


@pytest.fixture(scope="module")
def profile() -> Callable[[int], Profile]:
    return town(*PROMPT)


@pytest.fixture(params=CLIENTS)
def mss(lab: Lab, request: pytest.FixtureRequest) -> Iterator[int]:
    """A kind of client; what is set for all sockets is set, and set back."""
    how = dict(CLIENTS[request.param])
    chosen = how.pop("mss", 0)
    for value in (how, dict.fromkeys(how, 1)):
        for key, number in value.items():
            call(lab, "attacker", "sysctl", "-q", "-w", f"net.ipv4.{key}={number}")
        if value is how:
            yield chosen


def web(profile: Profile) -> bool:
    who = profile.identity
    plain = who is not None and who.protocol == "http" and not who.tls
    return plain and who.product in ("nginx", "Apache httpd")


def answers(profile: Profile) -> bool:
    return profile.identity is not None and talks(profile.identity)


def stuck(profile: Profile) -> bool:
    """Whether a port closes its window on whoever talks to it."""
    return profile.hold is Hold.PERSIST and not answers(profile)


@pytest.mark.parametrize("target", [TARGET, TARGET6])
def test_every_banner_arrives_whole(lab, mss, target):
    banners = greetings(town(*PROMPT, target=target), PORTS)
    began = time.monotonic()
    with connected(lab, target, banners, mss=mss) as clients:
        late = hear(clients, lambda c: len(c.heard) >= banners[c.port].size, WAIT_S)
    assert [client.port for client in late] == []
    assert [c.port for c in clients if not told(c.heard, banners[c.port])] == []
    tell(f"{len(clients)} banners, {sum(len(c.heard) for c in clients)} octets: {time.monotonic() - began:.2f} s")


def whole(answer: bytes) -> bool:
    """Whether a page has come to its end."""
    head, blank, body = answer.partition(b"\r\n\r\n")
    size = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), b":-1")
    return bool(blank) and len(body) == int(size.partition(b":")[2])


@pytest.mark.parametrize("half_close", [False, True])
def test_a_page_is_served_and_the_connection_closed(lab, profile, mss, half_close):
    ports = [port for port in PORTS if web(profile(port))]
    assert len(ports) > 10
    with connected(lab, TARGET, ports, mss=mss) as clients:
        for client in clients:
            client.sock.setblocking(True)
            client.sock.sendall(GET)
            if half_close:
                client.sock.shutdown(socket.SHUT_WR)
            client.sock.setblocking(False)
        assert hear(clients, lambda c: c.over, WAIT_S) == []
    assert [(c.port, c.heard) for c in clients if c.error or not whole(c.heard)] == []
    assert_nothing_lingers(lab)


def assert_nothing_lingers(lab: Lab) -> None:
    """All connections of the attacker's side come to their end; one that waits for an ACK of ours never would."""
    until(
        lambda: (
            not call(lab, "attacker", "ss", "-tanH", "state", "all", "exclude", "time-wait", "exclude", "listening")
        ),
        WAIT_S,
    )


def test_a_link_local_address_is_one_of_ours(lab):
    shown = json.loads(call(lab, "sensor", "ip", "-j", "-6", "addr", "show", INTERFACE))[0]["addr_info"]
    (ours,) = (address["local"] for address in shown if address["scope"] == "link")
    with lab.inside("attacker"), socket.socket(socket.AF_INET6) as client:
        client.settimeout(WAIT_S)
        client.connect((ours, 22, 0, socket.if_nametoindex(INTERFACE)))
        assert client.recv(100).startswith(b"SSH-2.0-")


def test_keep_alives_of_held_connections_are_answered(lab):
    """Whatever became of a connection after its banner: forgotten, frozen, in conversation, or never a word said."""
    with connected(lab, TARGET, PORTS, keep_alive_s=1) as clients:
        hear(clients, lambda c: False, 3.5)
        # Two probes have been sent by now, and an unanswered one would be older than a second.
        assert [c.port for c in clients if c.over or state(c.sock) != ESTABLISHED] == []
        assert [(c.port, heard_ago_s(c.sock)) for c in clients if heard_ago_s(c.sock) > 1.5] == []
    assert_nothing_lingers(lab)


def test_a_connection_that_the_client_closes_is_closed_from_our_side_too(lab):
    with connected(lab, TARGET, PORTS) as clients:
        hear(clients, lambda c: bool(c.heard), 0.3)
        for client in clients:
            client.sock.shutdown(socket.SHUT_WR)
        assert hear(clients, lambda c: c.over, WAIT_S) == []
    assert [(c.port, c.error) for c in clients if c.error] == []
    assert_nothing_lingers(lab)


def test_a_hold_that_is_over_is_closed_by_us(lab):
    with Lab() as other, running(other, *PROMPT, "-t", "0.5", "-T", "1"):
        began = time.monotonic()
        held = town(*PROMPT, "-t", "0.5", "-T", "1")
        ports = [port for port in PORTS if held(port).hold is Hold.TIMED and not answers(held(port))]
        assert len(ports) > 20
        with connected(other, TARGET, ports) as clients:
            hear(clients, lambda c: c.over, 0.4)
            assert [c.port for c in clients if c.over] == []
            assert hear(clients, lambda c: c.over, 2.0) == []
        assert [(c.port, c.error) for c in clients if c.error] == []
        assert_nothing_lingers(other)
        tell(f"{len(ports)} holds of 0.5 to 1 s over after {time.monotonic() - began:.2f} s")


def test_a_persist_hold_keeps_a_client_that_talks_stuck(lab, profile):
    ports = [port for port in range(1, 2001) if stuck(profile(port))]
    assert len(ports) > 5
    with connected(lab, TARGET, ports, keep_alive_s=1) as clients:
        hear(clients, lambda c: bool(c.heard), 0.3)
        for client in clients:
            fill(client)
        hear(clients, lambda c: c.over, 0.5)
        before = [unsent(client) for client in clients]
        hear(clients, lambda c: c.over, 2.5)
        # The window is closed, the probes are answered, and nothing moves.
        assert [c.port for c in clients if c.over or state(c.sock) != ESTABLISHED] == []
        assert [unsent(client) for client in clients] == before
        assert min(before) > 10_000
        assert [(c.port, heard_ago_s(c.sock)) for c in clients if heard_ago_s(c.sock) > 2.5] == []


def fill(client: Client) -> None:
    """Send until the kernel takes no more."""
    try:
        while client.sock.send(bytes(1000)):
            pass
    except BlockingIOError:
        until(lambda: unsent(client) > 10_000, WAIT_S)


def unsent(client: Client) -> int:
    """Octets that the peer has not acknowledged."""
    size = array.array("i", [0])
    fcntl.ioctl(client.sock, termios.TIOCOUTQ, size)
    return size[0]
