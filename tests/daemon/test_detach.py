"""Relative names are those of the folder that a sensor is started in. The rest of -D is in tests/netns."""

from pathlib import Path

from rawspoof.config.model import Config, Events, Feeds, Sensor, World
from rawspoof.config.sinks import Syslog
from rawspoof.daemon.detach import rooted


def test_every_path_is_below_the_folder_but_those_that_are_whole_or_none() -> None:
    config = Config(
        sensor=Sensor(state_dir="state", secret_file="/etc/secret", personality="linux"),
        world=World(fuzz_wordlist="words"),
        events=Events(file="-", log_file="log"),
        feeds=Feeds(folder="feeds"),
        sink=(Syslog(url="tls://192.0.2.1", ca_file="ca.pem"),),
        signatures=("more", "/usr/share/more"),
        portspoof_conf="old.conf",
    )
    found = rooted(config, Path("/somewhere"))
    assert (found.sensor.state_dir, found.sensor.secret_file) == ("/somewhere/state", "/etc/secret")
    assert found.sensor.personality == "linux"
    assert (found.events.file, found.events.log_file) == ("-", "/somewhere/log")
    assert (found.world.fuzz_wordlist, found.world.fuzz_wrapper) == ("/somewhere/words", "")
    assert found.feeds.folder == "/somewhere/feeds"
    assert found.sink[0].ca_file == "/somewhere/ca.pem"
    assert found.sink[0].url == "tls://192.0.2.1"
    assert found.signatures == ("/somewhere/more", "/usr/share/more")
    assert found.portspoof_conf == "/somewhere/old.conf"
    assert rooted(found, Path("/elsewhere")) == found
