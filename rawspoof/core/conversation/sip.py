"""SIP over TCP before a call is made: options are told, who registers or calls is challenged and never let in.

What a product says to a request is in its file. RFC 3261 §8.2 (responses), §22 (Digest), §7.3.3 (compact names).
"""

import re
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.headed import PING, Message, built, cut, lines, offered, read, status
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.written import otherwise, written

_ECHO_MAX: Final = 512
"""Octets of each header that is said again."""
_VIAS_MAX: Final = 8
_NEEDED: Final = (b"via", b"from", b"to", b"call-id", b"cseq")
_GUARDED: Final = frozenset((b"REGISTER", b"INVITE", b"SUBSCRIBE", b"MESSAGE", b"PUBLISH", b"REFER", b"NOTIFY"))
_OF_CALLS: Final = frozenset((b"BYE", b"CANCEL", b"INFO", b"PRACK", b"UPDATE"))

_COMPACT: Final = {
    b"v": b"Via",
    b"f": b"From",
    b"t": b"To",
    b"i": b"Call-ID",
    b"m": b"Contact",
    b"l": b"Content-Length",
}
_NAME = re.compile(rb"(?im)^([vftiml])[ \t]*:")
_SPACED = re.compile(rb"(?im)^(Via|From|To|Call-ID|CSeq)[ \t]+:")


class Sip(Speaker):
    """A proxy, gateway or telephone.

    Words of its file: `realm`, and `wrong`, the status line's end for a password that was offered.
    """

    def frame(self, heard: bytearray) -> Frame | None:
        """A request with its body."""
        return cut(heard)

    def typed(self, part: bytes, at: float) -> Reply | None:
        """Two empty lines keep a connection, and one is answered. RFC 5626 §4.4.1."""
        return Reply(b"\r\n", Then.LISTEN) if part == PING and self.visit.identity.frame == "http" else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The file's answer; a challenge for those who want more than to know what this is."""
        asked = read(_plain(request))
        identity = self.visit.identity
        if asked is None or asked.protocol != b"SIP":
            return written(identity, request, at) or otherwise(identity, at) or Reply(b"", Then.CLOSE)
        if asked.method == b"ACK":
            return None
        if missing := [name for name in _NEEDED if not asked.fields.get(name)]:
            return self._said(b"400 Bad Request (Missing %b)" % missing[0].title(), asked, request, b"")
        told = written(identity, _short(asked, request), at)
        words = told.data if told else b""
        if asked.method in _GUARDED:
            return self._guarded(asked, request, words, at)
        if asked.method in _OF_CALLS:
            return self._said(b"481 Call/Transaction Does Not Exist", asked, request, words)
        return told or self._said(b"200 OK", asked, request, words)

    def _guarded(self, asked: Message, request: bytes, told: bytes, at: float) -> Reply:
        noted = offered(asked)
        if noted and (wrong := self.visit.word("wrong", at, b"")):
            return self._said(wrong, asked, request, told)._replace(notes=noted)
        if status(told) in (401, 407):
            return Reply(told, Then.LISTEN, notes=noted)
        realm = self.visit.word("realm", at, self.visit.fact("domain", b"sip"))
        nonce = self.visit.octets(b"sip", 16).hex().encode()
        challenge = b'WWW-Authenticate: Digest realm="%b", nonce="%b", algorithm=MD5' % (realm, nonce)
        return self._said(b"401 Unauthorized", asked, request, told, challenge)._replace(notes=noted)

    def _said(self, code: bytes, asked: Message, request: bytes, told: bytes, *more: bytes) -> Reply:
        """A response to this request, with what the product says of itself in `told`."""
        to = asked.fields.get(b"to", b"")[:_ECHO_MAX]
        if b"tag=" not in to:
            to += b";tag=" + self.visit.octets(b"tag", 8).hex().encode()
        vias = [line.rstrip(b"\r")[:_ECHO_MAX] for line in lines(_plain(request), b"via")][:_VIAS_MAX]
        same = [b"%b: %b" % (name, asked.fields.get(name.lower(), b"")[:_ECHO_MAX]) for name in (b"From", b"Call-ID")]
        number = b"CSeq: " + asked.fields.get(b"cseq", b"")[:_ECHO_MAX]
        known = lines(told, b"server", b"user-agent")
        first = b"SIP/2.0 " + code
        return Reply(built(first, *vias, *same, b"To: " + to, number, *known, *more, b"Content-Length: 0"), Then.LISTEN)


def _plain(request: bytes) -> bytes:
    """The request with its headers' names written out, and its lines ended as they ought to be."""
    head, blank, body = request.replace(b"\r\n", b"\n").partition(b"\n\n")
    spelled = _SPACED.sub(rb"\1:", _NAME.sub(lambda m: _COMPACT[m[1].lower()] + b":", head))
    return (spelled + blank).replace(b"\n", b"\r\n") + body


def _short(asked: Message, request: bytes) -> bytes:
    """The request as a file's pattern sees it: written out, and nothing in it longer than is said again."""
    head = _plain(request).partition(b"\r\n\r\n")[0].split(b"\r\n")
    return b"\r\n".join(line[:_ECHO_MAX] for line in head) + b"\r\n\r\n"
