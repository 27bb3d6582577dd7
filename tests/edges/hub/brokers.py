"""A broker for tests without one: a stream in memory, and a client that reads it as a real one is read."""

import base64
import json
from collections import deque
from datetime import UTC, datetime
from typing import Any

from rawspoof.core.event import AnyEvent
from rawspoof.edges.fleet import streams
from rawspoof.edges.sinks.chosen import identity, kind
from rawspoof.edges.sinks.forms.lossless import encode
from rawspoof.edges.sinks.nats_client import Message, headed
from tests.edges.sinks import samples

NOW = samples.AT + 60.0
AT_NS = int(samples.AT) * 10**9
NEXT = "$JS.API.CONSUMER.MSG.NEXT."


def stamp(number: int) -> int:
    """When a message comes in."""
    return AT_NS + number * 1001


def event_message(sensor: str, number: int, event: AnyEvent) -> tuple[str, bytes, bytes]:
    """Subject, headers and payload as a sensor sends an event."""
    headers = headed({"Nats-Msg-Id": identity(sensor, number, event)})
    return f"rawspoof.{sensor}.{kind(event)}", headers, encode(event)


class Broker:
    """One stream of events, whose messages are numbered from 1; `salt` makes other moments of the same numbers."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes, bytes]] = []
        self.created, self.salt, self.away = "2026-01-01T00:00:00Z", 0, False
        self.clients: list[Client] = []

    def tell(self, sensor: str, *numbered: tuple[int, AnyEvent]) -> None:
        self.messages += [event_message(sensor, number, event) for number, event in numbered]

    def dial(self) -> "Client":
        if self.away:
            raise ConnectionRefusedError("nobody there")
        self.clients.append(Client(self))
        return self.clients[-1]


class Client:
    """One connection."""

    def __init__(self, broker: Broker) -> None:
        self.broker, self.inbox = broker, "_INBOX.hub.1"
        self.heard: deque[Message] = deque()
        self.closed = False
        self.at = 0
        self.seen = 0
        self.skip: set[int] = set()
        """Messages for us that get lost."""
        self.status = b"404 No Messages"

    def subscribe(self, subject: str) -> None:
        self.subject = subject

    def ask(self, requests: Any) -> list[bytes]:
        return [json.dumps(self._answer(one.subject.removeprefix("$JS.API."), one.data)).encode() for one in requests]

    def publish(self, subject: str, data: bytes, answer_to: str) -> None:
        assert subject.startswith(NEXT)
        assert json.loads(data)["max_bytes"] < 64 << 20
        for number in range(self.at, len(self.broker.messages)):
            place, self.seen = number + 1, self.seen + 1
            words = (self.seen, stamp(place) + self.broker.salt, len(self.broker.messages) - place)
            where = f"$JS.ACK.RAWSPOOF.x.1.{place}.{words[0]}.{words[1]}.{words[2]}"
            name, headers, payload = self.broker.messages[number]
            if self.seen not in self.skip:
                self.heard.append(Message(name, where, headers, payload))
        self.at = len(self.broker.messages)
        self.heard.append(Message(answer_to, "", b"NATS/1.0 " + self.status + b"\r\n\r\n", b""))

    def listen(self, within_s: float, also: int) -> None:
        if self.broker.away:
            raise ConnectionResetError("the far end hung up")

    def close(self) -> None:
        self.closed = True

    def _answer(self, what: str, data: bytes) -> dict[str, Any]:
        messages = self.broker.messages
        if what.startswith("STREAM.INFO."):
            return {"created": self.broker.created, "state": {"last_seq": len(messages)}}
        if what.startswith("STREAM.MSG.GET."):
            number = json.loads(data)["seq"]
            when = stamp(number) + self.broker.salt
            text = f"{datetime.fromtimestamp(when // 10**9, UTC):%Y-%m-%dT%H:%M:%S}.{when % 10**9:09d}".rstrip("0")
            return {"message": {"time": f"{text}Z", "data": base64.b64encode(b"").decode()}}
        assert what == f"CONSUMER.CREATE.{streams.EVENTS}", what
        config = json.loads(data)["config"]
        assert config["ack_policy"] == "none"
        self.at = config["opt_start_seq"] - 1
        return {"name": "x"}
