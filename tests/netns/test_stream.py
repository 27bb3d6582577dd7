"""A connection never waits longer than it may, and knows when the other side has gone."""

import socket
import ssl
import time
from pathlib import Path

import pytest

from rawspoof.edges.sinks import stream
from rawspoof.edges.sinks.stream import Garbage, Stream, tls
from tests.netns import farends
from tests.netns.farends import HOST
from tests.netns.sensors import until

pytestmark = pytest.mark.netns

TIMEOUT_S = 0.4


@pytest.fixture
def both(lab):
    """Our stream, and the far end's socket."""
    with lab.inside("sensor"), socket.create_server((HOST, 7000)) as server:
        with lab.inside("attacker"):
            ours = Stream(HOST, 7000, TIMEOUT_S)
        theirs, _ = server.accept()
        with theirs:
            yield ours, theirs
        ours.close()


def test_lines_and_bytes_in_whatever_pieces(both):
    ours, theirs = both
    theirs.sendall(b"one\r\ntwo\n3")
    assert [ours.line(), ours.line()] == [b"one", b"two"]
    theirs.sendall(b"45678")
    assert (ours.exactly(3), ours.exactly(3)) == (b"345", b"678")


def test_silence_ends_in_time(both):
    ours, theirs = both
    theirs.sendall(b"half a line")
    for wait in (ours.line, lambda: ours.exactly(100)):
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            wait()
        assert time.monotonic() - begun < 3 * TIMEOUT_S


def test_an_answer_without_an_end_is_garbage(both, monkeypatch):
    ours, theirs = both
    monkeypatch.setattr(stream, "ANSWER_BYTES_MAX", 1000)
    theirs.sendall(bytes(5000))
    with pytest.raises(Garbage):
        ours.line()
    with pytest.raises(Garbage):
        ours.exactly(1001)


def test_a_far_end_that_hung_up_is_known(both):
    ours, theirs = both
    assert not ours.gone()
    theirs.sendall(b"last words\n")
    until(lambda: ours._rest or ours.gone(), 1.0)
    assert ours.line() == b"last words"
    theirs.close()
    until(ours.gone, 1.0)
    with pytest.raises(ConnectionResetError):
        ours.line()


def test_what_is_delivered_is_known(both):
    ours, theirs = both
    ours.send(b"x" * 1000)
    ours.delivered()
    assert theirs.recv(2000, socket.MSG_WAITALL | socket.MSG_DONTWAIT) == b"x" * 1000


def test_a_reset_is_no_delivery(both):
    ours, theirs = both
    ours.send(b"x")
    ours.delivered()
    # Closing with something unread resets.
    theirs.close()
    until(lambda: _reset(ours), 1.0)


def _reset(ours):
    try:
        ours.send(b"y")
        ours.delivered()
    except OSError:
        return True
    return False


def test_no_tls_after_words_in_clear(both):
    """Whoever sits in between could have said them."""
    ours, theirs = both
    theirs.sendall(b"INFO {}\r\nINFO {}\r\n")
    assert ours.line() == b"INFO {}"
    with pytest.raises(Garbage):
        ours.encrypt(tls(verify=False))


def test_tls_that_never_begins_is_given_up(lab):
    with lab.inside("sensor"), socket.create_server((HOST, 7000)):
        begun = time.monotonic()
        with lab.inside("attacker"), pytest.raises((TimeoutError, ssl.SSLError)):
            Stream(HOST, 7000, TIMEOUT_S, tls())
    assert time.monotonic() - begun < 3 * TIMEOUT_S


def test_our_own_certificate_is_shown_where_asked_for(lab, tmp_path):
    pem = str(farends.certificate(tmp_path))
    server = farends.encrypted(Path(pem))
    server.load_verify_locations(pem)
    server.verify_mode = ssl.CERT_REQUIRED
    with farends.stub(lab, lambda asked: farends.http(200), 7443, context=server), lab.inside("attacker"):
        ours = Stream(HOST, 7443, 2.0, tls(ca_file=pem, cert_file=pem))
        ours.send(b"GET / HTTP/1.1\r\n\r\n")
        assert ours.line().startswith(b"HTTP/1.1 200")
        ours.close()
        without = Stream(HOST, 7443, 2.0, tls(ca_file=pem))
        with pytest.raises(OSError, match=r"certificate required|reset|hung up|EOF occurred"):
            without.line()
        without.close()
