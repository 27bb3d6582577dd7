"""A JetStream stream read from a place on, in order and without a hole, at the reader's own pace.

The broker keeps nothing of ours that lasts: an ephemeral consumer without acknowledgements, made anew at our place with
each connection. What was kept is known to who keeps it; a second account of it at the broker could only disagree.
https://docs.nats.io/nats-concepts/jetstream/consumers, ADR-13.
"""

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from rawspoof.edges.sinks.nats import answered, refusal
from rawspoof.edges.sinks.nats_client import Client, NatsError, Request

BATCH: Final = 2000
"""Messages asked for at a time."""
BATCH_BYTES: Final = 8 << 20
"""The same in bytes: a server that has more than 64 MiB on the way to us gives us up."""
EXPIRES_S: Final = 5.0
"""How long the broker waits for them before it says that there are no more."""
LINGER_S: Final = 0.05
"""How long a batch that has begun waits for more."""
FORGOTTEN_S: Final = 60.0
"""After which the broker forgets who asks no more."""
_NS: Final = 10**9


class Pulled(NamedTuple):
    """A message of a stream."""

    subject: str
    headers: bytes
    data: bytes
    number: int
    """In the stream."""
    stamp: int
    """When it came in there, ns since the epoch by the broker's clock."""
    behind: int
    """How many came after it, so far."""


class Puller:
    """One stream, or a part of it, on a connection of its own."""

    def __init__(self, client: Client, stream: str, subject: str, policy: Mapping[str, Any]) -> None:
        """`policy` says where to begin, in JetStream's words. Raises OSError."""
        self._client, self._stream = client, stream
        self._inbox = f"{client.inbox}.pull.{secrets.token_hex(4)}"
        client.subscribe(self._inbox)
        config = {
            **policy,
            "filter_subject": subject,
            "ack_policy": "none",
            "replay_policy": "instant",
            "mem_storage": True,
            "inactive_threshold": round(FORGOTTEN_S * _NS),
        }
        wanted = {"stream_name": stream, "config": config}
        self._name = str(asked(client, f"CONSUMER.CREATE.{stream}", wanted)["name"])
        self._left = self._seen = 0
        self._until = 0.0

    def take(self, within_s: float, also: int) -> list[Pulled]:
        """What has come within that time, in order; less is taken where the descriptor `also` has something.

        Raises OSError where the broker is gone, or has passed over a message.
        """
        if not self._left:
            self._ask()
        found: list[Pulled] = []
        while len(found) < BATCH and self._left:
            self._client.listen(LINGER_S if found else within_s, also)
            if not self._client.heard:
                break
            while self._client.heard:
                self._one(found)
        if not found and time.monotonic() > self._until:
            raise TimeoutError(f"stream {self._stream}: the broker says nothing")
        return found

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _ask(self) -> None:
        wish = {"batch": BATCH, "max_bytes": BATCH_BYTES, "expires": round(EXPIRES_S * _NS)}
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._name}"
        self._client.publish(subject, json.dumps(wish).encode(), self._inbox)
        self._left, self._until = BATCH, time.monotonic() + 2 * EXPIRES_S

    def _one(self, found: list[Pulled]) -> None:
        said = self._client.heard.popleft()
        if said.subject == self._inbox:
            self._status(said.headers)
            return
        try:
            place, seen, stamp, behind = _where(said.answer_to)
        except ValueError:
            raise NatsError(f"stream {self._stream}: not of JetStream: {said.answer_to[:100]!r}") from None
        if seen != self._seen + 1:
            raise NatsError(f"stream {self._stream}: message {self._seen + 1} did not come")
        self._seen, self._left = seen, self._left - 1
        found.append(Pulled(said.subject, said.headers, said.data, place, stamp, behind))

    def _status(self, headers: bytes) -> None:
        """The end of what was asked for: no more for now (404, 408), or as many bytes as we take (409)."""
        code, text = headers[9:12], headers[13:200].partition(b"\r")[0].decode(errors="replace").strip()
        if code not in (b"404", b"408") and not (code == b"409" and "MaxBytes" in text):
            raise NatsError(f"stream {self._stream}: {text or 'nobody there reads it for us'}")
        self._left = 0


def asked(client: Client, what: str, wish: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What JetStream answers. Raises OSError where it says no, Garbage."""
    (answer,) = client.ask([Request(f"$JS.API.{what}", b"" if wish is None else json.dumps(wish).encode())])
    if error := refusal(answer):
        raise NatsError(f"{what}: {error.get('description')}")
    return answered(answer)


def _where(answer_to: str) -> tuple[int, int, int, int]:
    """Number in the stream, number for us, stamp and how many follow. Raises ValueError.

    `$JS.ACK.<stream>.<consumer>.<delivered>.<number>.<for us>.<stamp>.<following>`; newer servers may put a domain and
    an account after ACK, and a random word at the end.
    """
    words = answer_to.split(".")
    if words[:2] != ["$JS", "ACK"] or len(words) not in (9, 11, 12):
        raise ValueError(answer_to)
    place, seen, stamp, behind = words[5:9] if len(words) == 9 else words[7:11]
    return int(place), int(seen), int(stamp), int(behind)
