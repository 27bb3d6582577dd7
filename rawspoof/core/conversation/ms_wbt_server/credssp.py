"""CredSSP's envelope around a log-in's tokens (TSRequest). MS-CSSP §2.2.1. Knows no token."""

from typing import Final, NamedTuple

from rawspoof.core.conversation.der import der, element, inside

VERSION: Final = 6
"""Of every Windows since the patches of May 2018."""
TELLS_ERRORS: Final = 3
"""Clients since this version are told why they are refused."""

_INTEGER, _OCTETS, _SEQUENCE = 0x02, 0x04, 0x30
_VERSION, _TOKENS, _ERROR = 0xA0, 0xA1, 0xA4


class Request(NamedTuple):
    """What a client says."""

    version: int
    token: bytes


def parse(heard: bytes) -> Request | None:
    """The request that these bytes are, None if there is no token in them."""
    whole = element(heard)
    if whole is None or whole.tag != _SEQUENCE:
        return None
    version = inside(whole.content, _VERSION, _INTEGER)
    token = inside(whole.content, _TOKENS, _SEQUENCE, _SEQUENCE, 0xA0, _OCTETS)
    return Request(int.from_bytes(version[:4]), token) if version and token else None


def reply(token: bytes) -> bytes:
    """Go on with this token."""
    listed = der(_SEQUENCE, der(_SEQUENCE, der(0xA0, der(_OCTETS, token))))
    return _said(der(_TOKENS, listed))


def refusal(status: int) -> bytes:
    """The end, and why."""
    return _said(der(_ERROR, der(_INTEGER, status.to_bytes(4))))


def _said(part: bytes) -> bytes:
    return der(_SEQUENCE, der(_VERSION, der(_INTEGER, bytes((VERSION,)))), part)
