"""A clock that starts at the time of day and never jumps."""

import time

import pytest

from rawspoof.edges.system import clock


def test_it_tells_the_time_of_day() -> None:
    assert abs(clock.steady()() - time.time()) < 5  # noqa: TID251  the clock is what is tested


def test_setting_the_clock_neither_fires_timers_nor_stops_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = {"day": 1_000_000.0, "steady": 50.0}
    monkeypatch.setattr(time, "time", lambda: now["day"])
    monkeypatch.setattr(time, "monotonic", lambda: now["steady"])
    steady = clock.steady()
    assert steady() == 1_000_000.0
    now["day"] -= 500_000
    now["steady"] += 2
    assert steady() == 1_000_002.0
