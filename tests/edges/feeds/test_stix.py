"""The bundle: what STIX 2.1 demands of each object, and ids that are the same each time."""

import json
import re
from uuid import UUID, uuid5

from rawspoof.edges.feeds import stix

from .offenders import BOTH, FOUR, SIX

DEMANDED = {
    "identity": {"type", "spec_version", "id", "created", "modified", "name"},
    "indicator": {
        "type", "spec_version", "id", "created", "modified", "pattern", "pattern_type", "valid_from", "indicator_types",
    },
    "ipv4-addr": {"type", "spec_version", "id", "value"},
    "ipv6-addr": {"type", "spec_version", "id", "value"},
}  # fmt: skip


def objects(offenders=BOTH, observer="sensor-1"):
    return json.loads(stix.bundle(offenders, observer))["objects"]


def test_every_object_has_what_the_standard_demands():
    bundle = json.loads(stix.bundle(BOTH, "sensor-1"))
    assert set(bundle) == {"type", "id", "objects"}
    kinds = [made["type"] for made in bundle["objects"]]
    assert kinds == ["identity", "ipv4-addr", "indicator", "ipv6-addr", "indicator"]
    for made in [bundle, *bundle["objects"]]:
        assert DEMANDED.get(made["type"], set()) <= set(made)
        kind, _, name = made["id"].partition("--")
        assert (kind, UUID(name).version) == (made["type"], 5)
        for key in ("created", "modified", "valid_from", "valid_until"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made.get(key, "2025-01-01T00:00:00.000Z"))
    for indicator in (made for made in bundle["objects"] if made["type"] == "indicator"):
        assert indicator["valid_from"] < indicator["valid_until"]
        assert indicator["created_by_ref"] == bundle["objects"][0]["id"]


def test_an_address_has_the_id_that_everybody_gives_it():
    # The canonical JSON of its properties that count, in OASIS's namespace.
    name = uuid5(UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"), '{"value":"198.51.100.42"}')
    assert stix.object_id("ipv4-addr", "198.51.100.42") == f"ipv4-addr--{name}"


def test_the_same_offenders_have_the_same_ids_and_a_new_block_is_a_new_indicator():
    assert stix.bundle(BOTH, "sensor-1") == stix.bundle(BOTH, "sensor-1")
    first, later = objects([FOUR]), objects([FOUR._replace(since=FOUR.since + 600, until=FOUR.until + 600)])
    assert [one["id"] == other["id"] for one, other in zip(first, later, strict=True)] == [True, True, False]
    assert stix.bundle([FOUR], "sensor-1") != stix.bundle([SIX], "sensor-1")
    assert objects(observer="sensor-2")[0]["id"] != objects()[0]["id"]
