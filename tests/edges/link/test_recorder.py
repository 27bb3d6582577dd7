"""What walked in and out, written down."""

from io import BytesIO
from pathlib import Path

from rawspoof.core.outcome import Outcome, Verdict
from rawspoof.edges.link.base import Arrival
from rawspoof.edges.link.capture import frames
from rawspoof.edges.link.recorder import RecorderLink
from tests.test_loop import ListLink


def test_everything_is_written_with_its_time_and_passed_on(tmp_path: Path) -> None:
    inner = ListLink([Arrival(1000.25, b"in"), Arrival(1001.5, None), Arrival(1748788327.841203, b"late")])
    with RecorderLink(inner, open(tmp_path / "x", "wb")) as link:
        for arrival in link.arrivals(lambda: 7.0):
            link.leave(Outcome(Verdict.DROP, [b"out"] if arrival.raw != b"late" else [], []))
    found = list(frames(BytesIO((tmp_path / "x").read_bytes())))
    assert [(round(frame.at, 6), frame.link_type, frame.data) for frame in found] == [
        (1000.25, 101, b"in"),
        (1000.25, 101, b"out"),
        (1001.5, 101, b"out"),
        (1748788327.841203, 101, b"late"),
    ]
    assert [outcome.packets for outcome in inner.left] == [[b"out"], [b"out"], []]
    assert inner.deadlines == [7.0] * 3
