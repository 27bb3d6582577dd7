"""Chance: the same numbers for the same seed, all of the range."""

from rawspoof.core.signature.pattern.chance import Chance


def numbers(seed, size=10):
    chance = Chance(seed)
    return [chance.below(size) for _ in range(200)]


def test_the_seed_decides():
    assert numbers(b"a") == numbers(b"a")
    assert numbers(b"a") != numbers(b"b")


def test_every_number_comes_up_and_none_beyond():
    assert set(numbers(b"a")) == set(range(10))


def test_one_of_several_things():
    chance = Chance(b"a")
    assert {chance.among("xyz") for _ in range(50)} == set("xyz")
