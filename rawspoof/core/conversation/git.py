"""A git daemon that exports nothing to anybody. gitprotocol-pack(5), gitprotocol-common(5): pkt-lines.

Knows requests' shape, no repository.
"""

import re
from typing import Final

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.framing import Frame
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.written import otherwise

_LENGTH: Final = 4
_DIGITS = re.compile(rb"[0-9a-fA-F]{4}")
_REQUEST = re.compile(rb"(git-(?:upload-pack|receive-pack|upload-archive)) ([^\0\n]*)")
_PATH_MAX: Final = 1024


class Git(Speaker):
    """What is no pkt-line is answered as the file has it."""

    def frame(self, heard: bytearray) -> Frame | None:
        """One pkt-line, or all that a daemon sees of what is none."""
        if len(heard) < _LENGTH:
            return None
        if not _DIGITS.match(heard):
            end = heard.find(b"\n\r\n") + 3
            return Frame(bytes(heard[:end]), end, last=True) if end > 2 else None
        length = max(_LENGTH, int(heard[:_LENGTH], 16))
        if length > self.request_max:
            return Frame(bytes(heard[:_LENGTH]), _LENGTH, last=True)
        return Frame(bytes(heard[:length]), length) if len(heard) >= length else None

    def answer(self, request: bytes, at: float) -> Reply | None:
        """The same for every repository, whether it is there or not."""
        if not _DIGITS.match(request):
            return otherwise(self.visit.identity, at)
        asked = _REQUEST.match(request, _LENGTH)
        if asked is None:
            return Reply(b"", Then.CLOSE)
        words = self.visit.word("refusal", at, b"access denied or repository not exported")
        said = b"ERR %b: %b" % (words, asked[2][:_PATH_MAX])
        return Reply(b"%04x%b" % (len(said) + _LENGTH, said), Then.CLOSE)
