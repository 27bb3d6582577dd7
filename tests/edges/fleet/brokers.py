"""A broker for tests without one: a client that answers itself, and remembers what it was asked."""

import json
import select
from collections import deque
from collections.abc import Sequence
from queue import SimpleQueue

from rawspoof.edges.sinks.nats_client import Message, Request

WAIT_S = 20.0


class FakeClient:
    """Takes whatever is put, has these keys, and says no to what is sent to `refused` subjects."""

    def __init__(self, keys: Sequence[Message] = (), refused: str = "\0") -> None:
        self.inbox, self.keys, self.refused = "_INBOX.here.1", keys, refused
        self.heard: deque[Message] = deque()
        self.asked: SimpleQueue[Request] = SimpleQueue()
        self.subscribed: list[str] = []
        self.closed = False
        self.gone = False

    def subscribe(self, subject):
        self.subscribed.append(subject)

    def ask(self, requests):
        return [self._answer(request) for request in requests]

    def listen(self, within_s, also):
        if self.gone:
            raise ConnectionResetError("the far end hung up")
        poll = select.poll()
        poll.register(also, select.POLLIN)
        poll.poll(0 if self.heard else within_s * 1000)

    def close(self):
        self.closed = True

    def put(self):
        """The next request that is no question."""
        while (request := self.asked.get(timeout=WAIT_S)).subject.startswith("$JS.API."):
            pass
        return request

    def _answer(self, request):
        self.asked.put(request)
        if request.subject.startswith(self.refused):
            return b'{"error": {"code": 400, "description": "no"}}'
        if ".CONSUMER.CREATE." in request.subject:
            self.heard.extend(delivered(key, number + 1) for number, key in enumerate(self.keys))
            return json.dumps({"num_pending": len(self.keys), "delivered": {"consumer_seq": 0}}).encode()
        return b'{"seq": 1}'


def delivered(key, number):
    """A message as a consumer sends it."""
    return key._replace(answer_to=f"$JS.ACK.KV_RAWSPOOF_BLOCKS.x.1.77.{number}.1748788327000000000.0")
