"""The soak, shortened; and that it would notice what it is there to notice."""

import pytest

from tests import soak

DEEP = (
    "opened",
    "malformed",
    "challenges",
    "retransmissions",
    "synacks_again",
    "odd_probes",
    "holds_refused",
    "flows_evicted",
)


def test_a_short_soak_breaks_nothing_and_gets_deep() -> None:
    lines: list[str] = []
    report = soak.soak(soak.soaking(), 30_000, 1, lines.append)
    assert report.problems == ()
    assert report.passed
    assert len(lines) == soak.STEPS
    assert [name for name in DEEP if report.counters[name] < 50] == []


def test_what_breaks_is_told_with_its_packet(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mind = soak.soaking()
    monkeypatch.setattr(mind, "on_packet", lambda *_: 1 / 0)
    monkeypatch.setattr(soak, "soaking", lambda: mind)
    assert soak.main(["--packets", "20"]) == 1
    told = capsys.readouterr()
    assert "packet 1 of seed 1: 45" in told.out
    assert "20 packets" in told.out
    assert "20 of 20 packets" in told.err


def test_what_grows_is_told() -> None:
    report = soak.Report(10, 1.0, 100 << 20, 200 << 20, {}, ())
    assert not report.passed
    assert "104.9 MB once full, 209.7 MB at the end" in str(report)
