"""What SASL mechanisms ask for, and the credential in what they are answered. Knows no protocol's way to carry it.

RFC 4616 (PLAIN), RFC 2195 (CRAM-MD5); LOGIN is draft-murchison-sasl-login, NTLM is MS-SMTPNTLM and its kin.
"""

from base64 import b64encode
from binascii import Error, a2b_base64

from rawspoof.core.conversation import ntlm
from rawspoof.core.conversation.base import Credential


class Sasl:
    """One exchange, from its first challenge to a credential."""

    __slots__ = ("_challenge", "_user", "mechanism")

    def __init__(self, mechanism: bytes, challenge: bytes) -> None:
        """`mechanism` is `PLAIN`, `LOGIN` or `CRAM-MD5`, `challenge` what the last of them has to be answered with."""
        self.mechanism = mechanism
        self._challenge = challenge
        self._user: bytes | None = None

    @property
    def asks(self) -> bytes:
        """What the server says next, before its Base64."""
        if self.mechanism == b"LOGIN":
            return b"Username:" if self._user is None else b"Password:"
        return self._challenge if self.mechanism == b"CRAM-MD5" else b""

    def hear(self, response: bytes) -> Credential | None:
        """The credential, or None while the exchange goes on. What is malformed is a credential all the same."""
        if self.mechanism == b"LOGIN" and self._user is None:
            self._user = response
            return None
        if self.mechanism == b"LOGIN":
            return Credential("LOGIN", self._user or b"", response)
        if self.mechanism == b"CRAM-MD5":
            user, _, digest = response.rpartition(b" ")
            return Credential("CRAM-MD5", user, self._challenge.hex().encode() + b":" + digest)
        # The first field is who one wants to be, the second who proves it; a password may hold no zero byte.
        user, _, secret = response.partition(b"\0")[2].partition(b"\0")
        return Credential("PLAIN", user, secret)


class Ntlm(Sasl):
    """One exchange of NTLM's three messages."""

    __slots__ = ("_asked", "_at", "_house")

    def __init__(self, nonce: bytes, house: ntlm.House, at: float) -> None:
        """`nonce` is eight bytes that the client proves itself with."""
        super().__init__(b"NTLM", nonce)
        self._house, self._at = house, at
        self._asked = b""

    @property
    def asks(self) -> bytes:
        return self._asked

    def hear(self, response: bytes) -> Credential | None:
        if not self._asked and ntlm.kind(response) == ntlm.NEGOTIATE:
            self._asked = ntlm.challenge(response, self._challenge, self._house, self._at)
            return None
        return ntlm.proof(response, self._challenge) or Credential("NTLM", b"", b"")


def encoded(asks: bytes) -> bytes:
    """The challenge in Base64."""
    return b64encode(asks)


def decoded(response: bytes) -> bytes | None:
    """A response out of its Base64, None for what is none. `=` is an empty one (RFC 4954 §4)."""
    if response == b"=":
        return b""
    try:
        return a2b_base64(response, strict_mode=True) if response else b""
    except Error:
        return None
