"""Who speaks for a protocol: told of whole requests, one after the other, it answers each.

The plain speaker says what its identity has written down. One that needs more than text is a class of its own that
takes this one's place method by method; `dialogue` keeps buffer, limits and pace for all of them.
"""

from typing import ClassVar

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import REQUEST_MAX, Frame, first
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import otherwise, written


class Speaker:
    """One connection's side of a protocol."""

    patience_s: ClassVar[float | None] = None
    """How long a peer that has been served may be quiet; None for as long as any other."""
    request_max: ClassVar[int] = REQUEST_MAX
    """Bytes of one request; a longer one is answered by `overlong`."""
    requests_max: ClassVar[int] = 100
    """Requests of one connection; it is closed after the last, as mail servers do with a peer that chatters."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def greet(self, at: float) -> bytes:
        """The greeting; only asked for where `identity.greet` is set, and as long as that one's `size`."""
        greet = self.visit.identity.greet
        return b"" if greet is None else greet.render(at)

    def frame(self, heard: bytearray) -> Frame | None:
        """The first whole request in what was heard, None while there is none. Must not depend on chunks."""
        identity = self.visit.identity
        return first(identity.frame, heard, (a.when for a in identity.answers))

    def answer(self, request: bytes, at: float) -> Reply | None:
        """What is said to a whole request, None if nothing is. With MORE, `more` is asked for what follows."""
        identity = self.visit.identity
        return written(identity, request, at) or otherwise(identity, at)

    def typed(self, part: bytes, at: float) -> Reply | None:
        """What is said to a part of a request, e.g. its echo. Parts are no evidence and are not counted."""
        return None

    def more(self, at: float) -> Reply:
        """What comes by itself after an answer with MORE."""
        return Reply(b"", Then.LISTEN)

    def overlong(self, at: float) -> bytes:
        """Last words to a peer whose request does not end within `request_max`."""
        return b""

    def timeout(self, at: float) -> bytes:
        """Last words to a peer that was served and has been quiet for `patience_s`."""
        return b""
