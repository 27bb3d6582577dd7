"""Whoever logs in with NTLM: the challenge and what becomes of the answer, whatever carries them.

Nobody is let in. Who comes without a name gets a session in which nothing may be done, as `restrict anonymous = 2` has
it with Samba.
"""

from typing import Final, NamedTuple

from rawspoof.core.conversation import ntlm, spnego
from rawspoof.core.conversation import ntstatus as status
from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.visit import Visit

NONCE: Final = 8


class Step(NamedTuple):
    """How far a log-in is."""

    status: int
    token: bytes = b""
    offered: Credential | None = None


class Login:
    """The log-ins of one connection, one after the other."""

    def __init__(self, visit: Visit, house: ntlm.House) -> None:
        self._visit, self._house = visit, house
        self._nonce = b""
        """What the client has to answer; b"" while nothing has been asked."""
        self._begun = 0

    def take(self, token: bytes, at: float) -> Step:
        """What is made of the client's token."""
        said = ntlm.message(token)
        if ntlm.kind(said) == ntlm.NEGOTIATE:
            return Step(status.MORE, self._challenge(said, said == token, at))
        if self._nonce and (offered := ntlm.proof(said, self._nonce)):
            self._nonce = b""
            return step(offered)
        if not said and token[:1] == b"\x60" and spnego.NTLMSSP in token:
            return Step(status.MORE, spnego.reply(b""))
        return Step(status.INVALID_PARAMETER)

    def nonce(self) -> bytes:
        """Chance for another challenge. Without line feeds, at which scanners' patterns stop."""
        self._begun += 1
        return self._visit.octets(b"ntlm%d" % self._begun, NONCE).replace(b"\n", b"\v")

    def _challenge(self, negotiate: bytes, bare: bool, at: float) -> bytes:
        self._nonce = self.nonce()
        asked = ntlm.challenge(negotiate, self._nonce, self._house, at)
        return asked if bare else spnego.reply(asked)


def step(offered: Credential) -> Step:
    """What becomes of whoever offers this."""
    if offered.method == "anonymous":
        return Step(status.OK, spnego.accepted(), offered)
    return Step(status.LOGON_FAILURE, b"", offered)
