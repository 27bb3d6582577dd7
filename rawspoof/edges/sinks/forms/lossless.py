"""An event as rawspoof itself reads it again, nothing left out: the form in which sensors tell their hub.

Pure. A JSON array, the kind first, then the fields in the catalogue's order; bytes are base64.
"""

from typing import Final

import msgspec

from rawspoof.core.event import AnyEvent

encode: Final = msgspec.json.Encoder().encode
"""One line, without its end."""

_decoder: Final[msgspec.json.Decoder[AnyEvent]] = msgspec.json.Decoder(AnyEvent)


def decode(line: bytes) -> AnyEvent:
    """The event that was encoded. Raises ValueError (RecursionError for a deep one) for what is none."""
    return _decoder.decode(line)
