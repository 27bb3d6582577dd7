"""Whatever an HTTP server does, a post ends in time, and with an error unless it was answered."""

import socket
import threading
import time

import pytest

from rawspoof.edges.sinks.post import ANSWER_BYTES_MAX, Away, Poster
from rawspoof.edges.sinks.stream import tls
from tests.netns import farends
from tests.netns.farends import HOST, http

pytestmark = pytest.mark.netns

TIMEOUT_S = 0.3


def poster(path="/in", port=8080, scheme="http", **options):
    return Poster(
        f"{scheme}://{HOST}:{port}{path}", options.get("timeout_s", TIMEOUT_S), options.get("context"), {"X": "1"}
    )


def post(lab, to):
    with lab.inside("attacker"):
        return to.post(to.path, b"{}", {})


def once(lab, *where, **options):
    """A post, and nothing left of the connection."""
    to = poster(*where, **options)
    try:
        return post(lab, to)
    finally:
        to.close()


def test_one_connection_serves_many_posts(lab):
    with farends.stub(lab, lambda asked: http(201, b"done")) as stub:
        to = poster("/in?x=1")
        assert [post(lab, to) for _ in range(5)] == [(201, b"done")] * 5
        to.close()
    assert stub.connections == 1
    assert (stub.asked[0].path, stub.asked[0].headers["x"], stub.asked[0].body) == ("/in?x=1", "1", b"{}")


def test_a_connection_closed_meanwhile_is_made_anew(lab):
    with farends.stub(lab, lambda asked: http(200, b"", "Connection: close")) as stub:
        to = poster()
        assert [post(lab, to) for _ in range(3)] == [(200, b"")] * 3
        to.close()
    assert stub.connections == 3


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nX: ",
    ],
)
def test_a_server_that_hangs_is_given_up_in_time(lab, answer):
    with farends.stub(lab, lambda asked: answer) as stub:
        begun = time.monotonic()
        with pytest.raises(TimeoutError):
            once(lab)
        assert time.monotonic() - begun < 3 * TIMEOUT_S
        # And then it is served again.
        stub.answer = lambda asked: http(200)
        assert once(lab) == (200, b"")


def test_so_is_one_whose_bytes_drip(lab):
    ended = threading.Event()
    with lab.inside("sensor"):
        server = socket.create_server((HOST, 8080))

    def drip():
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not ended.wait(0.05):
                try:
                    connection.sendall(b"X")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        once(lab)
    assert time.monotonic() - begun < 3 * TIMEOUT_S
    ended.set()
    thread.join(10)
    server.close()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"\x00\xff\x16\x03\x01 garbage\r\n\r\n", "no HTTP answer"),
        (b"HTTP/1.1 abc\r\n\r\n", "no HTTP answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "no HTTP answer"),
        (http(200, bytes(ANSWER_BYTES_MAX + 1)), "without an end"),
        (http(302, b"", f"Location: http://{HOST}:8081/"), "not followed"),
        (http(308, b"", "Location: /other"), "not followed"),
    ],
)
def test_what_is_no_answer_is_an_error(lab, answer, why):
    with (
        farends.stub(lab, lambda asked: answer) as stub,
        farends.stub(lab, lambda asked: http(200), 8081) as elsewhere,
        pytest.raises(Away, match=why),
    ):
        once(lab)
    assert (len(stub.asked), elsewhere.asked) == (1, [])


def test_nobody_there(lab):
    with pytest.raises(ConnectionRefusedError):
        once(lab)


def test_certificates_are_checked(lab, tmp_path):
    pem = farends.certificate(tmp_path)
    with farends.stub(lab, lambda asked: http(200), 8443, farends.encrypted(pem)):
        with pytest.raises(OSError, match="certificate verify failed"):
            once(lab, "/", 8443, "https", context=tls())
        assert once(lab, "/", 8443, "https", context=tls(ca_file=str(pem))) == (200, b"")
        assert once(lab, "/", 8443, "https", context=tls(verify=False)) == (200, b"")
