"""What a conversation learned, as events. Knows both catalogues, of notes and of events, and nothing else."""

from typing import assert_never

from rawspoof.core.conversation.base import Credential, Evidence, Hello, Request
from rawspoof.core.event import DATA_MAX, REQUEST_KEPT_MAX, ServiceCredential, ServiceRequest, TlsClientHello

Names = tuple[bytes, int, bytes, int]
"""Source, its port, destination, its port."""


def evidence(
    note: Evidence, service: str, at: float, names: Names
) -> ServiceRequest | ServiceCredential | TlsClientHello:
    """The event that tells of a note; `service` is the catalogue id of who was asked."""
    match note:
        case Request(data):
            return ServiceRequest(at, *names, service, data[:REQUEST_KEPT_MAX], len(data))
        case Credential(method, user, secret):
            return ServiceCredential(at, *names, service, method, user[:DATA_MAX], secret[:DATA_MAX])
        case Hello(name, protocols, ja3, ja4):
            return TlsClientHello(at, *names, name[:DATA_MAX], protocols, ja3, ja4)
        case _:
            assert_never(note)
