"""TLS ports seen through a sensor: nothing is said before the peer's hello, which is evidence; who is turned away."""

import ssl
from contextlib import suppress
from typing import Any

import pytest

from rawspoof.core.conversation.papers import papers
from rawspoof.core.conversation.turnstile import PER_S
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.event import ServiceRequest, SessionData, SessionOpened, TlsClientHello
from rawspoof.core.talk import Props
from rawspoof.core.wire.segment import ACK, PSH, RST, SYN
from rawspoof.core.world.profile import Mode, Profile
from rawspoof.edges.crypto.engines import CryptoEngines
from tests.peers import T0, packet, profile, said, sensor


def client() -> tuple[ssl.SSLObject, ssl.MemoryBIO, ssl.MemoryBIO]:
    """A real client's TLS: what it hears and says goes through the other two."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    heard, says = ssl.MemoryBIO(), ssl.MemoryBIO()
    return context.wrap_bio(heard, says, server_hostname="mail.example"), heard, says


def first_flight() -> bytes:
    talk, _, says = client()
    with pytest.raises(ssl.SSLWantReadError):
        talk.do_handshake()
    return says.read()


HELLO = first_flight()


def mail() -> Profile:
    """A port that greets and answers inside TLS."""
    plain = profile(r"220 mail.lab ESMTP\r\n", {"HELP": r"214 no\r\n"})
    assert plain.identity is not None
    return plain._replace(identity=plain.identity._replace(tls="implicit"), mode=Mode.ANSWER)


def engines() -> CryptoEngines:
    """Engines that have the port's certificate."""
    made, who = CryptoEngines(bytes(32)), mail().identity
    assert who is not None
    session = made.tls(papers(Visit(who), T0), 0.0)
    while session is not None and session.waits:
        pass
    return made


ENGINES = engines()


class Caller:
    """A peer's TCP, as much of it as a wire that loses nothing wants."""

    def __init__(self, mind: Any, sport: int = 40000, at: float = T0) -> None:
        self.mind, self.sport = mind, sport
        self.at, self.seq, self.heard, self.events = at, 101, b"", []
        opened = said(mind.on_packet(at, packet(SYN, 100, options=b"\2\4\5\xb4", sport=sport)))
        self.iss = self.ack = opened[0].seq + 1
        self.send(b"")

    def send(self, data: bytes) -> bytes:
        """Send text; what came back of it."""
        outcome = self.mind.on_packet(
            self.at, packet(ACK | PSH * bool(data), self.seq, self.ack, data, sport=self.sport)
        )
        self.seq += len(data)
        self.events += outcome.events
        came = b""
        for segment in said(outcome):
            came += segment.data
            self.ack += segment.len
        return came


def test_a_handshake_a_greeting_and_an_answer_over_our_tcp():
    caller = Caller(sensor(mail(), props=Props(None, ENGINES)))
    talk, heard, says = client()
    for _ in range(2):
        with suppress(ssl.SSLWantReadError):
            talk.do_handshake()
        heard.write(caller.send(says.read()))
    assert talk.read(100) == b"220 mail.lab ESMTP\r\n"
    talk.write(b"HELP\r\n")
    heard.write(caller.send(says.read()))
    assert talk.read(100) == b"214 no\r\n"
    opened, hello, request = (
        e for e in caller.events if isinstance(e, SessionOpened | TlsClientHello | ServiceRequest)
    )
    assert opened.greeting == b""
    assert (hello.name, hello.dport) == (b"mail.example", 22)
    assert request.data == b"HELP"


def test_too_many_within_a_second_are_hung_up_on_and_counted():
    mind = sensor(mail(), props=Props(None, engines()))
    met = [Caller(mind, 20000 + number).send(HELLO)[:1] == b"\x16" for number in range(PER_S + 3)]
    assert met == [True] * PER_S + [False] * 3
    assert mind.tally.handshakes_refused == 3
    assert Caller(mind, 50000, T0 + 1).send(HELLO)


def test_a_connection_that_waits_is_held_and_still_speaks_tls_later():
    caller = Caller(sensor(mail(), props=Props(None, ENGINES), idle_s=5.0))
    caller.mind.on_time(T0 + 6)
    assert len(caller.mind.flows) == 0
    caller.at += 100
    assert caller.send(HELLO)[:1] == b"\x16"


def test_an_acknowledgment_of_a_greeting_in_clear_is_no_peer_of_a_tls_port():
    caller = Caller(sensor(mail(), props=Props(None, ENGINES)))
    caller.mind.on_time(T0 + 100)
    refused = said(caller.mind.on_packet(T0 + 200, packet(ACK, caller.seq, caller.ack + 20, b"x")))
    assert [segment.flags & RST for segment in refused] == [RST]


def test_the_same_capture_means_the_same_whatever_tls_draws_by_chance():
    callers = [Caller(sensor(mail(), props=Props(None, engines()))) for _ in range(2)]
    flights = [caller.send(HELLO) for caller in callers]
    assert flights[0] != flights[1]
    assert callers[0].events == callers[1].events
    assert [type(event) for event in callers[0].events] == [SessionOpened, SessionData, TlsClientHello]
