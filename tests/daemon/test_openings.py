"""Places that cannot be opened are one line; those that can are open and let go of together."""

from pathlib import Path

import pytest

from rawspoof.config.model import Config, Events
from rawspoof.config.sinks import Syslog
from rawspoof.daemon.openings import opened
from rawspoof.daemon.refusal import CannotStart


def test_files_are_there_and_far_ones_are_made(tmp_path: Path) -> None:
    events = Events(file=str(tmp_path / "events"), log_file=str(tmp_path / "log"))
    places = opened(Config(events=events, sink=(Syslog(url="udp://192.0.2.1"),)))
    assert [len(places.sinks), len(places.far), places.dial] == [2, 1, None]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events", "log"]
    places.close()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="no/file: No such file or directory: name a file that can be written"):
        opened(Config(events=Events(file=str(tmp_path / "no/file"))))


def test_a_sink_that_lacks_its_secret_is_named() -> None:
    with pytest.raises(CannotStart, match="sink"):
        opened(Config(sink=(Syslog(url="tls://192.0.2.1", ca_file="/no/such/file"),)))
