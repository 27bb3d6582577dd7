"""NATS that wants a user: INFO first, PING is answered, and whoever connects is turned away.

What INFO says is in the file. docs.nats.io, "Client Protocol".
"""

import json
import re
from typing import Final

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.framing import Frame, line
from rawspoof.core.conversation.speaker import Speaker

LINE_MAX: Final = 4096
"""Octets of a control line (`max_control_line`)."""

_VIOLATION: Final = b"-ERR 'Authorization Violation'\r\n"
_COMMAND = re.compile(rb"(?i)(?:CONNECT|PING|PONG|PUB|HPUB|SUB|UNSUB|INFO|\+OK|-ERR)(?=\s|$)")
_KINDS: Final = (("auth_token", "token"), ("jwt", "jwt"), ("nkey", "nkey"))


class Nats(Speaker):
    """A server with `authorization`."""

    patience_s = 2.0

    def frame(self, heard: bytearray) -> Frame | None:
        """A control line; what is published is none of our business any more."""
        found = line(heard)
        if (found.taken if found else len(heard)) > LINE_MAX:
            return Frame(bytes(heard[:LINE_MAX]), LINE_MAX, last=True)
        return found

    def answer(self, request: bytes, at: float) -> Reply | None:
        """PING and PONG go on; everything else is the end."""
        if len(request) >= LINE_MAX:
            return Reply(b"-ERR 'Maximum Control Line Exceeded'\r\n", Then.CLOSE)
        verb = _COMMAND.match(request)
        name = verb[0].upper() if verb else b""
        if not request or name == b"PONG":
            return Reply(b"", Then.LISTEN)
        if name == b"PING":
            return Reply(b"PONG\r\n", Then.LISTEN)
        if not verb:
            return Reply(b"-ERR 'Unknown Protocol Operation'\r\n", Then.CLOSE)
        if name != b"CONNECT":
            return Reply(_VIOLATION, Then.CLOSE)
        options = _options(request[verb.end() :])
        if options is None:
            return Reply(b"-ERR 'Parser Error'\r\n", Then.CLOSE)
        return Reply(_VIOLATION, Then.CLOSE, notes=_offered(options))

    def timeout(self, at: float) -> bytes:
        """Who has not connected in time (`auth_timeout`)."""
        return b"-ERR 'Authentication Timeout'\r\n"


def _options(text: bytes) -> dict[str, object] | None:
    try:
        options = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return options if isinstance(options, dict) else None


def _offered(options: dict[str, object]) -> tuple[Credential, ...]:
    """User and password, a token, or what was signed."""
    if "user" in options or "pass" in options:
        return (Credential("password", _text(options.get("user")), _text(options.get("pass"))),)
    for key, method in _KINDS:
        if options.get(key):
            signed = _text(options.get("sig"))
            return (Credential(method, signed and _text(options[key]), signed or _text(options[key])),)
    return ()


def _text(value: object) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b""
