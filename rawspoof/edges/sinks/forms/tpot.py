"""An event under the names that T-Pot's Logstash and dashboards expect of a honeypot's JSON.

Pure: event in, line out. What the dashboards do not know is under `rawspoof`, where no other honeypot's field of the
same name and another type can be in the way.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from rawspoof.core.event import AnyEvent
from rawspoof.edges.sinks.ecs import address, timestamp
from rawspoof.edges.sinks.forms.facts import facts, kind


def lines(observer: str) -> Callable[[AnyEvent], bytes]:
    """A function that makes one JSON object, without a line's end, of each event seen by `observer` (a host name)."""
    encode = msgspec.json.Encoder().encode
    return lambda event: encode(document(event, observer))


def document(event: AnyEvent, observer: str) -> dict[str, Any]:
    """The object. `type` is what Logstash would add; it stands here for readers without one."""
    fields: dict[str, Any] = {
        "timestamp": timestamp(event.at),
        "type": "Rawspoof",
        "eventid": f"rawspoof.{kind(event)}",
        "sensor": observer,
        "proto": "tcp",
        "src_ip": address(event.src),
        "src_port": event.sport,
        "dest_ip": address(event.dst),
        "dest_port": event.dport,
    }
    told = facts(event)
    for name, theirs in (("user", "username"), ("secret", "password")):
        if name in told:
            fields[theirs] = told.pop(name)
    return fields | {"rawspoof": told}
