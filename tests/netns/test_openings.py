"""Files of events are opened while there is a right to, again when they were rotated, and by each new collector."""

import os
import pwd
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.netns.sensors import running, until
from tests.netns.taps import TARGET, greeting

pytestmark = [pytest.mark.netns, pytest.mark.alone]

SSH = ("--delivery", "prompt", "--only", "openssh")
ENDED_S = 2.0


def test_a_rotated_events_file_is_opened_again(lab):
    with TemporaryDirectory() as folder:
        events = Path(folder, "events")
        with running(lab, *SSH, "--events", str(events)) as sensor:
            os.rename(events, Path(folder, "old"))
            # As logrotate does with `create 0640 nobody`: the collector has no right to make a file anywhere.
            events.touch()
            for path in (Path(folder), events):
                os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)
            sensor.process.send_signal(signal.SIGHUP)
            greeted = iter(lambda: greeting(lab, "attacker", TARGET, 4444), b"")
            until(lambda: next(greeted) and events.stat().st_size > 0, ENDED_S)
            assert sensor.process.poll() is None
            # Root of few rights may not open what is nobody's; the next collector has it all the same.
            events.chmod(0o640)
            size, before = events.stat().st_size, sensor.children()["collec"]
            os.kill(before, signal.SIGKILL)
            until(lambda: sensor.children().get("collec", before) != before, ENDED_S)
            until(lambda: next(greeted) and events.stat().st_size > size, ENDED_S)
