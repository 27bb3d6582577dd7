"""ManageSieve up to the refused password. Knows what comes before a login, RFC 5804 §2; no script is ever taken.

Its strings and literals are IMAP's, its commands have no tags, and what SASL says is a string as well. STARTTLS is
missing on purpose: behind it the server would have to speak first.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.imap import Imap, astrings
from rawspoof.core.conversation.sasl import Sasl


class Sieve(Imap):
    """One ManageSieve connection."""

    quoted: ClassVar[bool] = True
    prompt: ClassVar[bytes] = b'"%b"\r\n'
    texts: ClassVar[Mapping[str, bytes]] = MappingProxyType(
        {
            "capability": b'OK "Capability completed."\r\n',
            "refused_after_s": b"2",
            "attempts_max": b"0",
            "mechanisms": b"PLAIN",
            "auth_mechanism": b'NO "Unsupported authentication mechanism."\r\n',
            "auth_aborted": b'NO "Authentication aborted by client."\r\n',
            "auth_base64": b'NO "Invalid base64 data"\r\n',
            "auth_failed": b'NO "Authentication failed."\r\n',
            "literal_large": b'BYE "Literal size too large"\r\n',
            "errors_max": b"10",
            "too_many": b'BYE "Too many invalid commands."\r\n',
            "too_long": b'BYE "Input buffer full, aborting"\r\n',
            "timeout": b'BYE "Disconnected for inactivity."\r\n',
            "bad": b'NO "Error in command."\r\n',
        }
    )

    def command(self, request: bytes, at: float) -> Reply | None:
        verb, space, rest = request.partition(b" ")
        match verb.upper(), astrings(space + rest):
            case b"AUTHENTICATE", [mechanism, *initial] if len(initial) < 2:
                return self.authenticate(mechanism, initial[0] if initial else None, at)
            case b"CAPABILITY", []:
                *listed, _ = self.greet(at).splitlines(keepends=True) or [b""]
                return Reply(b"".join(listed) + self.word("capability", at), Then.LISTEN)
        return self.unknown(request, at)

    def respond(self, exchange: Sasl, line: bytes, at: float) -> Reply:
        said = astrings(b" " + line)
        return super().respond(exchange, said[0] if said else line, at)

    def failed(self, at: float) -> Reply:
        return self.tell("auth_failed", at)
