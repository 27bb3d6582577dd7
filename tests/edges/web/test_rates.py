"""Seconds are counted and forgotten; the leaders are those that a full sort would give."""

from collections import Counter
from random import Random

from rawspoof.edges.web.rates import SECONDS, Ring, Top


def test_whole_seconds_are_told_oldest_first():
    ring = Ring()
    for at in (100.0, 100.9, 102.5):
        ring.add(at)
    assert ring.last(103.2, 4) == [0, 2, 0, 1]


def test_a_second_is_forgotten_when_its_place_is_needed():
    ring = Ring()
    ring.add(100.0, 5)
    ring.add(100.0 + SECONDS, 1)
    ring.add(100.0, 7)
    assert ring.last(101.0 + SECONDS, 1) == [1]
    assert sum(ring.last(101.0, SECONDS)) == 0


def test_leaders_are_those_of_a_full_count():
    chance, top, counted = Random(1), Top(5), Counter()
    for _ in range(5000):
        key = int(chance.paretovariate(0.7)) % 300
        counted[key] += 1
        top.see(key, counted[key])
    assert [count for _, count in top.leaders()] == [count for _, count in counted.most_common(5)]
