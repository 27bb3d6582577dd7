"""Counters in Prometheus' text form (0.0.4). Pure: numbers in, text out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rawspoof.edges.web.context import Queue

PLAIN: Final = (
    ("connections_total", "counter", "total_connections", "Handshakes completed since the start"),
    ("events_total", "counter", "events", "Events since the start"),
    ("packets_total", "counter", "packets", "Packets that came to the workers"),
    ("wasted_seconds_total", "counter", "wasted_s", "Attackers' time on connections that are over"),
    ("sources", "gauge", "sources", "Sources known"),
    ("sources_held", "gauge", "held", "Sources with a connection open"),
    ("blocked", "gauge", "blocked", "Sources blocked"),
    ("uptime_seconds", "gauge", "uptime_s", "Since the start"),
)
"""Name, type, key of Stats, help."""
SINK: Final = (("written", "Events written"), ("failed", "Batches failed"), ("dropped", "Events dropped"))

SENSOR: Final = (
    ("heard_timestamp_seconds", "gauge", "heard_at", "When a sensor of this hub was last heard of"),
    ("events_total", "counter", "events", "Events of a sensor in the store"),
    ("refused_total", "counter", "refused", "Messages in its name that are no event"),
    ("waiting", "gauge", "waiting", "Events that a sensor has not sent yet"),
    ("lost_total", "counter", "lost", "Events that a sensor never will send"),
)
"""Name, type, key of Sensor, help."""

Sinks = Iterable[Mapping[str, Any]]


def text(
    stats: Mapping[str, Any],
    counters: Mapping[str, int],
    queues: Mapping[int, Queue],
    sinks: Sinks,
    web: Mapping[str, int],
    sensors: Iterable[Mapping[str, Any]] = (),
) -> str:
    """All of them."""
    lines = [line for name, kind, key, says in PLAIN for line in _metric(name, kind, says, [("", stats[key])])]
    lines += _metric(
        "worker_total", "counter", "What workers counted", [_labelled("what", *c) for c in counters.items()]
    )
    lines += _metric("web_total", "counter", "What the web admin counted", [_labelled("what", *c) for c in web.items()])
    lines += _metric(
        "queue_waiting", "gauge", "Packets waiting", [_labelled("queue", n, q.waiting) for n, q in queues.items()]
    )
    lines += _metric(
        "queue_dropped_total",
        "counter",
        "Packets without room",
        [_labelled("queue", n, q.dropped) for n, q in queues.items()],
    )
    known = list(sinks)
    lines += _metric(
        "sink_queued", "gauge", "Events waiting", [_labelled("sink", s["name"], s["queued"]) for s in known]
    )
    for key, says in SINK:
        lines += _metric(f"sink_{key}_total", "counter", says, [_labelled("sink", s["name"], s[key]) for s in known])
    every = list(sensors)
    for name, kind, key, says in SENSOR if every else ():
        told = [_labelled("sensor", one["name"], one[key]) for one in every if one[key] is not None]
        lines += _metric(f"sensor_{name}", kind, says, told)
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, says: str, values: Iterable[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP rawspoof_{name} {says}"
    yield f"# TYPE rawspoof_{name} {kind}"
    yield from (f"rawspoof_{name}{label} {value}" for label, value in values)


def _labelled(label: str, value: object, number: float) -> tuple[str, float]:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{{{label}="{escaped}"}}', number
