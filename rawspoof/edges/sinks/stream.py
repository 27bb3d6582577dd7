"""A connection to a far end, plain or in TLS, on which nothing waits longer than it may. Knows no protocol."""

import fcntl
import select
import socket
import ssl
import struct
import termios
import time
from typing import Final

READ_BYTES: Final = 1 << 16
ANSWER_BYTES_MAX: Final = 1 << 20
"""Longest answer read; nothing that answers us has more to say."""
_POLL_S: Final = 0.001


class Garbage(ValueError):
    """The far end answered something that is no answer."""


def tls(ca_file: str = "", cert_file: str = "", verify: bool = True) -> ssl.SSLContext:
    """TLS as a client, certificates and names checked. Raises OSError, ssl.SSLError where a file is not readable."""
    context = ssl.create_default_context(cafile=ca_file or None)
    if cert_file:
        context.load_cert_chain(cert_file)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Stream:
    """One connection. Every call ends within the time-out it was made with, or raises TimeoutError (an OSError)."""

    def __init__(self, host: str, port: int, timeout_s: float, context: ssl.SSLContext | None = None) -> None:
        """Connect, in TLS if there is a context. Raises OSError."""
        self._host, self._timeout_s = host, timeout_s
        self._rest = b""
        self._socket = socket.create_connection((host, port), timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is not None:
            self.encrypt(context)

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Go on in TLS. Raises OSError; Garbage if the far end has said more than it may before."""
        try:
            if self._rest:
                raise Garbage("bytes in clear before TLS")
            self._socket.settimeout(self._timeout_s)
            self._socket = context.wrap_socket(self._socket, server_hostname=self._host)
        except BaseException:
            self.close()
            raise

    def send(self, data: bytes) -> None:
        """Send all of it. Raises OSError."""
        self._socket.settimeout(self._timeout_s)
        self._socket.sendall(data)

    def line(self) -> bytes:
        """The next line, without its end. Raises OSError; Garbage for one longer than ANSWER_BYTES_MAX."""
        until = time.monotonic() + self._timeout_s
        while b"\n" not in self._rest:
            self._more(until)
        line, _, self._rest = self._rest.partition(b"\n")
        return line.removesuffix(b"\r")

    def exactly(self, size: int) -> bytes:
        """So many bytes. Raises OSError; Garbage for more than ANSWER_BYTES_MAX."""
        if size > ANSWER_BYTES_MAX:
            raise Garbage(f"an answer of {size} bytes")
        until = time.monotonic() + self._timeout_s
        while len(self._rest) < size:
            self._more(until)
        data, self._rest = self._rest[:size], self._rest[size:]
        return data

    def gone(self) -> bool:
        """Whether the far end has hung up: TCP alone would take one more batch, and lose it."""
        self._socket.settimeout(0)
        try:
            heard = self._socket.recv(READ_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        self._rest = (self._rest + heard)[:ANSWER_BYTES_MAX]
        return not heard

    def heard(self, within_s: float, also: int) -> bool:
        """Whether there is a line. Waits until something has come, here or at the descriptor `also`, but not for more.

        Raises ConnectionResetError where the far end has hung up.
        """
        if self.has_line():
            return True
        if not self._decrypted():
            waiting = select.poll()
            waiting.register(self._socket, select.POLLIN)
            waiting.register(also, select.POLLIN)
            if self._socket.fileno() not in [fd for fd, _ in waiting.poll(within_s * 1000)]:
                return False
        if self.gone():
            raise ConnectionResetError("the far end hung up")
        return self.has_line()

    def has_line(self) -> bool:
        """Whether there is a line already."""
        return b"\n" in self._rest

    def delivered(self) -> None:
        """Wait until the far end's kernel has everything. Raises OSError where it does not come to that."""
        until = time.monotonic() + self._timeout_s
        while True:
            if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(error, "the connection ended")
            if not struct.unpack("i", fcntl.ioctl(self._socket.fileno(), termios.TIOCOUTQ, bytes(4)))[0]:
                return
            if time.monotonic() > until:
                raise TimeoutError("the far end does not acknowledge")
            time.sleep(_POLL_S)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _decrypted(self) -> int:
        """Bytes that TLS has taken from the socket already."""
        return self._socket.pending() if isinstance(self._socket, ssl.SSLSocket) else 0

    def _more(self, until: float) -> None:
        if len(self._rest) > ANSWER_BYTES_MAX:
            raise Garbage("an answer without an end")
        self._socket.settimeout(max(until - time.monotonic(), 0.001))
        heard = self._socket.recv(READ_BYTES)
        if not heard:
            raise ConnectionResetError("the far end hung up")
        self._rest += heard
