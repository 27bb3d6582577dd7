"""NTRU Prime's arithmetic against the plain way, and its answer to a key that is always the same.

The answer was taken when OpenSSH 9.2's client had agreed with it; tests/netns has it agree again.
"""

import random
from hashlib import sha256

import pytest

from rawspoof.edges.crypto.sntrup import (
    CIPHERTEXT_BYTES,
    PUBLIC_BYTES,
    WEIGHT,
    P,
    Q,
    decode,
    encapsulate,
    encode,
    multiply,
    seal,
)

CHANCE = random.Random(761)
KEY = [CHANCE.randrange(-(Q // 2), Q // 2 + 1) for _ in range(P)]
SHORT = CHANCE.sample([1, -1] * (WEIGHT // 2) + [0] * (P - WEIGHT), P)
PUBLIC = encode([value + Q // 2 for value in KEY], [Q] * P)


@pytest.mark.parametrize("limits", [[Q] * P, [1531] * P, [7, 3, 5], [70000] * 5, [9]])
def test_numbers_there_and_back(limits):
    values = [CHANCE.randrange(limit) for limit in limits]
    assert decode(encode(values, limits), limits) == values


def test_any_bytes_are_a_key():
    assert all(value < Q for value in decode(b"\xff" * PUBLIC_BYTES, [Q] * P))
    assert len(encapsulate(b"\xff" * PUBLIC_BYTES)[0]) == CIPHERTEXT_BYTES


def test_products_are_those_of_the_plain_way():
    plain = [0] * (2 * P)
    for i, a in enumerate(KEY):
        for j, b in enumerate(SHORT):
            plain[i + j] += a * b
    for i in range(2 * P - 1, P - 1, -1):
        plain[i - P] += plain[i]
        plain[i - P + 1] += plain[i]
    assert multiply(KEY, SHORT) == plain[:P]


def test_the_answer_to_one_key():
    ciphertext, secret = seal(PUBLIC, SHORT)
    assert (len(PUBLIC), len(ciphertext)) == (PUBLIC_BYTES, CIPHERTEXT_BYTES)
    assert sha256(ciphertext + secret).hexdigest() == "338529ce457410efbfa3d5aca5047ff83c01f30b0b7b96bbdc27ce2a13b883f7"


def test_no_two_are_alike():
    assert encapsulate(PUBLIC)[1] != encapsulate(PUBLIC)[1]
