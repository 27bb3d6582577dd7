"""A connection to a NATS server, as much of it as we need: requests out, answers in, and messages of one subscription.

https://docs.nats.io/reference/reference-protocols/nats-protocol. Knows no stream and no event.
"""

import json
import secrets
import ssl
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from rawspoof.edges.sinks.nkey import NKey, is_seed
from rawspoof.edges.sinks.stream import ANSWER_BYTES_MAX, Garbage, Stream

NO_RESPONDERS: Final = b"NATS/1.0 503"
PAYLOAD_MAX: Final = 1 << 20
"""A server's usual limit."""
HEARD_MAX: Final = 100_000
"""Messages of the subscription that wait to be taken; a server that has more of them is told good-bye."""
_WATCHED: Final = b"2"
"""Our number of the subscription; 1 is that of answers."""


class NatsError(OSError):
    """The server says no, and why."""


class Request(NamedTuple):
    """A message that wants an answer."""

    subject: str
    data: bytes
    headers: Mapping[str, str] = {}


class Message(NamedTuple):
    """What came."""

    subject: str
    answer_to: str
    """Where an answer would go, "" for nowhere."""
    headers: bytes
    """As they stand before the message, b"" for none."""
    data: bytes


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
        inbox: str = "_INBOX",
    ) -> None:
        """Connect and log in, in TLS if the server wants that or we do. Raises OSError, Garbage, WrongSeed.

        Answers come to subjects below `inbox`.
        """
        self._timeout_s = timeout_s
        self.inbox = f"{inbox}.{secrets.token_hex(12)}"
        self.heard: deque[Message] = deque()
        """Messages of the subscription, for whoever takes them."""
        self._asked, self._answers = 0, dict[int, Message]()
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
        answers = self.exchange(requests)
        return [None if said.headers.startswith(NO_RESPONDERS) else said.data for said in answers]

    def exchange(self, requests: Sequence[Request]) -> list[Message]:
        """The same with the answers' headers."""
        self._answers.clear()
        self._asked = len(requests)
        self._stream.send(b"".join([self._published(number, request) for number, request in enumerate(requests)]))
        until = time.monotonic() + self._timeout_s
        while (left := self._asked - len(self._answers)) and time.monotonic() < until:
            self._take()
        if left:
            raise TimeoutError(f"{left} of {len(requests)} requests were not answered")
        return [self._answers[number] for number in range(len(requests))]

    def subscribe(self, subject: str) -> None:
        """Have messages come that are sent to this subject. Once in a connection's life."""
        self._stream.send(f"SUB {subject} {_WATCHED.decode()}\r\n".encode())

    def publish(self, subject: str, data: bytes, answer_to: str) -> None:
        """Send a message whose answers are those of a subscription. Raises OSError."""
        self._stream.send(f"PUB {subject} {answer_to} {len(data)}\r\n".encode() + data + b"\r\n")

    def listen(self, within_s: float, also: int) -> None:
        """Take what comes in within that time, or until the descriptor `also` has something. Raises OSError."""
        self._stream.heard(within_s, also)
        while self._stream.has_line() and len(self.heard) < HEARD_MAX:
            self._take()

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
        self._stream.send(f"CONNECT {connect}\r\nPING\r\nSUB {self.inbox}.* 1\r\n".encode())
        while (line := self._stream.line()) != b"PONG":
            self._other(line)

    def _published(self, number: int, request: Request) -> bytes:
        answer_to = f"{self.inbox}.{number}"
        if not request.headers:
            return f"PUB {request.subject} {answer_to} {len(request.data)}\r\n".encode() + request.data + b"\r\n"
        headers = headed(request.headers)
        sizes = f"{len(headers)} {len(headers) + len(request.data)}"
        return f"HPUB {request.subject} {answer_to} {sizes}\r\n".encode() + headers + request.data + b"\r\n"

    def _take(self) -> None:
        """What the next line brings: an answer, a message, or nothing."""
        line = self._stream.line()
        words = line.split()
        if not words or words[0] not in (b"MSG", b"HMSG"):
            self._other(line)
            return
        try:
            number, size = words[1].rpartition(b".")[2], int(words[-1])
            headers = int(words[-2]) if words[0] == b"HMSG" else 0
            answer_to = words[3] if len(words) == (6 if words[0] == b"HMSG" else 5) else b""
            watched = words[2] == _WATCHED
            request = 0 if watched else int(number)
        except (ValueError, IndexError):
            raise Garbage(f"not a message: {line[:100]!r}") from None
        if not 0 <= headers <= size <= ANSWER_BYTES_MAX:
            raise Garbage(f"not a message: {line[:100]!r}")
        data = self._stream.exactly(size + 2)[:-2]
        # A subject may be of any bytes: whoever sent it shall not end our connection with it.
        subject, back = (word.decode("ascii", "replace") for word in (words[1], answer_to))
        message = Message(subject, back, data[:headers], data[headers:])
        if not watched:
            if 0 <= request < self._asked:
                self._answers[request] = message
        elif len(self.heard) < HEARD_MAX:
            self.heard.append(message)
        else:
            raise Garbage(f"more than {HEARD_MAX} messages at a time")

    def _other(self, line: bytes) -> None:
        """Whatever a server may say in between."""
        if line == b"PING":
            self._stream.send(b"PONG\r\n")
        elif line.startswith(b"-ERR"):
            raise NatsError(_refused(line[4:200].decode(errors="replace").strip(" '")))
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


def _refused(said: str) -> str:
    """The server's own words, and what they mean to those who made the keys."""
    if said.startswith("Authorization"):
        return f"{said}: the broker does not know this key (after `rawspoof hub broker` it has to reload)"
    if said.startswith("Permissions"):
        return f"{said}: not with this key (a sensor's name is its key's)"
    return said
