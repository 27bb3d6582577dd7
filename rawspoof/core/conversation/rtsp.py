"""RTSP before a stream is seen: methods are told, and everything else wants a user.

A server is known by how it answers a request without CSeq, which is what its file has. RFC 2326; RFC 7826 for 2.0.
"""

from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.headed import Message, built, cut, lines, offered, read, status
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.written import otherwise, written

_CSEQ_MAX: Final = 32
_METHODS: Final = b"OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER"
_GUARDED: Final = frozenset((b"DESCRIBE", b"SETUP", b"ANNOUNCE", b"GET_PARAMETER", b"SET_PARAMETER"))
_OPEN: Final = (200, 400, 404)
"""Answers to a request that is not right, of servers that have more to say to one that is."""
_OF_SESSIONS: Final = frozenset((b"PLAY", b"PAUSE", b"TEARDOWN", b"RECORD"))


class Rtsp(Speaker):
    """A camera, recorder or streaming server. Words of its file: `realm`."""

    def frame(self, heard: bytearray) -> Frame | None:
        """A request with its body."""
        return cut(heard)

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The file's answer with the CSeq of the request, or what a file that knows one answer does not say."""
        identity = self.visit.identity
        told = written(identity, request, at) or otherwise(identity, at)
        asked = read(request)
        if asked is None or asked.protocol != b"RTSP":
            return told or Reply(b"", Then.CLOSE)
        noted = offered(asked)
        told = (told or Reply(built(b"RTSP/1.0 400 Bad Request"), Then.LISTEN))._replace(notes=noted)
        if b"cseq" not in asked.fields:
            return told
        if status(told.data) not in _OPEN or (asked.method == b"OPTIONS" and status(told.data) == 200):
            return told._replace(data=_numbered(told.data, asked))
        return Reply(_numbered(self._own(asked, told.data, at), asked), Then.LISTEN, notes=noted)

    def _own(self, asked: Message, told: bytes, at: float) -> bytes:
        """What a server of this kind says to a request that is right."""
        known = lines(told, b"server", b"date")
        public = [b"Public: " + _methods(told)]
        if asked.method == b"OPTIONS":
            return built(b"RTSP/1.0 200 OK", *known, *public)
        if asked.method in _GUARDED:
            return built(b"RTSP/1.0 401 Unauthorized", *known, *self._challenges(at))
        if asked.method in _OF_SESSIONS:
            return built(b"RTSP/1.0 454 Session Not Found", *known)
        return built(b"RTSP/1.0 405 Method Not Allowed", *known, b"Allow: " + _methods(told))

    def _challenges(self, at: float) -> tuple[bytes, bytes]:
        realm = self.visit.word("realm", at, b"IP Camera")
        nonce = self.visit.octets(b"rtsp", 16).hex().encode()
        digest = b'WWW-Authenticate: Digest realm="%b", nonce="%b"' % (realm, nonce)
        return digest, b'WWW-Authenticate: Basic realm="%b"' % realm


def _methods(told: bytes) -> bytes:
    """The methods that a file's answer lists."""
    listed = lines(told, b"public", b"allow")
    return listed[0].partition(b":")[2].strip() if listed else _METHODS


def _numbered(response: bytes, asked: Message) -> bytes:
    """The response with the request's CSeq, behind the status line."""
    first, _, rest = response.partition(b"\r\n")
    for line in lines(response, b"cseq"):
        rest = rest.replace(line + b"\r\n", b"", 1)
    return b"%b\r\nCSeq: %b\r\n%b" % (first, asked.fields[b"cseq"][:_CSEQ_MAX], rest)
