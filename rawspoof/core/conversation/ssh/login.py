"""Logging in, which nobody does: who asks by what method, and how it is refused. RFC 4252, RFC 4256.

Knows messages 50 to 61 and no packet; what was offered is noted.
"""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final, NamedTuple

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.ssh.manners import Manners
from rawspoof.core.conversation.ssh.wire import Fields, names, string

REQUEST, FAILURE, BANNER, INFO_REQUEST, INFO_RESPONSE = 50, 51, 53, 60, 61
_ANSWERS_MAX: Final = 8
"""Answers of one response that are noted; we ask for one."""


class Said(NamedTuple):
    """What comes of a message."""

    messages: tuple[bytes, ...]
    tried: bool = False
    """A guess was wrong: whoever checks it took time."""
    over: bytes | None = None
    """The last word to the client, b"" for none."""
    credential: Credential | None = None


class Login:
    """One connection's attempts."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._asked = self._failures = 0
        self._who = (b"", b"")
        self._prompted = False

    def hear(self, message: bytes) -> Said | None:
        """What is said to a message, None if its turn has not come. Raises Short."""
        fields = Fields(message)
        kind = fields.byte()
        if kind == REQUEST:
            return self._request(fields)
        if kind == INFO_RESPONSE and self._prompted:
            return self._response(fields)
        return None

    def _request(self, fields: Fields) -> Said:
        who, method = (fields.string(), fields.string()), fields.string().decode("latin-1")
        self._asked += 1
        if self._asked > 1 and who != self._who:
            return Said((), over=_change(*self._who, *who))
        self._who, self._prompted = who, False
        banner = self._manners.banner if self._asked == 1 else b""
        before = (bytes([BANNER]) + string(banner) + string(b""),) if banner else ()
        said = self._try(method, fields)
        return said._replace(messages=before + said.messages)

    def _try(self, method: str, fields: Fields) -> Said:
        user = self._who[0]
        if method not in self._manners.methods:
            # Everybody may ask once what there is.
            return self._fail(counts=method != "none" or self._asked > 1)
        if method == "password":
            fields.boolean()
            return self._fail(tried=True, credential=Credential(method, user, fields.string()))
        if method == "publickey":
            fields.boolean()
            fields.string()
            return self._fail(credential=Credential(method, user, fingerprint(fields.string())))
        if method == "keyboard-interactive":
            self._prompted = True
            prompt = self._manners.prompt.replace(b"%s", user[:64])
            one = (1).to_bytes(4) + string(prompt) + b"\0"
            return Said((bytes([INFO_REQUEST]) + 3 * string(b"") + one,))
        return self._fail()

    def _response(self, fields: Fields) -> Said:
        self._prompted = False
        answers = [fields.string() for _ in range(min(fields.uint32(), _ANSWERS_MAX))]
        return self._fail(tried=True, credential=Credential("keyboard-interactive", self._who[0], b"\n".join(answers)))

    def _fail(self, counts: bool = True, tried: bool = False, credential: Credential | None = None) -> Said:
        self._failures += counts
        if self._failures >= self._manners.tries:
            over = self._manners.farewell.replace(b"%s", self._who[0][:100])
            return Said((), tried, over, credential)
        return Said((bytes([FAILURE]) + names(self._manners.methods) + b"\0",), tried, None, credential)


def fingerprint(blob: bytes) -> bytes:
    """A public key as OpenSSH names it, its type before it where that reads as one."""
    named = b"SHA256:" + b64encode(sha256(blob).digest()).rstrip(b"=")
    kind = blob[4 : 4 + int.from_bytes(blob[:4])]
    return kind + b" " + named if re.fullmatch(rb"[\w@.-]{1,64}", kind) else named


def _change(user: bytes, service: bytes, other: bytes, other_service: bytes) -> bytes:
    said = b"(%s,%s) -> (%s,%s)" % tuple(value[:64] for value in (user, service, other, other_service))
    return b"Change of username or service not allowed: " + said
