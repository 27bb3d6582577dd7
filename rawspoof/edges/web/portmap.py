"""Which of the 65,536 ports were touched and what was done there, as bitmaps. Knows no source and no store."""

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from rawspoof.core.watch.ports import Ports

TOUCHED: Final = "touched"
LAYERS: Final = (TOUCHED, "opened", "asked", "login")
"""What was done at a port: a packet came, a handshake was completed, something was said, a login was tried."""

MAPS_MAX: Final = 512
"""Maps kept, each 32 KiB at the worst; the one drawn on longest ago goes for a new one."""

_EMPTY: Final = bytes(8192)


class PortMap:
    """One map: a set of ports for each layer."""

    __slots__ = ("layers",)

    def __init__(self) -> None:
        self.layers = {name: Ports() for name in LAYERS}

    def add(self, port: int, layer: str) -> None:
        """Something was done at a port, which was touched with it."""
        self.layers[TOUCHED].add(port)
        if layer != TOUCHED:
            self.layers[layer].add(port)

    def touch(self, ranges: str) -> None:
        """Ports were touched, told as `22,80,8000-8100`; a `…` at the end stands for some that nobody knows."""
        touched = self.layers[TOUCHED]
        for port in expand(ranges):
            touched.add(port)

    def counts(self) -> dict[str, int]:
        """How many ports each layer has."""
        return {name: ports.count for name, ports in self.layers.items()}

    def bitmaps(self) -> dict[str, str]:
        """Each layer as base64 of 8,192 bytes: port N is bit N & 7 of byte N >> 3."""
        return {name: bitmap(ports) for name, ports in self.layers.items()}


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


def bitmap(ports: Iterable[int]) -> str:
    """Ports as base64 of 8,192 bytes."""
    bits = bytearray(_EMPTY)
    for port in ports:
        bits[port >> 3] |= 1 << (port & 7)
    return b64encode(bits).decode()


def expand(ranges: str) -> Iterable[int]:
    """The ports of `22,80,8000-8100`; what is no port is left out, for workers are not trusted."""
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            yield from range(int(first), min(int(last or first), 65535) + 1)
