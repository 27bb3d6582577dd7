"""MongoDB with access control on: what anybody may ask is told, all else wants a login, and every login fails.

Source: mongodb.com/docs/manual/reference/command, "hello", "buildInfo"; "Error Codes"; the drivers' authentication
specification (github.com/mongodb/specifications, source/auth) for SCRAM and MONGODB-CR.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Final

from rawspoof.core.conversation.base import Credential, Note, Reply, Then
from rawspoof.core.conversation.mongodb import messages
from rawspoof.core.conversation.mongodb.about import build_info, hello, version, wire_version
from rawspoof.core.conversation.mongodb.bson import Value
from rawspoof.core.conversation.scram import Malformed, Scram
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

SHOWN_MAX: Final = 100
"""Characters of a command's name that an error repeats."""
_MECHANISMS: Final = {"SCRAM-SHA-1": (16, 10_000), "SCRAM-SHA-256": (28, 15_000)}
"""Bytes of salt and iterations, as MongoDB has them by default."""

Answer = tuple[Mapping[str, Value], tuple[Note, ...]]


class Mongodb(Speaker):
    """One connection with a MongoDB server."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._scram: Scram | None = None
        self._mechanism = ""
        self._said = 0

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The file's words if it has any for this; else what a server says to a stranger."""
        identity = self.visit.identity
        if said := written(identity, request, at):
            return said
        try:
            asked = messages.command(request)
        except ValueError:
            asked = None
        if asked is None or (asked.opcode == messages.MSG and self._version < (3, 6)):
            return otherwise(identity, at) or Reply(b"", Then.CLOSE)
        document, notes = self._answered(asked, at)
        self._said += 1
        data = messages.answer(asked, document, self._said) if asked.answered else b""
        return Reply(data, Then.LISTEN, notes=notes)

    @property
    def _version(self) -> tuple[int, ...]:
        return version(self.visit)

    def _answered(self, asked: messages.Command, at: float) -> Answer:
        if not asked.where.endswith("$cmd"):
            return {"$err": f"not authorized for query on {asked.where[:SHOWN_MAX]}", "code": 13}, ()
        known: dict[str, Callable[[messages.Command, float], Answer]] = {
            "hello": self._hello,
            "ismaster": self._hello,
            "buildinfo": lambda *_: (build_info(self.visit), ()),
            "ping": lambda *_: ({"ok": 1.0}, ()),
            "logout": lambda *_: ({"ok": 1.0}, ()),
            "endsessions": lambda *_: ({"ok": 1.0}, ()),
            "saslstart": self._sasl_start,
            "saslcontinue": self._sasl_continue,
            "getnonce": self._nonce,
            "authenticate": self._authenticate,
        }
        does = known.get(asked.name.lower())
        return does(asked, at) if does else (self._unauthorized(asked), ())

    def _hello(self, asked: messages.Command, at: float) -> Answer:
        return hello(self.visit, asked.name == "hello", "helloOk" in asked.document, at), ()

    def _unauthorized(self, asked: messages.Command) -> Mapping[str, Value]:
        name = asked.name[:SHOWN_MAX]
        if self._version >= (4, 0):
            return self._error(13, "Unauthorized", f"command {name} requires authentication")
        value = asked.document.get(asked.name)
        shown = f'"{value[:SHOWN_MAX]}"' if isinstance(value, str) else value if isinstance(value, int | float) else 1
        text = f"not authorized on {asked.database[:SHOWN_MAX]} to execute command {{ {name}: {shown} }}"
        return self._error(13, "Unauthorized", text)

    def _sasl_start(self, asked: messages.Command, at: float) -> Answer:
        mechanism, payload = asked.document.get("mechanism"), asked.document.get("payload")
        if not isinstance(mechanism, str) or mechanism not in _MECHANISMS or not isinstance(payload, bytes):
            notes = self._plain(payload) if mechanism == "PLAIN" and isinstance(payload, bytes) else ()
            return self._error(2, "BadValue", f"Unsupported mechanism {str(mechanism)[:SHOWN_MAX]}"), notes
        size, iterations = _MECHANISMS[mechanism]
        user = self.visit.fact("fqdn") + payload.partition(b",r=")[0]
        salt = blake2b(user, digest_size=size, key=self.visit.fact("seed")).digest()
        self._mechanism, self._scram = mechanism, Scram(salt, self.visit.octets(b"scram", 24), iterations)
        try:
            # Some clients send the end of their string with it.
            challenge = self._scram.challenge(payload.rstrip(b"\0"), False)
        except Malformed:
            return self._failed(), ()
        return {"conversationId": 1, "done": False, "payload": challenge, "ok": 1.0}, ()

    def _plain(self, payload: bytes) -> tuple[Note, ...]:
        _, user, password = ([*payload.split(b"\x00"), b"", b""])[:3]
        return (Credential("PLAIN", user, password),)

    def _sasl_continue(self, asked: messages.Command, at: float) -> Answer:
        scram, self._scram = self._scram, None
        if scram is None:
            return self._error(17, "ProtocolError", "No SASL session state found"), ()
        payload = asked.document.get("payload")
        try:
            said = payload.rstrip(b"\0") if isinstance(payload, bytes) else b""
            note = scram.proof(self._mechanism, scram.user, said)
        except Malformed:
            return self._failed(), ()
        return self._failed(), (note,)

    def _nonce(self, asked: messages.Command, at: float) -> Answer:
        """MONGODB-CR's, which 4.0 dropped."""
        if self._version >= (4, 0):
            return self._error(59, "CommandNotFound", f"no such command: '{asked.name}'"), ()
        return {"nonce": self.visit.octets(b"nonce", 8).hex(), "ok": 1.0}, ()

    def _authenticate(self, asked: messages.Command, at: float) -> Answer:
        user, key = (str(asked.document.get(name, "")).encode() for name in ("user", "key"))
        secret = self.visit.octets(b"nonce", 8).hex().encode() + b":" + key
        notes = (Credential("MONGODB-CR", user, secret),)
        if self._version >= (4, 0):
            return self._error(59, "CommandNotFound", f"no such command: '{asked.name}'"), notes
        return self._error(18, "AuthenticationFailed", "auth failed"), notes

    def _failed(self) -> Mapping[str, Value]:
        return self._error(18, "AuthenticationFailed", "Authentication failed.")

    def _error(self, code: int, name: str, text: str) -> Mapping[str, Value]:
        named = {"codeName": name} if wire_version(self._version) >= 5 else {}
        return {"ok": 0.0, "errmsg": text, "code": code, **named}
