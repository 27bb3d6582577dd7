"""Each operation's answer: what happened is told, what is wrong is said in one line."""

import pytest

from rawspoof.edges.block.shared import Shared
from rawspoof.edges.store.queries import Reader
from rawspoof.edges.web.api import OPERATIONS
from rawspoof.edges.web.live import Live
from rawspoof.edges.web.openapi import PATHS
from tests.edges.sinks import samples
from tests.edges.sinks.samples import AT, BLOCKED, DETECTED, OPENED, UNBLOCKED, CaptureSink
from tests.edges.web.desk import NOW, Orders, context, get, lane, send


def test_every_path_but_the_stream_has_an_operation():
    described = {(method, path) for path, methods in PATHS.items() for method in methods}
    assert described - set(OPERATIONS) == {("get", "/api/stream")}
    assert set(OPERATIONS) <= described


def test_stats_have_the_keys_of_portspoof_py():
    stats = get(context(), "/api/stats").json()
    assert stats["uptime"] == "0h 1m 50s"
    assert stats["total_connections"] == 1
    assert stats["last_connection"] == "2025-06-01T14:32:07.841203+00:00"
    assert stats["connections_per_min"] == 1
    assert stats["ports_mapped"] == 65536
    assert stats["top_ips"] == [{"ip": "198.51.100.42", "count": 1, "country": ""}]
    assert stats["top_ports"] == [{"port": 443, "count": 1}]


def test_connections_have_the_keys_of_portspoof_py_and_no_more():
    (one,) = get(context(), "/api/connections?limit=3").json()
    assert one == {
        "timestamp": "2025-06-01T14:32:07.841203+00:00",
        "src_ip": "198.51.100.42",
        "src_port": 54312,
        "dst_port": 443,
        "banner_len": 15,
    }


@pytest.mark.parametrize("port", [0, 22, 65535])
def test_a_port_is_looked_up(port):
    told = get(context(), f"/api/banner?port={port}&host=192.0.2.9").json()
    assert told["banner_text"].encode("latin-1").hex() == told["banner_hex"]
    assert told["banner_len"] * 2 == len(told["banner_hex"])
    assert (told["port"], told["to"], told["service"], told["door"]) == (port, "192.0.2.9", "openssh", "open")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/api/banner", "port: needed"),
        ("/api/banner?port=65536", "port: expected 0 to 65535, got '65536'"),
        ("/api/banner?port=0x16", "port: expected integer, got '0x16'"),
        ("/api/banner?port=22&port=23", "port: expected once, got 2 times"),
        ("/api/banner?port=22&host=nobody", "host: expected an IPv4 or IPv6 address, got 'nobody'"),
        ("/api/connections?limit=501", "limit: expected 1 to 500, got '501'"),
        ("/api/sources?order=name", "order: expected one of"),
        ("/api/events?source=192.0.2.0/99", "source: expected an address or a network, got '192.0.2.0/99'"),
    ],
)
def test_a_wrong_parameter_is_named(tmp_path, path, why):
    answer = get(context(tmp_path), path)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(why)


def test_a_source_is_told_whole(tmp_path):
    told = get(context(tmp_path), "/api/sources/198.51.100.42").json()
    assert (told["tool"], told["risk"], told["blocked"]) == ("nmap", 250, True)
    assert [login["user"] for login in told["logins"]] == ["root\\x1b[2J"]
    assert [request["text"] for request in told["asked"]] == ["GET /\\x00 HTTP/1.0\\r\\n\\r\\n"]
    assert told["addresses"] == [
        {"address": "192.0.2.1", "count": 1000, "ports": "1-1000", "sensor": ""},
        {"address": "2001:db8::7", "count": 1, "ports": "443", "sensor": ""},
    ]
    assert sum(part["events"] for part in told["timeline"]) == 11
    assert told["block"]["reason"] == "tripwire"


