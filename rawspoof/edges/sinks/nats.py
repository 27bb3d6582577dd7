"""Events into NATS JetStream, each once: the server knows an event again by its `Nats-Msg-Id`.

It does so for the stream's duplicate window only. After a longer outage we ask for the last event that it has of ours,
and begin after that.
"""

import base64
import json
import re
import ssl
from collections.abc import Callable, Sequence
from typing import Any, Final

from rawspoof.config.sinks import KINDS, place, title
from rawspoof.config.sinks import Nats as Settings
from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.base import Forgotten, Tally
from rawspoof.edges.sinks.chosen import Chosen, Row, kind, told
from rawspoof.edges.sinks.nats_client import NO_RESPONDERS, Client, Message, NatsError, Request, headed
from rawspoof.edges.sinks.stream import Garbage

WINDOW_S: Final = 120
"""Duplicate window of a stream that we make."""
NOT_FOUND: Final = 404
TOO_LARGE: Final = 10054
"""JetStream's own code: the stream's max_msg_size is less."""
BATCH_BYTES_MAX: Final = 4 << 20
"""Bytes on their way at a time; the server has to take them before it says anything."""
_DAY_NS: Final = 86_400 * 10**9


class NotStored(NatsError):
    """JetStream answered that it did not store some of the events; the connection is good."""


class Dial:
    """Makes connections to a server, in whose log they are one sensor's."""

    def __init__(self, settings: Settings, sensor: str, secret: str, context: ssl.SSLContext | None) -> None:
        """`secret` is a password (with a user), an NKey seed or a token. The settings' `url` must be one."""
        found = place(Settings, settings.url)
        assert not isinstance(found, str)
        self._where, must_encrypt = found[1:], found[0].scheme == "tls"
        self._how = settings.timeout_s, context, must_encrypt, settings.user, secret, f"_INBOX.{token(sensor)}"

    def __call__(self) -> Client:
        """A new connection. Raises OSError, Garbage, WrongSeed."""
        return Client(self._where, *self._how)


class Nats:
    """A Sink."""

    def __init__(
        self,
        settings: Settings,
        sensor: str,
        form: Callable[[AnyEvent], bytes | None],
        dial: Dial,
    ) -> None:
        """Connects at the first event."""
        self.name = title(settings)
        self._settings, self._dial = settings, dial
        self._subject = f"{settings.subject}.{token(sensor)}"
        self.lost = Tally(f"{self.name}: events lost")
        self._chosen = Chosen(sensor, settings.kinds, settings.level)
        self._form = form
        self._client: Client | None = None
        self._acked: set[str] = set()
        """Ids of the events that were taken, of a batch of which others were not yet."""
        self._holes = False
        """Of those others, some come before the last that was taken."""
        self._taken = 0
        """Number of the last event that was stored, by what the server said."""
        self._fresh = True
        """Nothing was published on this connection yet."""

    def write(self, batch: Sequence[AnyEvent], first: int = 0) -> None:
        """Publish each event and wait until all are stored. Raises OSError; Garbage (a ValueError)."""
        rows = told(lambda row: self._form(row.event), self._chosen(batch, first), self.lost.add)
        if not rows:
            return
        try:
            client = self._connected()
            for some in shared(self._left(client, rows), BATCH_BYTES_MAX):
                self._publish(client, some)
        except NotStored:
            self._holes = True
            raise
        except BaseException:
            self.close()
            raise
        self._holes, self._taken = False, rows[-1][0].number
        self._acked.clear()

    def reopen(self) -> None:
        """Connect anew."""
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> Client:
        if self._client is not None and self._client.gone():
            self.close()
        if self._client is None:
            self._client, self._fresh = self._dial(), True
            if self._settings.create:
                make_stream(self._client, stream(self._settings))
        return self._client

    def _left(self, client: Client, rows: list[tuple[Row, bytes]]) -> list[tuple[Row, bytes]]:
        """The rows that the stream has not yet."""
        if self._fresh and self._settings.create and not self._holes:
            last = self._last(client)
            self._check(last)
            taken = [index for index, (row, _) in enumerate(rows) if row.id == last]
            rows = rows[taken[0] + 1 :] if taken else rows
        self._fresh = False
        return [(row, text) for row, text in rows if row.id not in self._acked]

    def _check(self, last: str) -> None:
        """Raise Forgotten if the stream ends before what was stored; an id of ours ends in number and moment."""
        number = int(last.rsplit("-", 2)[1]) if re.fullmatch(r".*-\d+-[0-9a-f]{16}", last) else self._taken
        if number < self._taken:
            self._taken = number
            raise Forgotten(number)

    def _publish(self, client: Client, rows: Sequence[tuple[Row, bytes]]) -> None:
        fitting, requests = [], []
        for row, text in rows:
            request = Request(f"{self._subject}.{kind(row.event)}", text, {"Nats-Msg-Id": row.id})
            if len(text) + len(headed(request.headers)) > client.payload_max:
                self.lost.add(1, f"{len(text)} bytes, the server takes {client.payload_max}")
                continue
            fitting.append(row)
            requests.append(request)
        wrong = ""
        for row, answer in zip(fitting, client.ask(requests), strict=True):
            if error := refusal(answer):
                if error.get("err_code") != TOO_LARGE:
                    wrong = str(error.get("description"))
                    continue
                self.lost.add(1, error.get("description"))
            self._acked.add(row.id)
        if wrong:
            raise NotStored(wrong)

    def _last(self, client: Client) -> str:
        """Id of the last event that the stream has of ours, "" if none."""
        subjects = [f"$JS.API.DIRECT.GET.{self._settings.stream}.{self._subject}.{kind}" for kind in sorted(KINDS)]
        found = client.exchange([Request(subject, b"") for subject in subjects])
        if any(said.headers.startswith(NO_RESPONDERS) for said in found):
            return self._last_indirect(client)
        latest = max(found, key=sequence)
        return message_id(latest.headers) if sequence(latest) else ""

    def _last_indirect(self, client: Client) -> str:
        """The same of a stream that allows no direct question (one that was made without `allow_direct`)."""
        subject = f"$JS.API.STREAM.MSG.GET.{self._settings.stream}"
        (answer,) = client.ask([Request(subject, json.dumps({"last_by_subj": f"{self._subject}.>"}).encode())])
        if error := refusal(answer):
            if error.get("code") == NOT_FOUND:
                return ""
            raise NatsError(str(error.get("description")))
        message = answered(answer).get("message", {})
        return message_id(base64.b64decode(str(message.get("hdrs", "")))) if isinstance(message, dict) else ""


