"""A connection to a NATS server, as much of it as a publisher needs: requests out, answers in.

https://docs.nats.io/reference/reference-protocols/nats-protocol. Knows no stream and no event.
"""

import json
import secrets
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from rawspoof.edges.sinks.nkey import NKey, is_seed
from rawspoof.edges.sinks.stream import ANSWER_BYTES_MAX, Garbage, Stream

NO_RESPONDERS: Final = b"NATS/1.0 503"
PAYLOAD_MAX: Final = 1 << 20
"""A server's usual limit."""


class NatsError(OSError):
    """The server says no, and why."""


class Request(NamedTuple):
    """A message that wants an answer."""

    subject: str
    data: bytes
    headers: Mapping[str, str] = {}


class Client:
    """One connection."""

    def __init__(
        self,
        where: tuple[str, int],
        timeout_s: float,
        context: ssl.SSLContext | None,
        must_encrypt: bool,
        user: str,
        secret: str,
    ) -> None:
        """Connect and log in, in TLS if the server wants that or we do. Raises OSError, Garbage, WrongSeed."""
        self._timeout_s = timeout_s
        self._inbox = f"_INBOX.{secrets.token_hex(12)}"
        self._stream = Stream(*where, timeout_s)
        try:
            about = self._about()
            if must_encrypt or about.get("tls_required"):
                self._stream.encrypt(context or ssl.create_default_context())
            self._log_in(login(user, secret, str(about.get("nonce", ""))))
        except BaseException:
            self.close()
            raise
        self.payload_max = int(about.get("max_payload", PAYLOAD_MAX))
        """Longest message the server takes, its headers included, bytes."""

    def ask(self, requests: Sequence[Request]) -> list[bytes | None]:
        """The answer to each, None where nobody is there to give one. Raises OSError, Garbage."""
        self._stream.send(b"".join([self._published(number, request) for number, request in enumerate(requests)]))
        answers: dict[int, bytes | None] = {}
        until = time.monotonic() + self._timeout_s
        while len(answers) < len(requests):
            answers.update(self._heard())
            if time.monotonic() > until and len(answers) < len(requests):
                raise TimeoutError(f"{len(requests) - len(answers)} of {len(requests)} requests were not answered")
        return [answers[number] for number in range(len(requests))]

    def gone(self) -> bool:
        """Whether the server has hung up."""
        return self._stream.gone()

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def _about(self) -> dict[str, Any]:
        line = self._stream.line()
        if not line.startswith(b"INFO "):
            raise Garbage(f"not NATS: {line[:100]!r}")
        about = json.loads(line[5:])
        if not isinstance(about, dict) or not about.get("headers"):
            raise Garbage("a NATS server without headers, older than 2.2")
        return about

    def _log_in(self, who: Mapping[str, str]) -> None:
        said = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, "echo": False}
        about = {"lang": "python", "version": "1", "name": "rawspoof", "protocol": 1}
        connect = json.dumps({**said, **about, **who})
        self._stream.send(f"CONNECT {connect}\r\nPING\r\nSUB {self._inbox}.* 1\r\n".encode())
        while (line := self._stream.line()) != b"PONG":
            self._other(line)

    def _published(self, number: int, request: Request) -> bytes:
        answer_to = f"{self._inbox}.{number}"
        if not request.headers:
            return f"PUB {request.subject} {answer_to} {len(request.data)}\r\n".encode() + request.data + b"\r\n"
        headers = headed(request.headers)
        sizes = f"{len(headers)} {len(headers) + len(request.data)}"
        return f"HPUB {request.subject} {answer_to} {sizes}\r\n".encode() + headers + request.data + b"\r\n"

    def _heard(self) -> Iterator[tuple[int, bytes | None]]:
        """What the next line brings: an answer with its request's number, or nothing."""
        line = self._stream.line()
        words = line.split()
        if not words or words[0] not in (b"MSG", b"HMSG"):
            self._other(line)
            return
        try:
            number, size = int(words[1].rpartition(b".")[2]), int(words[-1])
            headers = int(words[-2]) if words[0] == b"HMSG" else 0
        except (ValueError, IndexError):
            raise Garbage(f"not a message: {line[:100]!r}") from None
        if not 0 <= headers <= size <= ANSWER_BYTES_MAX:
            raise Garbage(f"not a message: {line[:100]!r}")
        data = self._stream.exactly(size + 2)[:-2]
        yield number, None if data[:headers].startswith(NO_RESPONDERS) else data[headers:]

    def _other(self, line: bytes) -> None:
        """Whatever a server may say in between."""
        if line == b"PING":
            self._stream.send(b"PONG\r\n")
        elif line.startswith(b"-ERR"):
            raise NatsError(line[4:200].decode(errors="replace").strip(" '"))
        elif not line.startswith((b"INFO ", b"PONG", b"+OK")):
            raise Garbage(f"not NATS: {line[:100]!r}")


def headed(headers: Mapping[str, str]) -> bytes:
    """Headers as they stand before a message."""
    return b"NATS/1.0\r\n" + "".join([f"{name}: {value}\r\n" for name, value in headers.items()]).encode() + b"\r\n"


def login(user: str, secret: str, nonce: str) -> dict[str, str]:
    """What CONNECT says of who we are: a user with a password, a key that signs the nonce, or a token."""
    if user:
        return {"user": user, "pass": secret}
    if is_seed(secret):
        key = NKey(secret)
        return {"nkey": key.public, "sig": key.sign(nonce)}
    return {"auth_token": secret} if secret else {}
