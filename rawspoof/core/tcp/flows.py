"""The bounded map of connections with state. At its limit the one idle longest is forgotten, and counted."""

from collections import OrderedDict

from rawspoof.core.tcp.tcb import Tcb


class Flows:
    """Key of the peer's segments → Tcb, in order of use."""

    def __init__(self, flows_max: int) -> None:
        self._flows: OrderedDict[bytes, Tcb] = OrderedDict()
        self._max = flows_max
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._flows)

    def find(self, key: bytes) -> Tcb | None:
        """The connection, now the most recently used one, or None."""
        tcb = self._flows.get(key)
        if tcb is not None:
            self._flows.move_to_end(key)
        return tcb

    def peek(self, key: bytes) -> Tcb | None:
        """The connection without touching its place."""
        return self._flows.get(key)

    def add(self, tcb: Tcb) -> Tcb | None:
        """Keep a connection; what comes out is the one that had to go for it."""
        self._flows[tcb.key] = tcb
        if len(self._flows) <= self._max:
            return None
        self.evicted += 1
        return self._flows.popitem(last=False)[1]

    def limit(self, flows_max: int) -> None:
        """Keep so many from now on; of more that there are, one goes for each new one, and none by itself."""
        self._max = flows_max

    def remove(self, key: bytes) -> None:
        """Forget a connection, if it is there."""
        self._flows.pop(key, None)
