"""The envelope that SMB, RDP and others put NTLM's messages in, our side of it. RFC 4178 §4.2, MS-SPNG §2.2.

Knows which mechanisms there are, nothing of what they say.
"""

from collections.abc import Iterable
from typing import Final

from rawspoof.core.conversation.der import der

NTLMSSP: Final = bytes.fromhex("2b06010401823702020a")
KERBEROS: Final = bytes.fromhex("2a864886f712010202")
MS_KERBEROS: Final = bytes.fromhex("2a864882f712010202")
"""Kerberos as Windows 2000 misspelt it (MS-SPNG §3.2.5.1); all later ones offer it still."""
_SPNEGO: Final = bytes.fromhex("2b0601050502")
_HINT: Final = b"not_defined_in_RFC4178@please_ignore"
"""What a server says that has no principal to hint at; MS-SPNG §3.2.5.2."""

OID, OCTETS, SEQUENCE, ENUMERATED, GENERAL_STRING = 0x06, 0x04, 0x30, 0x0A, 0x1B
INCOMPLETE, COMPLETED = 1, 0


def offer(mechanisms: Iterable[bytes]) -> bytes:
    """What a server says first: the mechanisms that it takes (NegTokenInit2)."""
    listed = der(SEQUENCE, *(der(OID, m) for m in mechanisms))
    hints = der(SEQUENCE, der(0xA0, der(GENERAL_STRING, _HINT)))
    return der(0x60, der(OID, _SPNEGO), der(0xA0, der(SEQUENCE, der(0xA0, listed), der(0xA3, hints))))


def reply(token: bytes) -> bytes:
    """Go on with NTLM: its challenge, or nothing where the client has only named it."""
    parts = [der(0xA0, der(ENUMERATED, bytes((INCOMPLETE,)))), der(0xA1, der(OID, NTLMSSP))]
    return der(0xA1, der(SEQUENCE, *parts, *([der(0xA2, der(OCTETS, token))] if token else [])))


def accepted() -> bytes:
    """All is well."""
    return der(0xA1, der(SEQUENCE, der(0xA0, der(ENUMERATED, bytes((COMPLETED,))))))
