"""Numbers that everybody looks at are made once; times are written as portspoof-py writes them."""

from rawspoof.edges.web.context import Queue
from rawspoof.edges.web.pulse import FRESH_S, Pulse, duration
from tests.edges.web.desk import NOW, context


def test_durations():
    assert [duration(s) for s in (0.4, 59.9, 8077, 360000)] == ["0h 0m 0s", "0h 0m 59s", "2h 14m 37s", "100h 0m 0s"]


def test_stats_are_made_once_in_a_while_and_packets_counted():
    clock, count = [NOW], [100]
    pulse = Pulse(context(now=lambda: clock[0], queues=lambda: {0: Queue(0, 0, count[0])}))
    pulse.beat()
    first = pulse.stats()
    count[0] = 350
    pulse.beat()
    assert pulse.stats() is first
    clock[0] += max(FRESH_S, 1.0)
    assert pulse.stats()["packets"] == 350
    assert pulse.stats()["packets_per_s"] == 250
    assert pulse.rates()["packets_per_s"][-1] == 250
