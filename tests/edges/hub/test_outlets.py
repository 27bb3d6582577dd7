"""What was kept goes to the web admin and to every sink; secrets are read once, before anybody is let go."""

import os

import pytest

from rawspoof.config.model import Config, Store
from rawspoof.config.sinks import Syslog, Webhook
from rawspoof.edges.hub.outlets import Spread, lanes, secured
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.store.database import Heard
from rawspoof.edges.web.live import Live
from tests.edges.sinks.samples import AT, DETECTED, ENDED, OPENED


class Lane:
    """Notes what it is given."""

    def __init__(self):
        self.put_there = []

    def put(self, first, events):
        self.put_there.append((first, events))


def test_everybody_is_told_by_sensor_and_number():
    live, lane = Live(AT, lambda address: ""), Lane()
    Spread(live, [lane])(5, [Heard("a", 1, OPENED), Heard("b", 1, DETECTED), Heard("b", 2, OPENED)])
    assert lane.put_there == [(5, [OPENED, DETECTED, OPENED])]
    assert [(n, sensor) for n, _, sensor in live.feed.events()[0]] == [(5, "a"), (6, "b"), (7, "b")]
    assert live.sources.get(DETECTED.src).sensors == ("a", "b")


def test_a_source_that_two_sensors_saw_is_one_with_both_added_up():
    live = Live(AT, lambda address: "")
    spread = Spread(live, [])
    spread(1, [Heard("a", 1, DETECTED), Heard("b", 1, ENDED), Heard("a", 2, DETECTED)])
    one = live.sources.get(DETECTED.src)
    assert one.sensors == ("a", "b")
    assert one.packets == DETECTED.packets + ENDED.packets
    assert one.risk == max(DETECTED.risk, ENDED.risk)
    assert live.sources.page("risk", 0, 5, "b")[0] == 1
    assert live.sources.page("risk", 0, 5, "c") == (0, [])


def test_secrets_are_read_once(tmp_path):
    (tmp_path / "url").write_text("https://hooks.example/secret\n")
    hook, log = Webhook(url_file=str(tmp_path / "url")), Syslog(url="udp://192.0.2.1")
    kept = secured(Config(sink=(hook, log)))
    name = kept[0].url_env
    assert (os.environ[name], kept[0].url_file, kept[1]) == ("https://hooks.example/secret", "", log)
    del os.environ[name]


def test_what_cannot_be_made_is_said_at_once(tmp_path):
    with pytest.raises(SinkError, match=r"sink\[0\].url_file"):
        secured(Config(sink=(Webhook(url_file=str(tmp_path / "none")),)))


def test_each_sink_has_a_lane(tmp_path):
    made = lanes(Config(store=Store(folder=str(tmp_path))), [Syslog(url="udp://192.0.2.1")])
    assert [lane.sink.name for lane in made] == ["syslog 192.0.2.1:514"]
