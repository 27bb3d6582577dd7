"""The MISP feed: manifest, event and sums belong together."""

import hashlib
import json
from uuid import UUID

from rawspoof.edges.feeds.misp import files

from .offenders import BOTH, FOUR, NOW


def test_the_manifest_leads_to_the_event_and_the_sums_to_its_values():
    made = files(BOTH, NOW, "sensor-1")
    assert list(made)[-1] == "manifest.json"
    ((name, head),) = json.loads(made["manifest.json"]).items()
    assert set(made) == {f"{name}.json", "hashes.csv", "manifest.json"}
    event = json.loads(made[f"{name}.json"])["Event"]
    assert event["uuid"] == name
    assert {key: event[key] for key in head} == head
    assert {"info", "date", "timestamp", "analysis", "threat_level_id", "Orgc", "Tag"} == set(head)
    values = [attribute["value"] for attribute in event["Attribute"]]
    assert values == ["198.51.100.42", "2001:db8::7"]
    sums = [f"{hashlib.md5(value.encode()).hexdigest()},{name}" for value in values]
    assert made["hashes.csv"].decode().splitlines() == sums


def test_every_attribute_is_an_address_to_look_for():
    (event,) = [json.loads(data)["Event"] for name, data in files(BOTH, NOW, "s").items() if name.count("-") == 4]
    for attribute in event["Attribute"]:
        assert (attribute["type"], attribute["category"], attribute["to_ids"]) == ("ip-src", "Network activity", True)
        assert UUID(attribute["uuid"]).version == 5


def test_the_event_is_the_same_one_the_next_time():
    assert set(files(BOTH, NOW, "s")) == set(files([FOUR], NOW + 90000, "s"))
    assert set(files(BOTH, NOW, "s")) != set(files(BOTH, NOW, "other"))
