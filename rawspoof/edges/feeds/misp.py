"""Who is blocked, as a MISP feed: a manifest, the one event it names, and the sums by which MISP looks values up. Pure.

The event has the same id for as long as the sensor has its name; MISP then updates it instead of adding another.
MISP's own documentation, "Feeds" and "MISP core format" (draft-dulaunoy-misp-core-format).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import md5
from typing import Any, Final
from uuid import uuid5

import msgspec

from rawspoof.edges.feeds.offender import Offender, moment
from rawspoof.edges.feeds.stix import OURS

_THREAT_LOW, _ANALYSIS_DONE = "3", "2"
_INHERIT: Final = "5"
"""Whoever may see the event may see the attribute."""


def files(offenders: Sequence[Offender], now: float, observer: str) -> dict[str, bytes]:
    """Their contents by name; the manifest, which leads to the others, comes last."""
    name = str(uuid5(OURS, f"misp {observer}"))
    head = _head(now, observer)
    stamp = str(int(now))
    event = head | {
        "uuid": name,
        "published": True,
        "publish_timestamp": stamp,
        "Attribute": [_attribute(one, observer) for one in offenders],
    }
    sums = "".join(f"{md5(str(one.address).encode(), usedforsecurity=False).hexdigest()},{name}\n" for one in offenders)
    return {
        f"{name}.json": _json({"Event": event}),
        "hashes.csv": sums.encode(),
        "manifest.json": _json({name: head}),
    }


def _head(now: float, observer: str) -> dict[str, Any]:
    """What manifest and event both say."""
    return {
        "info": f"Sources blocked by rawspoof on {observer}",
        "date": datetime.fromtimestamp(now, UTC).date().isoformat(),
        "timestamp": str(int(now)),
        "analysis": _ANALYSIS_DONE,
        "threat_level_id": _THREAT_LOW,
        "Orgc": {"name": f"rawspoof on {observer}", "uuid": str(uuid5(OURS, observer))},
        "Tag": [{"name": "tlp:amber", "colour": "#FFC000"}],
    }


def _attribute(one: Offender, observer: str) -> dict[str, Any]:
    return {
        "uuid": str(uuid5(OURS, f"misp {observer} {one.address}")),
        "type": "ip-src",
        "category": "Network activity",
        "value": str(one.address),
        "to_ids": True,
        "distribution": _INHERIT,
        "timestamp": str(int(one.since)),
        "first_seen": moment(one.since),
        "comment": f"completed a handshake; blocked for its {one.reason}, {one.times} time(s)",
    }


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1)
