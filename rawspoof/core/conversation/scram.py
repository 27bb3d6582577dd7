"""The server's side of SCRAM that never finds a proof right. RFC 5802 §5 and §7, RFC 7677.

Knows messages and where they are wrong, not how a protocol carries them or words an error.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from typing import Final

from rawspoof.core.conversation.base import Credential

_PROOFS: Final = (20, 32)
"""Bytes of a proof: SHA-1's, SHA-256's."""

_FIRST = re.compile(
    rb"(?s)(?P<binding>[nyp](?:=[^,]*)?),,(?P<bare>n=[^,]*,r=(?P<nonce>[\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$"
)
_FINAL = re.compile(rb"(?s)(?P<unproven>c=(?P<binding>[^,]+),r=(?P<nonce>[^,]+)(?:,.*)?),p=(?P<proof>[^,]*)$")


class Malformed(Exception):
    """A message is not as it should be; the text says how, as PostgreSQL's does."""


class WrongNonce(Malformed):
    """A message of another exchange."""


class Scram:
    """One exchange: what was said so far is what the proof is made of."""

    def __init__(self, salt: bytes, nonce: bytes, iterations: int) -> None:
        """`salt` are bytes of the user's, `nonce` of the connection's own; RFC 7677 §4 wants 4096 iterations."""
        self._salt, self._nonce, self._iterations = salt, b64encode(nonce), iterations
        self._bare = self._said = self._whole = b""

    def challenge(self, first: bytes, bound: bool) -> bytes:
        """What the client's first message is answered. Raises Malformed.

        `bound` says whether the client chose to bind the exchange to its TLS channel.
        """
        if first[:1] not in (b"n", b"y", b"p"):
            raise Malformed(f'Unexpected channel-binding flag "{_shown(first[:1])}".')
        if first[:1] == b"p" and not bound:
            raise Malformed(
                "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel "
                "binding data."
            )
        found = _FIRST.match(first)
        if not found:
            raise Malformed(f'Comma expected, but found character "{_shown(first[1:2])}".')
        self._bare = found["bare"]
        self._whole = found["nonce"] + self._nonce
        self._said = b"r=%s,s=%s,i=%d" % (self._whole, b64encode(self._salt), self._iterations)
        return self._said

    @property
    def user(self) -> bytes:
        """Who the client's first message said it is; `=2C` and `=3D` are what RFC 5802 §5.1 makes of `,` and `=`."""
        return self._bare[2:].partition(b",")[0].replace(b"=2C", b",").replace(b"=3D", b"=")

    def proof(self, method: str, user: bytes, final: bytes) -> Credential:
        """What the client's last message proves: the exchange from end to end, its proof last. Raises Malformed."""
        found = _FINAL.match(final)
        if not found or not _is_proof(found["proof"]):
            raise Malformed("Malformed proof in client-final-message.")
        if found["nonce"] != self._whole:
            raise WrongNonce("Nonce does not match.")
        said = (self._bare, self._said, found["unproven"], b"p=" + found["proof"])
        return Credential(method, user, b",".join(said))


def _is_proof(text: bytes) -> bool:
    try:
        return len(b64decode(text, validate=True)) in _PROOFS
    except Error:
        return False


def _shown(char: bytes) -> str:
    """A character as PostgreSQL quotes it."""
    return (
        f"'{char.decode()}'" if char.isascii() and char.decode().isprintable() and char else f"0x{char.hex() or '00'}"
    )
