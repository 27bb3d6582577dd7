"""A bucket's keys: all there are, then each as it changes, in order and without a gap. Knows no key's meaning.

An ephemeral push consumer that wants no acknowledgements; one connection's, made anew with the next one.
"""

import json
import re
import time
from collections.abc import Iterator
from typing import Final

from rawspoof.edges.sinks.nats import answered, refusal
from rawspoof.edges.sinks.nats_client import Client, Message, NatsError, Request
from rawspoof.edges.sinks.stream import Garbage

HEARTBEAT_S: Final = 5.0
"""How often the server says that there is nothing to say."""
SILENCE_S: Final = 3 * HEARTBEAT_S
_STATUS: Final = re.compile(rb"NATS/1\.0 (\d{3})")
_LAST: Final = re.compile(rb"\r\nNats-Last-Consumer: *(\d{1,20})\r\n")


class Watch:
    """What one connection hears of a bucket."""

    def __init__(self, client: Client, stream: str, subjects: str) -> None:
        """Begin. Raises OSError, Garbage."""
        self._client = client
        deliver = f"{client.inbox}.watch.keys"
        client.subscribe(deliver)
        wanted = {
            "deliver_subject": deliver,
            "deliver_policy": "last_per_subject",
            "filter_subject": subjects,
            "ack_policy": "none",
            "replay_policy": "instant",
            "max_deliver": 1,
            "mem_storage": True,
            "num_replicas": 1,
            "idle_heartbeat": round(HEARTBEAT_S * 1e9),
        }
        body = json.dumps({"stream_name": stream, "config": wanted}).encode()
        (answer,) = client.ask([Request(f"$JS.API.CONSUMER.CREATE.{stream}", body)])
        if error := refusal(answer):
            raise NatsError(f"{stream}: {error.get('description')}")
        self._first = _count(answered(answer))
        self._seen, self._alive_at = 0, time.monotonic()

    @property
    def complete(self) -> bool:
        """Whether all keys that were there at the beginning were taken."""
        return self._seen >= self._first

    def take(self) -> Iterator[Message]:
        """What has come since the last time. Raises Garbage where something is missing, TimeoutError after silence."""
        while self._client.heard:
            message = self._client.heard.popleft()
            self._alive_at = time.monotonic()
            if (status := _STATUS.match(message.headers)) is None:
                self._follow(_delivered(message.answer_to))
                yield message
            elif status[1] != b"100":
                raise Garbage(f"the watch ended: {message.headers[:100]!r}")
            elif (last := _LAST.search(message.headers)) and int(last[1]) != self._seen:
                raise Garbage(f"{int(last[1]) - self._seen} messages are missing")
        if time.monotonic() - self._alive_at > SILENCE_S:
            raise TimeoutError(f"nothing was heard for {SILENCE_S:g} s")

    def _follow(self, delivered: int) -> None:
        if delivered != self._seen + 1:
            raise Garbage(f"message {delivered} came after {self._seen}")
        self._seen = delivered


def _count(about: dict[str, object]) -> int:
    """How many messages were there when the consumer was made, of those that it had sent already too."""
    pending, delivered = about.get("num_pending"), about.get("delivered")
    sent = delivered.get("consumer_seq") if isinstance(delivered, dict) else None
    if not isinstance(pending, int) or not isinstance(sent, int):
        raise Garbage("a consumer that does not say what is pending")
    return pending + sent


def _delivered(answer_to: str) -> int:
    """The number of a message among its consumer's: `$JS.ACK.stream.consumer.tries.sequence.THIS.at.left`.

    A server with domains has domain and account before the stream, and may have a word more at the end (ADR-15).
    """
    words = answer_to.split(".")
    number = words[6:7] if len(words) == 9 else words[8:9]
    if not (answer_to.startswith("$JS.ACK.") and number and number[0].isdecimal()):
        raise Garbage(f"not from a consumer: {answer_to[:100]!r}")
    return int(number[0])
