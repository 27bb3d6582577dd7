"""OpenSSL's powers are Python's, and others go on meanwhile."""

import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.conversation.ssh.groups import prime
from rawspoof.edges.crypto.ssh_power import power

LONG = prime(8192)


@given(st.integers(0, 2**600), st.integers(0, 2**80), st.integers(2, 2**500))
def test_they_are_pythons(base, exponent, modulus):
    assert power(base, exponent, modulus) == pow(base, exponent, modulus)


def test_small_numbers():
    assert [power(2, 10, 1000), power(0, 5, 7), power(5, 0, 7), power(5, 3, 1)] == [24, 0, 1, 0]


def test_the_interpreter_is_free_meanwhile():
    began = time.perf_counter()
    thread = threading.Thread(target=power, args=(3, LONG - 2, LONG), daemon=True)
    thread.start()
    turns = 0
    while thread.is_alive():
        turns += 1
    assert time.perf_counter() - began > 0.02
    assert turns > 1000
