"""The sinks that a configuration asks for, and no others."""

import pytest

from rawspoof.config.model import Config, Events, Mail, Store
from rawspoof.config.sinks import Otlp
from rawspoof.edges.sinks.asked import dispatcher, open_far, open_sinks, wanted
from tests.edges.sinks.samples import EXAMPLES, OPENED, CaptureSink


def test_the_sinks_that_were_asked_for_are_opened(tmp_path):
    assert open_sinks(Config(), "s") == []
    events = Events(file=str(tmp_path / "a"), log_file=str(tmp_path / "b"), verbose=True)
    sinks = open_sinks(Config(events=events), "s")
    for sink in sinks:
        sink.close()
    assert [sink.name for sink in sinks] == [events.file, events.log_file, "-"]


def test_a_sink_that_cannot_be_opened_is_told_at_once():
    with pytest.raises(FileNotFoundError):
        open_sinks(Config(events=Events(file="/nowhere/e")), "s")


def test_the_file_has_the_form_that_was_asked_for_and_is_rotated(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"x" * ((1 << 20) - 1) + b"\n")
    config = Config(events=Events(file=str(path), form="portspoof", rotate_mb=1, rotate_keep=1))
    (sink,) = open_sinks(config, "s")
    sink.write([OPENED])
    sink.close()
    assert (
        path.read_bytes() == b"1748788327 # Service_probe # SIGNATURE_SEND # source_ip:198.51.100.42 # dst_port:443\n"
    )
    assert (tmp_path / "a.1").stat().st_size == 1 << 20


@pytest.mark.parametrize("mail", [Mail(enabled=True), Mail(json_file="/nowhere/email.json")])
def test_mail_is_a_sink_where_it_is_on_or_may_be_switched_on(mail):
    (sink,) = open_sinks(Config(mail=mail), "s")
    sink.close()
    assert sink.name == "mail"


def test_a_sink_far_away_goes_on_with_new_events_when_the_store_was_set_aside(tmp_path):
    config = Config(store=Store(folder=str(tmp_path)))
    told = []
    for first in (0, 3):
        far = CaptureSink("far")
        way = dispatcher(config, [], [far])
        way.put(EXAMPLES[first : first + 3])
        assert way.close(5.0)
        told.append(far.events)
        for path in tmp_path.glob("events-*"):
            path.write_bytes(b"broken" * 1000)
    assert told == [list(EXAMPLES[:3]), list(EXAMPLES[3:6])]


@pytest.mark.parametrize(
    "config",
    [
        Config(),
        Config(store=Store(enabled=False), events=Events(file="x")),
        Config(store=Store(enabled=False), events=Events(verbose=True)),
        Config(store=Store(enabled=False), sink=(Otlp(url="https://h"),)),
    ],
)
def test_events_are_wanted_where_somebody_takes_them(config):
    assert wanted(config)


def test_and_nowhere_else():
    assert not wanted(Config(store=Store(enabled=False)))
    assert open_far(Config(), "trap") == []
    (made,) = open_far(Config(sink=(Otlp(url="https://h"),)), "trap")
    assert made.name == "otlp h:4318"
