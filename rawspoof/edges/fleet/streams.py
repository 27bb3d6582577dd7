"""What a fleet's broker holds, under which subjects, and what each sensor must be allowed there. Knows no connection.

A stream of events, and two of NATS's key-value buckets: one key a sensor for its health, one key a block. A broker that
lets a sensor do what `publish` and `subscribe` list, and no more, keeps it from speaking in another's name.
"""

from typing import Any, Final

from rawspoof.config.sinks import Nats
from rawspoof.edges.sinks.nats import stream, token

EVENTS: Final = "RAWSPOOF"
EVENTS_SUBJECT: Final = "rawspoof"
HEALTH: Final = "KV_RAWSPOOF_SENSORS"
HEALTH_SUBJECT: Final = "$KV.RAWSPOOF_SENSORS"
BLOCKS: Final = "KV_RAWSPOOF_BLOCKS"
BLOCKS_SUBJECT: Final = "$KV.RAWSPOOF_BLOCKS"

DELETED: Final = {"KV-Operation": "DEL"}
"""Headers of the message that takes a key away."""
HEALTH_BYTES_MAX: Final = 1 << 16
BLOCK_BYTES_MAX: Final = 1024
"""Longest value, headers included."""
KEPT_DAYS: Final = 30
"""How long the broker keeps the health of a sensor that is gone, and a block, most of which are over by then."""
BLOCKS_MB_MAX: Final = 256
HEALTH_MB_MAX: Final = 64
"""Of all keys together; the oldest go for more. Whoever watches has them already."""
_DAY_NS: Final = 86_400 * 10**9


def inbox(sensor: str) -> str:
    """Below which a sensor hears its answers, and nobody else does."""
    return f"_INBOX.{token(sensor)}"


def publish(sensor: str) -> list[str]:
    """The subjects a sensor publishes to. Its hub, or whoever else has the right to, has made the streams."""
    name = token(sensor)
    return [
        f"{EVENTS_SUBJECT}.{name}.>",
        f"{HEALTH_SUBJECT}.{name}",
        f"{BLOCKS_SUBJECT}.{name}.*",
        *(f"$JS.API.STREAM.INFO.{stream}" for stream in (EVENTS, HEALTH, BLOCKS)),
        # Which of its own events the stream has last: the end of the subject is the event's.
        f"$JS.API.DIRECT.GET.{EVENTS}.{EVENTS_SUBJECT}.{name}.>",
        f"$JS.API.CONSUMER.CREATE.{BLOCKS}",
    ]


def subscribe(sensor: str) -> list[str]:
    """The subjects a sensor subscribes to."""
    return [f"{inbox(sensor)}.>"]


def is_copy(headers: bytes) -> bool:
    """Whether a stored message is a sensor's question's answer, sent on to a subject that was not its own to speak on.

    A server does not ask whether who asks may publish where the answer goes; but what it is asked for directly, it
    marks. Whoever reads a stream leaves such messages out.
    """
    return b"\r\nNats-Stream:" in headers


def bucket(stream: str, subject: str, bytes_max: int, mb_max: int) -> dict[str, Any]:
    """A bucket as NATS's own tools know one (ADR-8): a stream that keeps the last message of each subject."""
    return {
        "name": stream,
        "subjects": [f"{subject}.>"],
        "max_msgs_per_subject": 1,
        "max_msg_size": bytes_max,
        "max_bytes": mb_max << 20,
        "max_age": KEPT_DAYS * _DAY_NS,
        "retention": "limits",
        "storage": "file",
        "discard": "old",
        "num_replicas": 1,
        "allow_rollup_hdrs": True,
        "allow_direct": True,
        "deny_delete": True,
    }


STREAMS: Final = {
    EVENTS: stream(Nats(url="", stream=EVENTS, subject=EVENTS_SUBJECT)),
    HEALTH: bucket(HEALTH, HEALTH_SUBJECT, HEALTH_BYTES_MAX, HEALTH_MB_MAX),
    BLOCKS: bucket(BLOCKS, BLOCKS_SUBJECT, BLOCK_BYTES_MAX, BLOCKS_MB_MAX),
}
"""What is to be made, by name; whoever comes first makes it."""
