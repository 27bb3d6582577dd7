"""The heap of moments: order, and how it is kept from growing."""

from rawspoof.core.tcp.deadlines import SWEEP_MIN, Deadlines


def everything(at: float, key: bytes) -> bool:
    return True


def test_the_soonest_comes_first_and_not_before_its_moment() -> None:
    deadlines = Deadlines(everything)
    for at in (5.0, 1.0, 3.0):
        deadlines.push(at, b"k")
    assert deadlines.next() == 1.0
    assert deadlines.pop_due(0.5) is None
    assert [deadlines.pop_due(4.0) for _ in range(3)] == [(1.0, b"k"), (3.0, b"k"), None]
    assert deadlines.next() == 5.0
    assert deadlines.pop_due(5.0) == (5.0, b"k")
    assert deadlines.next() is None


def test_stale_entries_never_outgrow_the_live_ones() -> None:
    alive = {(1e6 + i, b"%d" % i) for i in range(3000)}
    deadlines = Deadlines(lambda at, key: (at, key) in alive)
    for at, key in sorted(alive):
        deadlines.push(at, key)
    for i in range(50_000):
        deadlines.push(float(i), b"stale")
        assert len(deadlines) <= 2 * max(len(alive), SWEEP_MIN) + SWEEP_MIN
    found = set()
    while (due := deadlines.pop_due(float("inf"))) is not None:
        found.add(due)
    assert alive <= found


def test_the_same_entry_again_and_again_is_one() -> None:
    deadlines = Deadlines(everything)
    for _ in range(50 * SWEEP_MIN):
        deadlines.push(7.0, b"held")
    assert len(deadlines) <= SWEEP_MIN


def test_order_survives_a_sweep() -> None:
    deadlines = Deadlines(lambda at, key: at % 2 == 0)
    for i in range(SWEEP_MIN, -1, -1):
        deadlines.push(float(i), b"k")
    moments = [due[0] for _ in range(SWEEP_MIN) if (due := deadlines.pop_due(1e9)) is not None]
    assert moments == sorted(moments)
    assert moments[:3] == [0.0, 2.0, 4.0]