def make_stream(client: Client, wanted: dict[str, Any]) -> None:
    """Make this stream, if there is none of its name. Raises OSError, Garbage."""
    name = wanted["name"]
    (answer,) = client.ask([Request(f"$JS.API.STREAM.INFO.{name}", b"")])
    error = refusal(answer)
    if error and error.get("code") == NOT_FOUND:
        (answer,) = client.ask([Request(f"$JS.API.STREAM.CREATE.{name}", json.dumps(wanted).encode())])
        error = refusal(answer)
    if error:
        raise NatsError(f"stream {name}: {error.get('description')}")


def stream(settings: Settings) -> dict[str, Any]:
    """The stream to make."""
    return {
        "name": settings.stream,
        "subjects": [f"{settings.subject}.>"],
        "retention": "limits",
        "storage": "file",
        "discard": "old",
        "num_replicas": 1,
        "max_age": settings.keep_days * _DAY_NS,
        "max_bytes": settings.mb_max << 20,
        "duplicate_window": round(WINDOW_S * 1e9),
        # A sensor that may ask for nothing but its own events can ask for these.
        "allow_direct": True,
    }


def token(text: str) -> str:
    """A name as one word of a subject."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", text) or "_"


def message_id(headers: bytes) -> str:
    """The `Nats-Msg-Id` in a stored message's headers, "" if there is none."""
    found = re.search(rb"\r\nNats-Msg-Id: *([^\r]*)\r\n", headers)
    return found[1].decode(errors="replace") if found else ""


def sequence(message: Message) -> int:
    """Where a message that was asked for directly is in its stream, 0 if there is none."""
    found = re.search(rb"\r\nNats-Sequence: *(\d{1,20})\r\n", message.headers)
    return int(found[1]) if found else 0


def shared(rows: Sequence[tuple[Row, bytes]], most: int) -> list[list[tuple[Row, bytes]]]:
    """The rows in parts of about so many bytes at most, in their order."""
    parts: list[list[tuple[Row, bytes]]] = []
    size = most
    for row in rows:
        size += len(row[1])
        if size > most:
            parts.append([])
            size = len(row[1])
        parts[-1].append(row)
    return parts


def answered(answer: bytes | None) -> dict[str, Any]:
    """What JetStream answered. Raises Garbage for what it cannot have."""
    if answer is None:
        return {"error": {"description": "JetStream is off there, or no stream takes this subject"}}
    try:
        said = json.loads(answer)
    except ValueError:
        raise Garbage(f"not JetStream: {answer[:100]!r}") from None
    if not isinstance(said, dict):
        raise Garbage(f"not JetStream: {answer[:100]!r}")
    return said


def refusal(answer: bytes | None) -> dict[str, Any]:
    """Its error, `code` and `description`, empty if it did what it was asked for. Raises Garbage."""
    error = answered(answer).get("error") or {}
    return error if isinstance(error, dict) else {"description": repr(error)[:100]}
