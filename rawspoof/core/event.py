"""Every event that can leave the sensor, and nothing about how it is written down.

Attacker's bytes stay bytes here; a sink escapes them. Times are seconds since the epoch, addresses packed bytes
(4 or 16), as they walked in.
"""

import msgspec


class Event(msgspec.Struct, frozen=True, tag_field="kind", array_like=True):
    """What all events share: when, and between whom."""

    at: float
    """Seconds since the epoch, from the packet or deadline that caused the event."""
    src: bytes
    """The source: the other side's address, packed."""
    sport: int
    dst: bytes
    """The address of ours that was asked for, packed."""
    dport: int


class SessionOpened(Event, frozen=True, tag="session.open", array_like=True):
    """A handshake was completed: this ACK carried our ISS+1, so the source address is genuine."""

    service: str
    """Catalogue id of the identity behind the port, "" for a port that says nothing."""
    greeting: bytes
    """The bytes the port greets with, b"" where it waits or stays silent."""


class SessionData(Event, frozen=True, tag="session.data", array_like=True):
    """Bytes heard from the peer on a proven connection."""

    data: bytes
    """At most `DATA_MAX` bytes of them."""
    size: int
    """How many there were."""


class SessionClosed(Event, frozen=True, tag="session.close", array_like=True):
    """A connection ended, as far as we know of it."""

    reason: str
    """One of CLOSE_REASONS."""
    bytes_in: int
    bytes_out: int
    duration_s: float
    """Seconds from handshake to end; -1.0 where the connection was held without state and nobody knows."""
    exchanges: int = 0
    """Whole requests heard, at most 65,535 counted on a connection that was put aside."""


class ServiceRequest(Event, frozen=True, tag="service.request", array_like=True):
    """One whole request, as the service understands where it ends; what TLS or SSH carried is in clear here."""

    service: str
    """Catalogue id of the identity behind the port."""
    data: bytes
    """At most `REQUEST_KEPT_MAX` bytes of it."""
    size: int
    """How many there were."""


class ServiceCredential(Event, frozen=True, tag="service.credential", array_like=True):
    """Somebody tried to log in. Nobody ever succeeds."""

    service: str
    """Catalogue id of the identity behind the port."""
    method: str
    """How it was sent, in the protocol's own word: `password`, `publickey`, `LOGIN`, `Basic` …"""
    user: bytes
    """At most `DATA_MAX` bytes."""
    secret: bytes
    """The password, or what a challenge was answered with; at most `DATA_MAX` bytes, b"" where none was sent."""


class TlsClientHello(Event, frozen=True, tag="tls.client_hello", array_like=True):
    """What a TLS client said of itself before anything was secret."""

    name: bytes
    """Server name it asked for (SNI), b"" for none; at most `DATA_MAX` bytes."""
    protocols: tuple[bytes, ...]
    """What it offered to speak inside (ALPN)."""
    ja3: str
    """MD5 of its JA3 string, 32 hexadecimal digits."""
    ja4: str
    """Its JA4 fingerprint, e.g. `t13d1516h2_8daaf6152771_e5627efa2ab1`."""


class SynData(Event, frozen=True, tag="syn.data", array_like=True):
    """Data on a SYN: kept as evidence, not acknowledged. The address is not proven."""

    data: bytes
    size: int


class Target(msgspec.Struct, frozen=True, array_like=True):
    """One address of ours in a scan's report."""

    address: bytes
    """Packed."""
    count: int
    """Ports touched there."""
    ports: str
    """The same as ranges, `22,80,8000-8100`; `…` ends a list that is longer."""


