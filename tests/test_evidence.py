"""Every kind of note becomes an event, and what strangers sent is cut to its limit."""

import pytest

from rawspoof.core.conversation.base import Credential, Hello, Request
from rawspoof.core.event import DATA_MAX, REQUEST_KEPT_MAX, ServiceCredential, ServiceRequest, TlsClientHello
from rawspoof.core.evidence import evidence

NAMES = (bytes(4), 1, bytes(4), 2)


def test_a_request_keeps_its_size():
    event = evidence(Request(b"x" * 20_000), "nginx", 5.0, NAMES)
    assert event == ServiceRequest(5.0, *NAMES, "nginx", b"x" * REQUEST_KEPT_MAX, 20_000)


@pytest.mark.parametrize(
    ("note", "event"),
    [
        (
            Credential("password", b"u" * 2000, b"p" * 2000),
            ServiceCredential(5.0, *NAMES, "s", "password", b"u" * DATA_MAX, b"p" * DATA_MAX),
        ),
        (Hello(b"n" * 2000, (b"h2",), "3", "4"), TlsClientHello(5.0, *NAMES, b"n" * DATA_MAX, (b"h2",), "3", "4")),
    ],
)
def test_what_is_kept_of_strangers_is_bounded(note, event):
    assert evidence(note, "s", 5.0, NAMES) == event
