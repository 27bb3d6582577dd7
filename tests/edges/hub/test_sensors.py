"""What a hub knows of its sensors is bounded, and says plainly who has fallen silent."""

import msgspec

from rawspoof.edges.fleet.health import Health
from rawspoof.edges.hub import sensors as module
from rawspoof.edges.hub.sensors import COUNTERS_MAX, TEXT_MAX, Sensors

AT = 1_800_000_000.0
HEALTH = Health(AT, "1.0", AT - 100.0, "host", 3, 0, 2, {"errors": 1, "not a word": 2, "below": -1})


def made():
    known = Sensors(300.0)
    known.state = ""
    return known


def test_events_and_health_together():
    known = made()
    known.told("b", AT - 2.0, AT)
    known.told("b", AT - 9.0, AT + 1.0)
    known.kept({"b": 2, "": 1})
    known.well("a", HEALTH, AT)
    one, other = known.listed(AT + 10.0)
    assert (one["name"], one["version"], one["host"], one["waiting"], one["workers"]) == ("a", "1.0", "host", 3, 2)
    assert (one["counters"], one["event_at"], one["started_at"]) == ({"errors": 1, "below": 0}, None, AT - 100.0)
    assert (other["events"], other["event_at"], other["heard_at"], other["late_s"]) == (2, AT - 2.0, AT + 1.0, 10.0)
    assert known.troubles(AT + 10.0) == []


def test_silence_and_loss_are_trouble():
    known = made()
    known.well("a", msgspec.structs.replace(HEALTH, lost=4), AT)
    known.kept({"b": 1})
    known.refused("")
    assert [one["status"] for one in known.listed(AT + 299.0)] == ["ok", "silent"]
    assert known.troubles(AT + 301.0) == [
        "sensor a: nothing heard for 5 min", "sensor a: 4 events lost there",
        "sensor b: nothing heard since this hub was started",
    ]  # fmt: skip


def test_who_has_no_key_any_more_is_missed_by_nobody():
    known = Sensors(300.0, lambda: {"a"})
    known.state = ""
    known.kept({"a": 1, "b": 1})
    assert [one["status"] for one in known.listed(AT)] == ["silent", "gone"]
    assert known.troubles(AT) == ["sensor a: nothing heard since this hub was started"]
    known.told("b", AT, AT)
    assert [one["status"] for one in known.listed(AT)] == ["silent", "ok"]


def test_a_hub_that_is_not_connected_says_so():
    assert Sensors(300.0).troubles(AT) == ["broker: not connected yet"]


def test_there_is_a_limit_to_all_of_it(monkeypatch):
    monkeypatch.setattr(module, "SENSORS_MAX", 2)
    known = made()
    for name in "abc":
        known.told(name, AT, AT)
    known.refused("d")
    known.well("e", HEALTH, AT)
    assert ([one["name"] for one in known.listed(AT)], known.beyond.count) == (["a", "b"], 3)
    counters = {f"c{number}": 1 for number in range(500)}
    known.well("a", msgspec.structs.replace(HEALTH, version="v" * 999, host="h" * 999, counters=counters), AT)
    told = known.listed(AT)[0]
    assert (len(told["version"]), len(told["host"]), len(told["counters"])) == (TEXT_MAX, TEXT_MAX, COUNTERS_MAX)
