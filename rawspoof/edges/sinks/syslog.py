"""Events as syslog: RFC 5424 messages over UDP (RFC 5426), TCP with octet counting (RFC 6587 §3.4.1), TLS (RFC 5425).

Syslog has no receipts. Over TCP a batch counts as taken when the far end's kernel has acknowledged its bytes; over UDP
when it has been sent. Each message carries its number, by which a receiver can tell what came twice.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from rawspoof.config.sinks import Syslog as Settings
from rawspoof.config.sinks import place, title
from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Tally
from rawspoof.edges.sinks.chosen import Chosen, Row, kind, level, told
from rawspoof.edges.sinks.stream import Stream

SEVERITIES: Final = (6, 5, 4, 2)
"""RFC 5424 §6.2.1 for each level: informational, notice, warning, critical."""
BURST: Final = 32
BREATH_S: Final = 0.002
"""Datagrams sent at a time, and the pause after: a receiver's buffer holds some two hundred. rsyslogd missed half of
20,000 sent without pauses, and none of them with."""
HOSTNAME_MAX: Final = 255
MSGID_MAX: Final = 32
NIL: Final = "-"


class Syslog:
    """A Sink."""

    def __init__(
        self,
        settings: Settings,
        sensor: str,
        form: Callable[[AnyEvent], bytes | None],
        context: ssl.SSLContext | None,
    ) -> None:
        """`form` makes the message's text; `context` is for `tls://`. Connects at the first event."""
        self.name = title(settings)
        found = place(Settings, settings.url)
        assert not isinstance(found, str)
        parts, self._host, self._port = found
        self._form, self._settings, self._context = form, settings, context if parts.scheme == "tls" else None
        self._udp = parts.scheme == "udp"
        self.lost = Tally(f"{self.name}: events lost")
        self._cut = Tally(f"{self.name}: messages cut")
        self._chosen = Chosen(sensor, settings.kinds, settings.level)
        self._header = header(sensor, settings.app)
        self._stream: Stream | None = None
        self._socket: socket.socket | None = None

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Send a message for each event. Raises OSError."""
        messages = [data for _, data in told(self._message, self._chosen(batch, first), self.lost.add)]
        if not messages:
            return
        try:
            if self._udp:
                self._datagrams(messages)
            else:
                self._frames(messages)
        except BaseException:
            self.close()
            raise

    def reopen(self) -> None:
        """Connect anew."""
        self.close()

    def close(self) -> None:
        """Hang up."""
        for end in (self._stream, self._socket):
            if end is not None:
                end.close()
        self._stream = self._socket = None

    def _message(self, row: Row) -> bytes | None:
        text = self._form(row.event)
        if text is None:
            return None
        data = message(row, text, self._settings.facility, self._header, self._settings.sd_id)
        most = self._settings.message_bytes_max
        if len(data) <= most:
            return data
        self._cut.add(1)
        # A character that does not fit whole is left out.
        return data[:most].decode(errors="ignore").encode()

    def _frames(self, messages: Sequence[bytes]) -> None:
        if self._stream is not None and self._stream.gone():
            self.close()
        if self._stream is None:
            self._stream = Stream(self._host, self._port, self._settings.timeout_s, self._context)
        self._stream.send(b"".join([b"%d %b" % (len(data), data) for data in messages]))
        self._stream.delivered()

    def _datagrams(self, messages: Sequence[bytes]) -> None:
        if self._socket is None:
            self._socket = datagrams(self._host, self._port, self._settings.timeout_s)
        for number, data in enumerate(messages):
            if number % BURST == BURST - 1:
                time.sleep(BREATH_S)
            self._socket.send(data)


def datagrams(host: str, port: int, timeout_s: float) -> socket.socket:
    """A UDP socket that sends there: connected, so that a host that refuses is heard of. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.settimeout(timeout_s)
        made.connect(address)
    except BaseException:
        made.close()
        raise
    return made


def header(sensor: str, app: str) -> str:
    """HOSTNAME, APP-NAME and PROCID as all our messages say them."""
    return f"{_atom(sensor, HOSTNAME_MAX)} {_atom(app, 48)} {NIL}"


def message(row: Row, text: bytes, facility: int, header: str, sd_id: str) -> bytes:
    """The whole message (RFC 5424 §6); control characters that `text` has are taken out of it."""
    event = row.event
    priority = facility * 8 + SEVERITIES[level(event)]
    at = datetime.fromtimestamp(event.at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    msgid = _atom(kind(event), MSGID_MAX)
    data = f'[{sd_id} number="{row.number}" id="{_value(row.id)}"]'
    return f"<{priority}>1 {at} {header} {msgid} {data} ".encode() + _plain(text)


def _atom(text: str, most: int) -> str:
    """A header field: printable ASCII without blanks."""
    return re.sub(r"[^!-~]", "_", text)[:most] or NIL


def _value(text: str) -> str:
    """A parameter's value, RFC 5424 §6.3.3."""
    return re.sub(r'(["\\\]])', r"\\\1", re.sub(r"[\x00-\x1f\x7f]", "_", text))


_CONTROLS: Final = bytes(set(range(0x20)) - {0x09}) + b"\x7f"
_WITHOUT: Final = bytes.maketrans(_CONTROLS, b"_" * len(_CONTROLS))


def _plain(text: bytes) -> bytes:
    """Forms escape what they are given; whatever of it a form forgot cannot begin a second line. Tabs part fields."""
    return text.rstrip(b"\n").translate(_WITHOUT)
