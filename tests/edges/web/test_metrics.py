"""Prometheus' text form: every line is a comment or a sample, and names of sinks cannot break one."""

import re

from rawspoof.edges.web.context import Queue
from rawspoof.edges.web.metrics import text
from rawspoof.edges.web.pulse import Pulse
from tests.edges.web.desk import context

SAMPLE = re.compile(r'rawspoof_[a-z_]+(\{[a-z]+="([^"\\\n]|\\.)*"\})? -?[0-9.e+-]+')


def test_every_line_is_one():
    sink = {"name": 'a"b\\c\nd', "queued": 1, "written": 2, "failed": 3, "dropped": 4}
    told = text(Pulse(context()).stats(), {"errors": 5}, {0: Queue(1, 2, 3)}, [sink], {"watching": 6})
    lines = told.splitlines()
    assert told.endswith("\n")
    assert all(line.startswith("# ") or SAMPLE.fullmatch(line) for line in lines)
    assert 'rawspoof_worker_total{what="errors"} 5' in lines
    assert 'rawspoof_sink_dropped_total{sink="a\\"b\\\\c\\nd"} 4' in lines
    assert "rawspoof_connections_total 1" in lines
