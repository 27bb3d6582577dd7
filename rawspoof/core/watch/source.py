"""What is known of one source while it is at it. Counts; decides nothing (see `technique`, `judge`, `risk`)."""

from typing import Final

from rawspoof.core.watch.ports import Ports
from rawspoof.core.watch.sample import KINDS_MAX, SAMPLES_MAX

TARGETS_MAX: Final = 4096
"""Addresses of ours counted port by port for one source; further ones only count packets."""
NOWHERE: Final[frozenset[int]] = frozenset()


class Source:
    """One address that sends us packets, since it first did or was last forgotten."""

    __slots__ = (
        "address",
        "badsums",
        "bytes_in",
        "bytes_out",
        "closed",
        "credentials",
        "doors",
        "first_at",
        "heard",
        "held_s",
        "hints",
        "kind",
        "last_at",
        "look_at",
        "mark",
        "new_ports",
        "older",
        "opened",
        "others",
        "packets",
        "peak",
        "ports",
        "reported_at",
        "reports",
        "requests",
        "room",
        "run",
        "samples",
        "target",
        "twins",
        "visits",
    )

    def __init__(self, address: bytes, at: float) -> None:
        self.address = address
        self.first_at = self.last_at = at
        """Of its first and latest packet, seconds since the epoch."""
        self.packets = 0
        """Segments that belong to no connection: probes, handshakes, their refusals."""
        self.kind = -1
        """Flags of the latest packets (FIN to CWR, the lower eight bits), and how many of these came in a row."""
        self.run = 0
        self.older: dict[int, int] | None = None
        """How many came before, by flags."""
        self.target = b""
        """The address of ours it touches now, packed, and the ports it touched there."""
        self.ports: Ports | None = None
        self.others: dict[bytes, Ports] | None = None
        """The same for all addresses it ever touched, once there are two."""
        self.new_ports = 0
        """Ports touched, all targets together."""
        self.samples: tuple[bytes, ...] = ()
        """Its first packets' facts, see `sample.unpack`, and how many more are kept."""
        self.room = SAMPLES_MAX
        self.mark = self.twins = 0
        """What a copy of its first packet would share, see `decoy`, and how many other sources sent one."""
        self.opened = 0
        """Handshakes it completed: more than none, and its address is proven."""
        self.closed = 0
        """Connections of these that are over."""
        self.peak = 0
        """Connections at a time, at most."""
        self.requests = 0
        self.credentials = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.held_s = 0.0
        """Seconds its closed connections lasted, together: what the sensor cost it."""
        self.badsums = 0
        """Segments with a wrong checksum."""
        self.heard = 0
        """Requests looked at since the last report."""
        self.hints: dict[str, float] | None = None
        """Tools and techniques that its words told, with the confidence, 0 to 1."""
        self.visits = 0
        """Times it was here before, asked little, and had been quiet long enough to be reported as ended."""
        self.doors: frozenset[int] = NOWHERE
        """Where it asked then, see `quiet`."""
        self.reported_at = self.look_at = 0.0
        """When it was last reported, and when it is looked at next."""
        self.reports = 0

    @property
    def kinds(self) -> dict[int, int]:
        """Packets by their flags."""
        older = self.older or {}
        return {**older, self.kind: older.get(self.kind, 0) + self.run} if self.run else older

    @property
    def targets(self) -> dict[bytes, Ports]:
        """Ports touched on each address of ours."""
        if self.others is not None:
            return self.others
        return {} if self.ports is None else {self.target: self.ports}

    def change(self, kind: int) -> None:
        """Packets with other flags begin; of those not seen before, one is kept."""
        if self.run:
            self.older = self.kinds
        kinds = self.older or ()
        if not self.room and kind not in kinds and len(self.samples) < SAMPLES_MAX + KINDS_MAX:
            self.room = 1
        self.kind, self.run = kind, 0

    def turn(self, target: bytes) -> Ports | None:
        """Its ports on another address of ours, None if there are too many of these."""
        if self.ports is None:
            self.target, self.ports = target, Ports()
            return self.ports
        others = self.targets
        ports = others.get(target)
        if ports is None and len(others) < TARGETS_MAX:
            ports = others[target] = Ports()
        if ports is not None:
            self.target, self.ports = target, ports
            self.others = others if len(others) > 1 else None
        return ports

    @property
    def verified(self) -> bool:
        """Whether it has completed a handshake, and so is who it says."""
        return self.opened > 0
