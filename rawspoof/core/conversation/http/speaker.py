"""Who speaks HTTP/1: cuts requests, notes what they offer, and has them answered as the identity's file says.

RFC 9112 (messages), RFC 9110 (their meaning). Nobody is let in, nothing is fetched and nothing is stored.
"""

from typing import ClassVar, Final

from rawspoof.core.conversation.base import Credential, Note, Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.http import integrated, unsited
from rawspoof.core.conversation.http.credentials import FORMS, offered
from rawspoof.core.conversation.http.cutting import Cutter, body
from rawspoof.core.conversation.http.head import parse
from rawspoof.core.conversation.http.sited import Sited
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written

BODY_MAX: Final = 2**62
"""Bytes of a body that a device does not refuse: it is not known of any."""
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Http(Speaker):
    """One connection's web server."""

    requests_max: ClassVar[int] = 10_000
    """The site's own limit comes first."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        identity = visit.identity
        self._sited = Sited(visit, identity.site) if identity.site is not None else None
        self._cutter = Cutter(identity.site.body_max if identity.site is not None else BODY_MAX)
        # Daemons of UPnP answer an empty line; others' files have patterns of requests that are no HTTP.
        self._lines = identity.frame == "line"
        self._plain = identity.frame not in ("http", "line")

    @property
    def patience_s(self) -> float | None:  # type: ignore[override]  # the site's own, where it keeps connections
        """How long the server waits for the next request."""
        site = self.visit.identity.site
        return None if site is None else site.keep_s or None

    def frame(self, heard: bytearray) -> Frame | None:
        """The next request with its body, at most 16 KiB of it."""
        if self._plain or (self._lines and heard[0] in b"\r\n"):
            return super().frame(heard)
        return self._cutter.frame(heard)

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The response, with the credentials that the request offered."""
        identity, cutter = self.visit.identity, self._cutter
        asked = cutter.head
        if asked is None or self._plain:
            if self._plain or not request:
                return super().answer(request, at)
            asked = parse(request)
        content = body(request, asked.length) if asked.length else b""
        notes: list[Note] = (
            [*offered(asked, content, integrated.nonce(self.visit))] if asked.fields or asked.path != b"/" else []
        )
        refused = any(isinstance(note, Credential) and note.method in FORMS for note in notes)
        said = written(identity, request, at) if identity.answers else None
        if said is None and self._sited is not None:
            said = self._sited.reply(asked, cutter.cut, refused, at)
        elif said is not None:
            said = unsited.reply(said, asked, refused, identity)
        else:
            said = otherwise(identity, at)
        if said is None:
            return None
        if b"authorization" in asked.fields:
            said = integrated.challenged(said, asked, self.visit, at)
        return said._replace(notes=(*notes, *said.notes), then=Then.CLOSE if cutter.cut or asked.fault else said.then)

    def typed(self, part: bytes, at: float) -> Reply:
        """The word to go on, for a head whose client waits for it before it sends the body. RFC 9110 §10.1.1."""
        return Reply(CONTINUE, Then.LISTEN)

    def overlong(self, at: float) -> bytes:
        """What the server says to a head without end."""
        return self._sited.last("header", at) if self._sited is not None else b""

    def timeout(self, at: float) -> bytes:
        """What it says to a client that stopped in the middle; nothing between requests."""
        waits = self._sited is not None and self._cutter.waits
        return self._sited.last("timeout", at) if self._sited is not None and waits else b""
