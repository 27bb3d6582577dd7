"""Sinks are told as the API has them."""

from tests.edges.sinks.samples import CaptureSink
from tests.edges.web.desk import context, lane


def test_sinks():
    sink = CaptureSink("log")
    (told,) = context(lanes=[lane(sink)], trials={"log": lambda: None}).sinks()
    assert told == {
        "name": "log", "kind": "capturesink", "queued": 0, "written": 0, "failed": 0, "dropped": 0, "testable": True,
    }  # fmt: skip