def test_a_source_of_before_the_start_is_told_from_the_store(tmp_path):
    given = context(tmp_path)
    given.live = context(events=()).live
    told = get(given, "/api/sources/198.51.100.42").json()
    assert (told["tool"], told["packets"]) == ("nmap", 2002)
    ports = get(given, "/api/sources/198.51.100.42/ports").json()
    assert [target["count"] for target in ports["targets"]] == [1000, 1]


def test_who_was_never_seen_is_not_there(tmp_path):
    assert get(context(tmp_path), "/api/sources/192.0.2.200").status_code == 404
    assert get(context(tmp_path), "/api/sources/192.0.2.200/ports").status_code == 404


def test_events_come_in_pages(tmp_path):
    given = context(tmp_path)
    first = get(given, "/api/events?limit=5").json()
    second = get(given, f"/api/events?limit=100&before={first['next']}").json()
    numbers = [item["number"] for item in first["items"] + second["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 12
    assert second["next"] is None


def test_events_are_chosen(tmp_path):
    items = get(context(tmp_path), "/api/events?kind=session.&port=443&source=198.51.100.0/24").json()["items"]
    assert [item["kind"] for item in items] == ["session.open"]
    assert items[0]["event"]["source"]["ip"] == "198.51.100.42"


def test_without_a_store_it_is_said():
    assert get(context(), "/api/events").status_code == 503


def test_a_block_is_ordered_and_lifted():
    given = context()
    assert isinstance(given.orders, Orders)
    answer = send(given, "POST", "/api/blocks", {"address": "203.0.113.5", "seconds": 60})
    assert (answer.status_code, answer.json()["until"]) == (200, NOW + 60)
    assert send(given, "DELETE", "/api/blocks/203.0.113.5").json() == {"ok": True}
    address = bytes([203, 0, 113, 5])
    assert given.orders.told == [("block", address, 60.0), ("unblock", address)]


def test_what_the_supervisor_refuses_is_told():
    given = context()
    given.orders.wrong = "it is a gateway of this machine"
    answer = send(given, "POST", "/api/blocks", {"address": "203.0.113.5"})
    assert (answer.status_code, answer.json()["error"]) == (409, "it is a gateway of this machine")
    given.orders.error = TimeoutError("timed out")
    assert send(given, "DELETE", "/api/blocks/203.0.113.5").status_code == 502


def test_without_a_supervisor_nobody_is_blocked():
    assert send(context(orders=None), "POST", "/api/blocks", {"address": "203.0.113.5"}).status_code == 503


def test_mail_is_set_and_tried():
    given = context()
    assert send(given, "POST", "/api/email/config", {"smtp_host": "mail.example"}).json()["smtp_host"] == "mail.example"
    assert send(given, "POST", "/api/email/test").json() == {"ok": True}
    given.mail.error = ValueError("smtp_host: expected a name")
    assert send(given, "POST", "/api/email/config", {}).status_code == 400
    assert send(given, "POST", "/api/email/test").status_code == 409
    given.mail.error = OSError("mail.example:587: no answer")
    assert send(given, "POST", "/api/email/test").status_code == 502


def test_a_sink_is_tried():
    tried = []
    sink = CaptureSink("syslog mail.example:514")
    given = context(lanes=[lane(sink)], trials={sink.name: lambda: tried.append(1)})
    assert [one["testable"] for one in get(given, "/api/sinks").json()["items"]] == [True]
    assert send(given, "POST", "/api/sinks/test", {"name": sink.name}).json() == {"ok": True}
    assert tried == [1]
    assert send(given, "POST", "/api/sinks/test", {"name": "nobody"}).status_code == 404


def test_evidence_that_is_not_there(tmp_path):
    assert get(context(evidence=tmp_path), "/api/evidence/0123456789abcdef").status_code == 404


def test_the_world_and_the_settings():
    told = get(context(), "/api/world").json()
    assert (told["kind"], told["address"], told["services"] > 100) == ("maze", "192.0.2.1", True)
    items = {item["key"]: item for item in get(context(), "/api/settings").json()["items"]}
    assert items["watch.idle_s"]["value"] == 300.0
    assert items["watch.idle_s"]["help"] == "Quiet time after which a scan has ended."


def test_a_reader_reads_before_a_number(tmp_path):
    context(tmp_path)
    from rawspoof.edges.store.queries import Filter

    assert [found.number for found in Reader(tmp_path).events(Filter(before=3))] == [1, 2]


def test_the_samples_are_of_one_moment():
    assert {event.at for event in (samples.OPENED, samples.DETECTED)} == {samples.AT}


class Fleet:
    """Two sensors, one of which is silent."""

    behind = 5

    def listed(self, now):
        plain = {"event_at": None, "late_s": 0.0, "refused": 0, "version": "", "host": "", "started_at": None}
        counts = {"waiting": 0, "lost": 0, "workers": 1, "counters": {}}
        return [
            {"name": name, "status": status, "heard_at": at, "events": 3, **plain, **counts}
            for name, status, at in (("paris", "ok", NOW), ("tokyo", "silent", None))
        ]

    def troubles(self, now):
        return ["sensor tokyo: nothing heard since this hub was started"]


def on_a_hub(folder):
    live = Live(AT, lambda address: "")
    live.write([OPENED, DETECTED, BLOCKED], 1, "paris")
    return context(folder, live=live, fleet=Fleet(), world=None, orders=None, mail=None)


def test_a_hub_tells_of_its_sensors(tmp_path):
    given = on_a_hub(tmp_path)
    told = get(given, "/api/sensors").json()
    assert ([one["name"] for one in told["items"]], told["behind"], told["troubles"]) == (
        ["paris", "tokyo"], 5, Fleet().troubles(NOW),
    )  # fmt: skip
    assert get(given, "/api/health").json()["reasons"] == Fleet().troubles(NOW)
    stats = get(given, "/api/stats").json()
    assert (stats["role"], stats["sensors"]) == ("hub", 2)
    lines = get(given, "/metrics").text.splitlines()
    assert 'rawspoof_sensor_events_total{sensor="paris"} 3' in lines
    assert [line for line in lines if line.startswith("rawspoof_sensor_heard_timestamp_seconds{")] == [
        f'rawspoof_sensor_heard_timestamp_seconds{{sensor="paris"}} {NOW}'
    ]
    assert get(given, "/api/sources?sensor=paris").json()["items"][0]["sensors"] == ["paris"]
    assert get(given, "/api/sources?sensor=tokyo").json()["total"] == 0
    assert get(context(tmp_path), "/api/sensors").json() == {"items": [], "behind": 0, "troubles": []}


@pytest.mark.parametrize("path", ["/api/banner?port=22", "/api/world", "/api/email/config"])
def test_a_hub_says_what_it_cannot_tell(tmp_path, path):
    answer = get(on_a_hub(tmp_path), path)
    assert (answer.status_code, "sensor" in answer.json()["error"]) == (503, True)


def test_a_hub_blocks_nobody_and_shows_who_is(tmp_path):
    given = on_a_hub(tmp_path)
    assert (
        send(given, "POST", "/api/blocks", {"address": "192.0.2.9"}).json()["error"].startswith("this is a hub: block")
    )
    assert [one["sensor"] for one in get(given, "/api/blocks").json()["items"]] == ["paris"]
    # Another sensor's word does not end it; its own does, and so does time.
    given.live.write([UNBLOCKED], 9, "tokyo")
    assert get(given, "/api/blocks").json()["total"] == 1
    given.now = lambda: NOW + 1e6
    assert get(given, "/api/blocks").json()["total"] == 0
    given.live.share(None, BLOCKED.src, "", "paris")
    assert given.live.blocks == {}
    shared = Shared(BLOCKED.src, NOW, NOW + 1e7, "tripwire", 1, 23, "tokyo")
    given.live.share(shared, BLOCKED.src, "tarpit", "tokyo")
    assert [(one["how"], one["sensor"]) for one in get(given, "/api/blocks").json()["items"]] == [("tarpit", "tokyo")]
