"""One event of each kind, and a sink that remembers; nothing here decides anything."""

from collections.abc import Sequence

from rawspoof.core.event import (
    AnyEvent,
    BlockAdded,
    BlockRefused,
    BlockRemoved,
    EvidenceSaved,
    ScanDetected,
    ScanEnded,
    ScanUpdate,
    ServiceCredential,
    ServiceRequest,
    SessionClosed,
    SessionData,
    SessionOpened,
    SynData,
    Target,
    TlsClientHello,
    TripwireTouched,
)

AT = 1748788327.841203
SRC, DST = bytes([198, 51, 100, 42]), bytes([192, 0, 2, 1])
SRC6, DST6 = bytes.fromhex("20010db8" + "00" * 11 + "07"), bytes.fromhex("20010db8" + "00" * 11 + "01")

OPENED = SessionOpened(AT, SRC, 54312, DST, 443, "nginx", b"HTTP/1.1 200 \r\n")
DATA = SessionData(AT, SRC, 54312, DST, 22, b"\x00\xffGET \\ \"<b>'\t", 5000)
CLOSED = SessionClosed(AT, SRC, 54312, DST, 22, "peer-fin", 7001, 21003, 1.5, 3)
SYN = SynData(AT, SRC6, 54312, DST6, 80, b"hello", 1400)
REQUEST = ServiceRequest(AT, SRC, 54312, DST, 80, "nginx", b"GET /\x00 HTTP/1.0\r\n\r\n", 9000)
CREDENTIAL = ServiceCredential(AT, SRC, 54312, DST, 22, "openssh", "password", b"root\x1b[2J", b"123456\xff")
HELLO = TlsClientHello(
    AT, SRC, 54312, DST, 443, b"www.example", (b"h2", b"http/1.1"), "e7d705a3286e19ea42f587b344ee6865",
    "t13d1516h2_8daaf6152771_e5627efa2ab1",
)  # fmt: skip

SCAN = {
    "at": AT, "src": SRC, "sport": 54312, "dst": DST, "dport": 80, "scan": "0123456789abcdef", "first_at": AT - 2.0,
    "last_at": AT, "packets": 2002, "kinds": {"syn": 1001, "rst": 1001},
    "targets": (Target(DST, 1000, "1-1000"), Target(SRC6, 1, "443")), "target_count": 2, "port_count": 1001,
    "opened": 0, "verified": False, "requests": 5, "credentials": 3, "bytes_in": 77, "bytes_out": 99, "held_s": 12.5,
    "techniques": ("syn", "half-open"), "tool": "nmap", "confidence": 0.9, "system": "linux", "risk": 250, "level": 1,
    "attack": ("T1595.001",), "signs": ("one mask in all numbers", "-T2"), "peak": 17,
}  # fmt: skip
DETECTED, UPDATE, ENDED = ScanDetected(**SCAN), ScanUpdate(**SCAN), ScanEnded(**SCAN)

TOUCHED = TripwireTouched(AT, SRC, 54312, DST, 23, "telnetd")
BLOCK = {
    "at": AT, "src": SRC, "sport": 54312, "dst": DST, "dport": 23, "reason": "tripwire", "how": "all", "seconds": 60.0,
    "times": 2,
}  # fmt: skip
BLOCKED, UNBLOCKED = BlockAdded(**BLOCK), BlockRemoved(**BLOCK, ended="expired")
SPARED = BlockRefused(**BLOCK, because="dry run")

SAVED = EvidenceSaved(
    AT, SRC, 54312, DST, 23, "0123456789abcdef",
    "/var/lib/rawspoof/evidence/198.51.100.42_0123456789abcdef_20250601T143207.841203.pcap", 44, 3096, "5e" * 32,
)  # fmt: skip

EXAMPLES: tuple[AnyEvent, ...] = (
    OPENED, DATA, CLOSED, SYN, REQUEST, CREDENTIAL, HELLO, DETECTED, UPDATE, ENDED, TOUCHED, BLOCKED, UNBLOCKED,
    SPARED, SAVED,
)  # fmt: skip


class CaptureSink:
    """Remembers what it was given; raises instead once `error` is set."""

    def __init__(self, name: str = "capture") -> None:
        self.name = name
        self.events: list[AnyEvent] = []
        self.done: list[str] = []
        self.firsts: list[int] = []
        self.error: Exception | None = None

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        if self.error:
            raise self.error
        self.firsts.append(first)
        self.events += batch

    def reopen(self) -> None:
        self.done.append("reopen")

    def close(self) -> None:
        self.done.append("close")
