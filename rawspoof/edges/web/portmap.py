"""Which of the 65,536 ports were touched and what was done there, as bitmaps. Knows no source and no store."""

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

TOUCHED: Final = "touched"
LAYERS: Final = (TOUCHED, "opened", "asked", "login")
"""What was done at a port: a packet came, a handshake was completed, something was said, a login was tried."""

MAPS_MAX: Final = 512
"""Maps kept, each 32 KiB at the worst; the one drawn on longest ago goes for a new one."""

PORTS: Final = 65536
BYTES: Final = PORTS // 8


class PortMap:
    """One map: a bitmap for each layer, made when the first port is put on it."""

    __slots__ = ("_layers",)

    def __init__(self) -> None:
        self._layers: dict[str, bytearray] = {}

    def add(self, port: int, layer: str) -> None:
        """Something was done at a port, which was touched with it."""
        for name in (layer,) if layer == TOUCHED else (TOUCHED, layer):
            self._of(name)[port >> 3] |= 1 << (port & 7)

    def touch(self, spans: Iterable[tuple[int, int]]) -> None:
        """Ports were touched, from one to another each."""
        bits = self._of(TOUCHED)
        for first, last in spans:
            low, high = (first + 7) >> 3, (last + 1) >> 3
            if low < high:
                bits[low:high] = b"\xff" * (high - low)
            # What is left at both ends is less than a byte.
            for port in (*range(first, min(low * 8, last + 1)), *range(max(high * 8, first), last + 1)):
                bits[port >> 3] |= 1 << (port & 7)

    def counts(self) -> dict[str, int]:
        """How many ports each layer has."""
        return {name: int.from_bytes(self._layers.get(name, b"")).bit_count() for name in LAYERS}

    def bitmaps(self) -> dict[str, str]:
        """Each layer as base64 of 8,192 bytes: port N is bit N & 7 of byte N >> 3."""
        return {name: b64encode(self._layers.get(name, _EMPTY)).decode() for name in LAYERS}

    def _of(self, layer: str) -> bytearray:
        found = self._layers.get(layer)
        if found is None:
            found = self._layers[layer] = bytearray(BYTES)
        return found


_EMPTY: Final = bytes(BYTES)


class Maps:
    """The latest maps, by whatever they are of."""

    def __init__(self, most: int = MAPS_MAX) -> None:
        self._most = most
        self._maps: OrderedDict[tuple[bytes, ...], PortMap] = OrderedDict()

    def of(self, *key: bytes) -> PortMap:
        """The map of this key, an empty one where there was none."""
        found = self._maps.get(key)
        if found is None:
            if len(self._maps) >= self._most:
                self._maps.popitem(last=False)
            found = self._maps[key] = PortMap()
        self._maps.move_to_end(key)
        return found

    def begun(self, first: bytes) -> dict[bytes, PortMap]:
        """The maps whose key begins so, by what follows there."""
        return {key[1]: found for key, found in self._maps.items() if key[0] == first and len(key) > 1}

    def get(self, *key: bytes) -> PortMap | None:
        """The map of this key."""
        return self._maps.get(key)


def spans(ranges: str) -> list[tuple[int, int]]:
    """First and last of each range of `22,80,8000-8100`.

    What is none is left out: a `…` at the end stands for ports that nobody knows, and workers are not trusted.
    """
    found = []
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal() and len(part) <= 11:
            begin, end = int(first), int(last or first)
            if begin <= end < PORTS:
                found.append((begin, end))
    return found
