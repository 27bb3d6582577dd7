"""Numbers that look random and follow from a seed: the same seed, the same numbers, on every machine."""

from collections.abc import Sequence
from hashlib import blake2s
from typing import Final, TypeVar

T = TypeVar("T")

_FACTOR: Final = 6364136223846793005
_STEP: Final = 1442695040888963407
_MASK: Final = 2**64 - 1


class Chance:
    """A linear congruential generator (Knuth's MMIX constants), seeded by a hash. Good enough for banners."""

    __slots__ = ("_state",)

    def __init__(self, seed: bytes) -> None:
        self._state = int.from_bytes(blake2s(seed, person=b"pattern").digest()[:8])

    def below(self, size: int) -> int:
        """A number from 0 up to but not `size`."""
        self._state = (self._state * _FACTOR + _STEP) & _MASK
        return (self._state >> 33) % size

    def among(self, things: Sequence[T]) -> T:
        """One of these."""
        return things[self.below(len(things))]
