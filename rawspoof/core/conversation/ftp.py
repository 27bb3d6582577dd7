"""FTP up to the refused password. Knows who may say what before a login, not what a product says to it: the file does.

RFC 959 §4 and §5.4; AUTH, PBSZ and PROT are RFC 4217 §4 and RFC 2228 §3.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from rawspoof.core.conversation.base import Credential, Reply
from rawspoof.core.conversation.lines import Lines
from rawspoof.core.conversation.written import written


class Ftp(Lines):
    """One FTP control connection; data connections are never reached, as every command for one needs a login."""

    request_max: ClassVar[int] = 4096
    texts: ClassVar[Mapping[str, bytes]] = MappingProxyType(
        {
            "password_please": b"331 Password required.\r\n",
            "user_first": b"503 Login with USER first.\r\n",
            "refused": b"530 Login incorrect.\r\n",
            "refused_after_s": b"2",
            "attempts_max": b"3",
            "auth_tls": b"234 AUTH TLS successful\r\n",
            "auth_type": b"504 Unknown AUTH type.\r\n",
            "pbsz": b"200 PBSZ=0\r\n",
            "prot": b"200 Protection level set.\r\n",
            "tls_first": b"503 Secure command connection required first.\r\n",
            "bad": b"500 Command not understood.\r\n",
            "too_long": b"500 Command line too long.\r\n",
            "timeout": b"421 Timeout.\r\n",
        }
    )

    def command(self, request: bytes, at: float) -> Reply | None:
        if not request:
            # An empty line asks nothing; most servers say nothing to it.
            return written(self.visit.identity, request, at)
        verb, _, argument = request.partition(b" ")
        match verb.upper().rstrip(b"\0"):
            case b"USER":
                return self._user(request, argument, at)
            case b"PASS":
                return self._pass(request, argument, at)
            case b"AUTH" | b"PBSZ" | b"PROT" if self.visit.starttls:
                return self._protect(verb.upper(), argument, at)
        return self.unknown(request, at)

    def _user(self, request: bytes, name: bytes, at: float) -> Reply:
        said = self.say(request, "password_please", at)
        if name.lower() in (b"anonymous", b"ftp") and (word := self.visit.word("anonymous", at, b"")):
            said = said._replace(data=word)
        # A proxy that knows no such host, say, wants no password.
        self.user = name if said.data.startswith(b"331") else None
        return said

    def _pass(self, request: bytes, secret: bytes, at: float) -> Reply:
        if self.user is None:
            return self.tell("user_first", at)
        return self.refuse(self.say(request, "refused", at), Credential("PASS", self.user, secret), at)

    def _protect(self, verb: bytes, argument: bytes, at: float) -> Reply:
        if verb == b"AUTH":
            known = argument.upper() in (b"TLS", b"TLS-C", b"TLS-P", b"SSL")
            return self.go_secure("auth_tls", at) if known and not self.secure else self.tell("auth_type", at)
        return self.tell(verb.decode().lower() if self.secure else "tls_first", at)
