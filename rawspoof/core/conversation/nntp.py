"""NNTP up to the refused password. Knows what AUTHINFO wants, RFC 4643; no group is ever entered.

RFC 3977 §5 (session), §7.1 (DATE); RFC 4642 §2.2 (STARTTLS).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.lines import Lines, without
from rawspoof.core.signature.stamps import zulu


class Nntp(Lines):
    """One reader's connection."""

    request_max: ClassVar[int] = 8192
    prompt: ClassVar[bytes] = b"383 %b\r\n"
    texts: ClassVar[Mapping[str, bytes]] = MappingProxyType(
        {
            "capabilities": b"101 Capability list:\r\nVERSION 2\r\nREADER\r\nAUTHINFO USER\r\nSTARTTLS\r\n.\r\n",
            "more": b"381 Enter password\r\n",
            "user_first": b"482 Authentication commands issued out of sequence\r\n",
            "refused": b"481 Authentication failed\r\n",
            "refused_after_s": b"2",
            "attempts_max": b"0",
            "mechanisms": b"",
            "auth_syntax": b"501 Bad AUTHINFO command\r\n",
            "auth_mechanism": b"503 Mechanism not recognized\r\n",
            "auth_aborted": b"481 Authentication aborted\r\n",
            "auth_base64": b"504 Base64 encoding error\r\n",
            "auth_failed": b"481 Authentication failed\r\n",
            "tls": b"382 Begin TLS negotiation now\r\n",
            "too_long": b"501 Line too long\r\n",
            "timeout": b"400 Timeout\r\n",
            "bad": b"500 What?\r\n",
        }
    )

    def command(self, request: bytes, at: float) -> Reply | None:
        verb, *words = request.split(maxsplit=2) or [b""]
        match verb.upper():
            case b"AUTHINFO":
                return self._proof(request, words, at)
            case b"CAPABILITIES":
                said = self.say(request, "capabilities", at)
                return said if self.starttls else said._replace(data=without(said.data, b"STARTTLS"))
            case b"DATE":
                return Reply(b"111 %b\r\n" % zulu(at)[:14], Then.LISTEN)
            case b"STARTTLS" if self.starttls:
                return self.go_secure("tls", at)
        return self.unknown(request, at)

    def _proof(self, request: bytes, words: list[bytes], at: float) -> Reply:
        match [words[0].upper(), *words[1:]] if words else []:
            case [b"USER", name]:
                said = self.say(request, "more", at)
                self.user = name if said.data.startswith(b"381") else None
                return said
            case [b"PASS", _] if self.user is None:
                return self.tell("user_first", at)
            case [b"PASS", secret]:
                proof = Credential("AUTHINFO", self.user or b"", secret)
                return self.refuse(self.say(request, "refused", at), proof, at)
            case [b"SASL", exchange]:
                mechanism, *initial = exchange.split()
                return self.authenticate(mechanism, initial[0] if initial else None, at)
        return self.tell("auth_syntax", at)
