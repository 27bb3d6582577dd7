"""TLS over memory: versions by era, one certificate for a server, bounded memory, nothing left behind."""

import os
import ssl
import time
from concurrent.futures import Future
from contextlib import suppress
from threading import Event

import pytest
from cryptography import x509

from rawspoof.core.conversation.engines import Papers
from rawspoof.core.conversation.turnstile import ALIVE_MAX, PER_S
from rawspoof.edges.crypto import tls
from rawspoof.edges.crypto.tls import MAKING_MAX, TlsEngine, TlsSession, context

NAME = (("CN", "web01.oakfield.lan"),)
PAPERS = Papers(NAME, NAME, ("web01.oakfield.lan",), 1_700_000_000, 3650, "modern", ("http/1.1",))
SECRET = bytes(range(32))
SLOW_S = 0.05
"""Far more than anything here takes; a machine of many jobs may stop for a moment, and this is no benchmark."""


def client(**limits) -> tuple[ssl.SSLObject, ssl.MemoryBIO, ssl.MemoryBIO]:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.set_alpn_protocols(["h2", "http/1.1"])
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    for name, value in limits.items():
        setattr(made, name, value)
    heard, says = ssl.MemoryBIO(), ssl.MemoryBIO()
    return made.wrap_bio(heard, says, server_hostname="web01.oakfield.lan"), heard, says


def _done(made: ssl.SSLContext) -> "Future[ssl.SSLContext]":
    future: Future[ssl.SSLContext] = Future()
    future.set_result(made)
    return future


def at_once(secret: bytes, papers: Papers) -> "Future[ssl.SSLContext]":
    return _done(context(secret, papers))


def shake(session: TlsSession, **limits) -> ssl.SSLObject:
    """A client after its handshake with the session; raises what the client does where there is none."""
    talk, heard, says = client(**limits)
    assert not session.waits or session._context.result(10)
    for _ in range(3):
        with suppress(ssl.SSLWantReadError):
            talk.do_handshake()
        if wire := says.read():
            heard.write(session.hear(wire).wire)
    talk.do_handshake()
    return talk


@pytest.mark.parametrize(
    ("era", "best", "asked", "agreed"),
    [
        ("modern", "TLSv1.3", ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
        ("classic", "TLSv1.2", ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
        ("old", "TLSv1", ssl.TLSVersion.MAXIMUM_SUPPORTED, "TLSv1"),
    ],
)
def test_versions_are_those_of_the_era(era, best, asked, agreed):
    engine = TlsEngine(SECRET)
    papers = PAPERS._replace(era=era)
    session = engine.tls(papers, 1.0)
    assert session is not None
    assert shake(session).version() == best
    again = engine.tls(papers, 1.0)
    assert again is not None
    assert shake(again, maximum_version=asked).version() == agreed


def test_a_modern_server_refuses_old_versions():
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        talk, _, says = client(maximum_version=ssl.TLSVersion.TLSv1_1)
    with pytest.raises(ssl.SSLWantReadError):
        talk.do_handshake()
    step = TlsSession(at_once(SECRET, PAPERS)).hear(says.read())
    assert (step.wire[:1], step.wire[-1], step.over) == (b"\x15", 70, True)


def test_a_web_server_chooses_what_it_speaks():
    assert shake(TlsSession(at_once(SECRET, PAPERS))).selected_alpn_protocol() == "http/1.1"
    assert shake(TlsSession(at_once(SECRET, PAPERS._replace(protocols=())))).selected_alpn_protocol() is None


def test_all_engines_of_a_secret_show_the_same_certificate():
    shown = {shake(TlsSession(at_once(SECRET, PAPERS))).getpeercert(True) for _ in range(2)}
    assert len(shown) == 1
    assert None not in shown


def test_contexts_are_kept_and_bounded(monkeypatch):
    monkeypatch.setattr(tls, "CONTEXTS_MAX", 2)
    engine = TlsEngine(SECRET)
    made = [engine._context(PAPERS._replace(days=days)) for days in (1, 2)]
    assert engine._context(PAPERS._replace(days=1)) is made[0]
    engine._context(PAPERS._replace(days=3))
    assert engine._context(PAPERS._replace(days=1)) is made[0]
    assert engine._context(PAPERS._replace(days=2)) is not made[1]
    assert len(engine._contexts) == 2


def test_only_so_many_are_served():
    engine = TlsEngine(SECRET)
    within = [engine.tls(PAPERS, 5.0) for _ in range(PER_S + 3)]
    assert [session is None for session in within] == [False] * PER_S + [True] * 3
    more = [engine.tls(PAPERS, 6.0 + number) for number in range(10) for _ in range(PER_S)]
    assert sum(session is not None for session in [*within, *more]) == ALIVE_MAX
    del within[:10]
    assert engine.tls(PAPERS, 100.0) is not None


def test_only_so_many_certificates_wait_to_be_made():
    engine = TlsEngine(SECRET)
    go_on = Event()
    engine._thread.submit(go_on.wait)
    asked = [engine.tls(PAPERS._replace(days=days), 5.0) for days in range(1, MAKING_MAX + 3)]
    assert [session is None for session in asked] == [False] * MAKING_MAX + [True] * 2
    assert asked[0] is not None
    assert asked[0].waits
    go_on.set()
    assert shake(asked[0]).version() == "TLSv1.3"


@pytest.mark.parametrize(("era", "kind"), [("modern", "EC"), ("classic", "RSA"), ("old", "RSA")])
def test_keys_are_those_of_the_era(era, kind):
    papers = PAPERS._replace(era=era)
    shown = shake(TlsSession(at_once(SECRET, papers))).getpeercert(True)
    assert shown is not None
    assert shown == shake(TlsSession(at_once(SECRET, papers))).getpeercert(True)
    key = x509.load_der_x509_certificate(shown).public_key()
    assert type(key).__name__.startswith(kind)


def test_nothing_is_left_open():
    context(SECRET, PAPERS)
    before = os.listdir("/proc/self/fd")
    for days in range(1, 5):
        context(SECRET, PAPERS._replace(days=days))
    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_good_bye_is_said_once_and_nothing_after():
    session = TlsSession(at_once(SECRET, PAPERS))
    assert session.close() == b""
    talk = shake(session)
    assert talk.version() == "TLSv1.3"
    assert session.say(b"hello")
    assert session.close()
    assert session.close() == b""
    assert session.say(b"more") == b""


def test_nothing_takes_long():
    context(SECRET, PAPERS)
    begun = time.perf_counter()
    made = context(SECRET, PAPERS._replace(days=9))
    built = time.perf_counter()
    shake(TlsSession(_done(made)))
    assert built - begun < SLOW_S
    assert time.perf_counter() - built < SLOW_S
