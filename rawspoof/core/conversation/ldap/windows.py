"""Binds with NTLM as only Windows takes them: its own way in three steps (Sicily), and SASL's GSS-SPNEGO.

MS-ADTS §5.1.1.1.3 (Sicily), §5.1.1.1.2 (GSS-SPNEGO). Lets nobody in.
"""

from typing import Final

from rawspoof.core.conversation import ntstatus
from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.ldap import ber
from rawspoof.core.conversation.ldap.messages import Message, Writer
from rawspoof.core.conversation.ntlm import house
from rawspoof.core.conversation.ntlm_login import Login
from rawspoof.core.conversation.visit import Visit

DISCOVERY: Final = 0x89
SICILY: Final = (DISCOVERY, 0x8A, 0x8B)
"""Identifier octets of the proofs: which packages there are, a first message, an answer."""
SPNEGO: Final = b"GSS-SPNEGO"


class WindowsBind:
    """The binds with NTLM of one connection."""

    def __init__(self, visit: Visit, release: bytes) -> None:
        """`release` is that of Windows, such as `10.0.14393`."""
        self._login = Login(visit, house(visit, release.decode("latin-1"), joined=True))

    def sicily(self, write: Writer, asked: Message, method: int, token: bytes, at: float) -> bytes | Credential | None:
        """The result that goes on, the challenge being the name it is about; what was offered; None for neither."""
        if method == DISCOVERY:
            return write.result(asked, 0, dn=b"NTLM")
        step = self._login.take(token, at)
        return write.result(asked, 0, dn=step.token) if step.status == ntstatus.MORE else step.offered

    def spnego(self, write: Writer, asked: Message, token: bytes, at: float) -> bytes | Credential | None:
        """The same for SASL."""
        step = self._login.take(token, at)
        if step.status == ntstatus.MORE:
            return write.result(asked, 14, more=ber.write(0x87, step.token))
        return step.offered
