"""POP3 up to the refused password. Knows the AUTHORIZATION state, RFC 1939 §4 and §7; no mailbox is ever opened.

RFC 2449 (CAPA), RFC 5034 (AUTH), RFC 2595 §4 (STLS). After `errors_max` errors in a row the server has enough.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.lines import Lines, without

_STAMP: Final = re.compile(rb"<[^<>@\s]+@[^<>\s]+>")


class Pop3(Lines):
    """One POP3 connection."""

    request_max: ClassVar[int] = 8192
    texts: ClassVar[Mapping[str, bytes]] = MappingProxyType(
        {
            "user": b"+OK\r\n",
            "user_first": b"-ERR No username given.\r\n",
            "refused": b"-ERR [AUTH] Authentication failed.\r\n",
            "refused_after_s": b"2",
            "attempts_max": b"0",
            "capabilities": b"+OK Capability list follows\r\nTOP\r\nUIDL\r\nUSER\r\n.\r\n",
            "mechanisms": b"PLAIN LOGIN",
            "auth_mechanism": b"-ERR Unsupported authentication mechanism.\r\n",
            "auth_aborted": b"-ERR Authentication aborted by client.\r\n",
            "auth_base64": b"-ERR Invalid base64 data\r\n",
            "tls": b"+OK Begin TLS negotiation now.\r\n",
            "errors_max": b"10",
            "too_many": b"-ERR Too many invalid bad commands.\r\n",
            "too_long": b"-ERR Input buffer full, aborting\r\n",
            "timeout": b"-ERR Disconnected for inactivity.\r\n",
            "bad": b"-ERR Unknown command.\r\n",
        }
    )

    def greet(self, at: float) -> bytes:
        said = super().greet(at)
        # RFC 1939 §7: a greeting with a time stamp is what APOP, and here CRAM-MD5 too, is answered with.
        self.challenge = stamp[0] if (stamp := _STAMP.search(said)) else b""
        return said

    def command(self, request: bytes, at: float) -> Reply | None:
        verb, _, argument = request.partition(b" ")
        match verb.upper():
            case b"USER":
                said = self.say(request, "user", at)
                self.user = argument if said.data.startswith(b"+") else None
                return said
            case b"PASS" if self.user is None:
                return self.tell("user_first", at)
            case b"PASS":
                return self.refuse(self.failed(at), Credential("PASS", self.user or b"", argument), at)
            case b"APOP" if self.challenge:
                user, _, digest = argument.rpartition(b" ")
                proof = self.challenge.hex().encode() + b":" + digest
                return self.refuse(self.failed(at), Credential("APOP", user, proof), at)
            case b"CAPA":
                said = self.say(request, "capabilities", at)
                return said if self.starttls else said._replace(data=without(said.data, b"STLS"))
            case b"AUTH":
                return self._auth(argument.split(), at)
            case b"STLS" if self.starttls:
                return self.go_secure("tls", at)
        return self.unknown(request, at)

    def count(self, said: Reply, at: float) -> Reply:
        if said.data != self.bad(at).data:
            self.errors = 0
        return super().count(said, at)

    def failed(self, at: float) -> Reply:
        return self.say(b"PASS *", "refused", at)

    def _auth(self, arguments: list[bytes], at: float) -> Reply:
        if not arguments:
            names = self.word("mechanisms", at).split()
            return Reply(b"+OK\r\n" + b"".join(name + b"\r\n" for name in names) + b".\r\n", Then.LISTEN)
        return self.authenticate(arguments[0], arguments[1] if arguments[1:] else None, at)
