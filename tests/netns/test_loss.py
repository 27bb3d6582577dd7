"""A fifth of all packets is lost, each way: every banner arrives whole all the same."""

import time

import pytest

from rawspoof.edges.lab.namespaces import INTERFACE, Lab
from tests.netns.clients import connected, hear
from tests.netns.sensors import greetings, running, tell, told, town
from tests.netns.taps import TARGET, call

pytestmark = [pytest.mark.netns, pytest.mark.alone]

CONNECTIONS = 2000
SHORT = 500
"""Connections of an MSS that cuts every banner into several segments."""
WITHIN_S = 45.0
LOSS = f"""
table netdev lossy {{
    chain in {{
        type filter hook ingress device {INTERFACE} priority 0
        meta l4proto tcp numgen random mod 100 < 20 counter drop
    }}
}}
"""
PROMPT = ("--delivery", "prompt")


def lose(lab: Lab) -> None:
    """Both ends drop what comes in, before anything else sees it."""
    for side in ("sensor", "attacker"):
        call(lab, side, "nft", "-f", "-", text=LOSS)
    # A client as stubborn as a scanner: a SYN each second, until one and its answer came through.
    for key in ("tcp_syn_retries", "tcp_syn_linear_timeouts"):
        call(lab, "attacker", "sysctl", "-q", "-w", f"net.ipv4.{key}=20")


def test_every_banner_arrives_whole(lab):
    banners = greetings(town(*PROMPT), range(1, 8001))
    ports = list(banners)[:CONNECTIONS]
    with running(lab, *PROMPT):
        lose(lab)
        began = time.monotonic()
        # Our SYN-ACK to an address that has not proven itself is repeated until three times the bytes of its SYN are
        # sent, and then no more. A client whose ACK was lost each time believes itself connected to somebody who has
        # never heard of it; only its keep-alive tells, and that is answered with the banner.
        with (
            connected(lab, TARGET, ports[SHORT:], keep_alive_s=1) as common,
            connected(lab, TARGET, ports[:SHORT], keep_alive_s=1, mss=88) as short,
        ):
            clients = [*common, *short]
            late = hear(clients, lambda c: len(c.heard) >= banners[c.port].size, WITHIN_S)
            took = time.monotonic() - began
            assert [(c.port, len(c.heard), c.error) for c in late] == []
        assert len(clients) == CONNECTIONS
        assert [c.port for c in clients if not told(c.heard, banners[c.port])] == []
        tell(f"{CONNECTIONS} banners at 20 % loss each way: {took:.1f} s")
