"""Primes from seeds."""

import math

import pytest

from rawspoof.edges.crypto.ssh_primes import prime, probable


def test_the_same_seed_the_same_prime():
    one, again, other = prime(b"a", 1024, 65537), prime(b"a", 1024, 65537), prime(b"b", 1024, 65537)
    assert one == again != other
    assert pow(2, one - 1, one) == 1
    assert one.bit_length() == 1024
    assert math.gcd(one - 1, 65537) == 1
    assert prime(b"a", 160).bit_length() == 160


@pytest.mark.parametrize(
    ("number", "is_one"),
    # 2^1279 - 1 is a Mersenne prime, 2^1277 - 1 is none and has no small factor.
    [(2**1279 - 1, True), (2**1277 - 1, False), (3 * 2**1100 + 3, False), ((2**607 - 1) * (2**521 - 1), False)],
)
def test_primes_are_told_from_others(number, is_one):
    assert probable(number) is is_one
