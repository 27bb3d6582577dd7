"""One event of each kind, and a sink that remembers; nothing here decides anything."""

from collections.abc import Sequence

from rawspoof.core.event import AnyEvent, SessionClosed, SessionData, SessionOpened, SynData

AT = 1748788327.841203
SRC, DST = bytes([198, 51, 100, 42]), bytes([192, 0, 2, 1])
SRC6, DST6 = bytes.fromhex("20010db8" + "00" * 11 + "07"), bytes.fromhex("20010db8" + "00" * 11 + "01")

OPENED = SessionOpened(AT, SRC, 54312, DST, 443, "nginx", b"HTTP/1.1 200 \r\n")
DATA = SessionData(AT, SRC, 54312, DST, 22, b"\x00\xffGET \\ \"<b>'\t", 5000)
CLOSED = SessionClosed(AT, SRC, 54312, DST, 22, "peer-fin", 7001, 21003, 1.5)
SYN = SynData(AT, SRC6, 54312, DST6, 80, b"hello", 1400)

EXAMPLES: tuple[AnyEvent, ...] = (OPENED, DATA, CLOSED, SYN)


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