class Scan(Event, frozen=True, array_like=True):
    """One source's doings since its first packet. `sport`, `dst` and `dport` are those of that packet."""

    scan: str
    """16 hexadecimal digits, the same in all reports of one scan."""
    first_at: float
    last_at: float
    """Of its first and latest packet, seconds since the epoch."""
    packets: int
    """Segments that belonged to no connection."""
    kinds: dict[str, int]
    """Those by kind, see `watch.kind`."""
    targets: tuple[Target, ...]
    """The addresses of ours with most ports touched, at most TARGETS_TOLD_MAX."""
    target_count: int
    """How many addresses there were."""
    port_count: int
    """Ports touched, all addresses together."""
    opened: int
    """Handshakes completed."""
    verified: bool
    """Whether one was: the address is then genuine, and may be blamed and blocked."""
    requests: int
    credentials: int
    bytes_in: int
    bytes_out: int
    """Of its connections that are over."""
    held_s: float
    """How long these lasted, together: attacker's time spent."""
    techniques: tuple[str, ...]
    """nmap's words for scans and others, see `watch.technique`."""
    tool: str
    """Who it seems to be made by, "" where nobody can say."""
    confidence: float
    """In that, 0 to 1."""
    system: str
    """Operating system family of the source, "" where its packets do not tell."""
    risk: int
    """0 to 1000, see `watch.risk`."""
    level: int
    """0 to 3, made of the risk."""
    attack: tuple[str, ...]
    """MITRE ATT&CK technique ids."""
    signs: tuple[str, ...] = ()
    """What gave the tool away, and the probes, vulnerabilities and timing (`-T2`) that were recognised by name."""
    peak: int = 0
    """Connections at a time, at most."""


class ScanDetected(Scan, frozen=True, tag="scan.detected", array_like=True):
    """A source has been at it for a second."""


class ScanUpdate(Scan, frozen=True, tag="scan.update", array_like=True):
    """It goes on."""


class ScanEnded(Scan, frozen=True, tag="scan.ended", array_like=True):
    """It has been quiet for `watch.idle_s`, or had to go for newer sources."""


class TripwireTouched(Event, frozen=True, tag="tripwire.touched", array_like=True):
    """A source completed a handshake with a port that nobody has any business at; told once a visit and port."""

    service: str
    """Catalogue id of the identity behind the port, "" for a port that says nothing."""


class Block(Event, frozen=True, array_like=True):
    """What became of a source that was condemned. Ports and `dst` are of what it did, zeros where a person asked."""

    reason: str
    """What for, one of BLOCK_REASONS."""
    how: str
    """One of BLOCK_KINDS."""
    seconds: float
    """How long it lasts, from its beginning."""
    times: int
    """How many times the source was blocked, this one included."""


class BlockAdded(Block, frozen=True, tag="block.added", array_like=True):
    """It is blocked from now on."""

    by: str = ""
    """The sensor of the fleet whose block this is, "" for one of our own."""


class BlockRemoved(Block, frozen=True, tag="block.removed", array_like=True):
    """It is no longer."""

    ended: str
    """`expired`, `removed` by the operator, or `spared`: it may not be blocked any more."""
    by: str = ""
    """The sensor of the fleet whose block this is, "" for one of our own."""


class BlockRefused(Block, frozen=True, tag="block.refused", array_like=True):
    """It is not blocked, though the policy says so; told once a source and cause for as long as it would have been."""

    because: str
    """`dry run`, what makes its address one that is never blocked, or what stood in the way."""
    by: str = ""
    """The sensor of the fleet whose block this is, "" for one of our own."""


class EvidenceSaved(Event, frozen=True, tag="evidence.saved", array_like=True):
    """A file of a proven source's packets is complete. Ports and `dst` are of the handshake that proved it."""

    scan: str
    """As in `Scan`."""
    path: str
    packets: int
    bytes: int
    """Of the whole file."""
    sha256: str
    """Of the file, 64 hexadecimal digits."""


TARGETS_TOLD_MAX = 16
RANGES_TOLD_MAX = 64
"""Ranges of ports told of one target."""

DATA_MAX = 1024
"""Bytes of a segment's text that an event keeps; a full segment fits (MSS 1460 is rarely all interesting)."""

REQUEST_KEPT_MAX = 16 * 1024
"""Bytes of a request that an event keeps: all that conversations let a request be."""

CLOSE_REASONS = ("peer-fin", "peer-rst", "hold-over", "done", "gave-up", "evicted")

BLOCK_REASONS = ("tripwire", "credential", "connections", "ports", "level", "risk", "operator")
"""What a source may be condemned for; the last is a person's doing, the others take a proven address."""

BLOCK_KINDS = ("all", "services", "tarpit", "none")
"""What a block does: drop everything, drop only what is for real services, let connections open and hear nothing, or
nothing but to be told to others."""

SensorEvent = (
    SessionOpened | SessionData | SessionClosed | SynData | ServiceRequest | ServiceCredential | TlsClientHello
    | ScanDetected | ScanUpdate | ScanEnded
)  # fmt: skip
"""What workers tell."""

AnyEvent = SensorEvent | TripwireTouched | BlockAdded | BlockRemoved | BlockRefused | EvidenceSaved
