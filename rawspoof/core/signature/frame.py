"""How a signature file says where a binary request ends. Knows lengths, no bytes; `conversation.framing` reads them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

FrameName = Literal["line", "http", "nul", "ber", "match"]
"""Up to LF; a request head; up to a zero byte; one BER element (X.690 §8.1.3); all up to where an answer's `when`
matches: such a pattern must not match more the more it is given."""


class Sized(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request that tells its own length: `size` bytes at `at`. Without `size` each takes `plus` bytes."""

    at: Annotated[int, Meta(ge=0, le=64)] = 0
    size: Annotated[int, Meta(ge=0, le=4)] = 0
    plus: Annotated[int, Meta(ge=-64, le=1024)] | None = None
    """Bytes that the length leaves out; if not said, all up to and with itself. 0: it counts the whole request."""
    order: Literal["big", "little"] = "big"

    def __post_init__(self) -> None:
        if not self.head:
            raise ValueError("`frame` wants the `size` of a length, or `plus` bytes")

    @property
    def head(self) -> int:
        """Bytes that have to be heard before the length is known."""
        return self.at + self.size if self.size else self.plus or 0

    @property
    def left_out(self) -> int:
        """What the length does not count."""
        return self.head if self.plus is None else self.plus
