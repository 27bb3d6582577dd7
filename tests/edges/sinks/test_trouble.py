"""Each failure is one line that says what to look at."""

import socket
import ssl

import pytest

from rawspoof.edges.sinks.nats_client import NatsError
from rawspoof.edges.sinks.stream import Garbage
from rawspoof.edges.sinks.trouble import words


def unverified():
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] …")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (unverified(), "its certificate is not as it should be: self-signed certificate (ca_file,"),
        (NatsError("stream not found"), "stream not found"),
        (socket.gaierror(-2, "Name or service not known"), "no address for this host: Name or service not known"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (ConnectionResetError("the far end hung up"), "the far end hung up"),
        (TimeoutError(), "TimeoutError"),
        (Garbage("not NATS"), "Garbage('not NATS')"),
        (KeyError("x"), "KeyError('x')"),
    ],
)
def test_words(error, said):
    assert said in words(error)
    assert "\n" not in words(error)
