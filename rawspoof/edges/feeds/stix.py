"""Who is blocked, as a STIX 2.1 bundle (OASIS, 10 June 2021; §4.7 indicator, §6.8 and §6.9 addresses). Pure.

Every id is made of what it names: the same offender has the same ids in every bundle, and whoever reads them twice
has it once.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from rawspoof.edges.feeds.offender import Offender, moment

OBJECTS: Final = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""STIX 2.1 §2.9: the namespace of ids made of a cyber observable's own properties."""
OURS: Final = UUID("6d0a1a5e-3a4e-5f0a-9a4b-7261777370f6")
"""That of all other ids of ours."""

BEGAN: Final = "2025-01-01T00:00:00.000Z"
"""When the sensor's identity was made: the same in every bundle, for it never changes."""


def bundle(offenders: Sequence[Offender], observer: str) -> bytes:
    """The bundle, as JSON."""
    who = _identity(observer)
    objects = [who, *(made for one in offenders for made in _offender(one, who["id"]))]
    name = uuid5(OURS, " ".join(made["id"] for made in objects))
    return msgspec.json.format(
        msgspec.json.encode({"type": "bundle", "id": f"bundle--{name}", "objects": objects}), indent=1
    )


def _identity(observer: str) -> dict[str, Any]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{uuid5(OURS, observer)}",
        "created": BEGAN,
        "modified": BEGAN,
        "name": f"rawspoof on {observer}",
        "identity_class": "system",
    }


def _offender(one: Offender, author: str) -> list[dict[str, Any]]:
    kind, value = f"ipv{one.version}-addr", str(one.address)
    seen = {"type": kind, "spec_version": "2.1", "id": object_id(kind, value), "value": value}
    began = moment(one.since)
    indicator = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid5(OURS, f'{author} {value} {began}')}",
        "created_by_ref": author,
        "created": began,
        "modified": began,
        "name": f"{value} ({one.reason})",
        "description": f"It completed a handshake with a deception sensor, and was blocked for its {one.reason}.",
        "indicator_types": ["malicious-activity"],
        "pattern": f"[{kind}:value = '{value}']",
        "pattern_type": "stix",
        "valid_from": began,
        "valid_until": moment(one.until),
    }
    return [seen, indicator]


def object_id(kind: str, value: str) -> str:
    """The id of an address: of its canonical JSON (RFC 8785), which an address needs no escape for."""
    properties = f'{{"value":"{value}"}}'
    return f"{kind}--{uuid5(OBJECTS, properties)}"
