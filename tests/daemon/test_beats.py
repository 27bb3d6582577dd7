"""Who stops counting hangs; who has not begun to count, or could not, is given time."""

from rawspoof.daemon.beats import AWAY_S, FIRST_S, SILENT_S, Beats
from rawspoof.edges.system import process


def looks(beats: Beats, begin: float, until: float) -> list[set[int]]:
    """What is seen in looks a second apart."""
    return [beats.silent(float(at)) for at in range(int(begin), int(until))]


def test_who_counts_is_well_and_who_stops_is_not():
    beats = Beats(2)
    mine, others = beats.of(0), beats.of(1)
    for number in (0, 1):
        beats.begin(number, 100.0)
    others()
    for at in range(100, 100 + 2 * int(SILENT_S)):
        mine()
        silent = beats.silent(float(at))
        assert silent == ({1} if at - 100 > SILENT_S else set())


def test_a_child_counts_in_memory_that_we_see():
    beats = Beats(1)
    beat = beats.of(0)
    beats.begin(0, 0.0)
    beats.silent(0.0)
    pid = process.fork(lambda: beat() or 0)
    assert process.await_end([pid], 5.0) == set()
    assert not any(looks(beats, 1.0, 1 + SILENT_S))
    assert beats.silent(SILENT_S + 2.5) == {0}


def test_a_start_may_take_longer():
    beats = Beats(1)
    beats.begin(0, 0.0)
    assert not any(looks(beats, 0.0, FIRST_S + 1))
    assert beats.silent(FIRST_S + 1) == {0}
    beats.begin(0, FIRST_S + 2)
    assert beats.silent(FIRST_S + 2) == set()


def test_where_we_were_away_ourselves_nobody_is_blamed():
    beats = Beats(1)
    beats.begin(0, 0.0)
    beats.of(0)()
    beats.silent(0.0)
    away = 1000.0
    assert away > AWAY_S
    assert not any(looks(beats, away, away + SILENT_S))
    assert beats.silent(away + SILENT_S + 1) == {0}
