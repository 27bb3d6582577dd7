"""The store's figures, of a small one; and that a loss would be told."""

import pytest

from tests import store


def test_a_small_store_loses_nothing_and_answers() -> None:
    said: list[str] = []
    small = ["--events", "3000", "--sources", "100", "--rate", "4000", "--seconds", "0.5"]
    assert store.main(small, said.append) == 0
    assert said[0].startswith("2,000 events in 0.5 s to a file and a store: 2,000 lines, 2,000 rows, 0 dropped; ")
    assert said[1].startswith("3,000 events of 100 sources written: ")
    assert [line.partition("rawspoof ")[2].split()[0] for line in said[2:]] == [
        "report", "report", "events", "events", "events", "events", "events", "top",
    ]  # fmt: skip


def test_what_is_lost_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = store.Stream(10, 1.0, 0.5, 10, lines=10, rows=9, dropped=1)
    assert not lost.passed
    monkeypatch.setattr(store, "stream", lambda *_: lost)
    monkeypatch.setattr(store, "asked", lambda *_: (0.0, 0))
    assert store.main(["--events", "10", "--sources", "5"], lambda line: None) == 1
