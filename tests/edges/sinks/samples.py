"""One event of each kind, and a sink that remembers; nothing here decides anything."""

from collections.abc import Sequence

from rawspoof.core.event import (
    AnyEvent,
    ServiceCredential,
    ServiceRequest,
    SessionClosed,
    SessionData,
    SessionOpened,
    SynData,
    TlsClientHello,
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

EXAMPLES: tuple[AnyEvent, ...] = (OPENED, DATA, CLOSED, SYN, REQUEST, CREDENTIAL, HELLO)


class CaptureSink:
    """Remembers what it was given; raises instead once `error` is set."""

    def __init__(self, name: str = "capture") -> None:
        self.name = name
        self.events: list[AnyEvent] = []
        self.done: list[str] = []
        self.error: Exception | None = None

    def write(self, batch: Sequence[AnyEvent]) -> None:
        if self.error:
            raise self.error
        self.events += batch

    def reopen(self) -> None:
        self.done.append("reopen")

    def close(self) -> None:
        self.done.append("close")
