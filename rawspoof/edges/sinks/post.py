"""HTTP POST to one host: what it answered, or an error within the time-out. Follows no redirect.

Knows no format; a status is the caller's to judge.
"""

import io
import socket
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final, cast
from urllib.parse import urlsplit

ANSWER_BYTES_MAX: Final = 1 << 20
"""Longest answer read: `_bulk` says a few hundred bytes for each of a batch's 512 events."""
SHOWN_MAX: Final = 200


class Away(OSError):
    """The far end cannot take it now: the same comes again later."""


class Poster:
    """One far end and its connection, kept open between posts."""

    def __init__(self, url: str, timeout_s: float, context: ssl.SSLContext | None, headers: Mapping[str, str]) -> None:
        """Connects at the first post. `context` is for `https`; `headers` go with every post."""
        parts = urlsplit(url)
        self.path = parts.path + (f"?{parts.query}" if parts.query else "")
        self._timeout_s = timeout_s
        self._headers = {"User-Agent": "rawspoof", **headers}
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            self._connection: HTTPConnection = HTTPSConnection(host, port, timeout=timeout_s, context=context)
        else:
            self._connection = HTTPConnection(host, port, timeout=timeout_s)
        self._connection.response_class = self._response  # type: ignore[assignment]
        self._until = 0.0

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """The status and body of the answer. Raises OSError: Away where the answer is none, or points elsewhere."""
        try:
            return self._post(path, body, headers)
        except (HTTPException, ValueError) as error:
            self.close()
            raise Away(f"no HTTP answer: {error!r:.{SHOWN_MAX}}") from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up; the next post connects anew."""
        self._connection.close()

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self._drop_stale()
        self._until = time.monotonic() + self._timeout_s
        self._connection.request("POST", path or "/", body, {**self._headers, **headers})
        with self._connection.getresponse() as response:
            answer = response.read(ANSWER_BYTES_MAX + 1)
            if len(answer) > ANSWER_BYTES_MAX:
                raise ValueError("an answer without an end")
        if 300 <= response.status < 400:
            raise Away(f"{response.status}: it points elsewhere, and redirects are not followed")
        return response.status, answer

    def _drop_stale(self) -> None:
        """A connection that the far end has closed meanwhile, or on which it has spoken unasked, is of no use."""
        if (sock := self._connection.sock) is None:
            return
        sock.settimeout(0)
        try:
            sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            sock.settimeout(self._timeout_s)
            return
        except OSError:
            pass
        self.close()

    def _response(self, sock: socket.socket, **kwargs: object) -> HTTPResponse:
        return HTTPResponse(cast("socket.socket", _Until(sock, self._until)), **kwargs)  # type: ignore[arg-type]


class _Until:
    """A socket to be read until a moment, however slowly its bytes drip."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._socket, self._until = sock, until

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What http.client reads."""
        return io.BufferedReader(_Raw(self._socket, self._until))


class _Raw(io.RawIOBase):
    def __init__(self, sock: socket.socket, until: float) -> None:
        self._file, self._socket, self._until = sock.makefile("rb", buffering=0), sock, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left)
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


def shown(status: int, answer: bytes) -> str:
    """An answer for the log: its beginning, printable."""
    return f"{status}: {answer[:SHOWN_MAX]!r}"
