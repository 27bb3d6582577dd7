"""The groups' primes, by their ends and by a test, and which one a client gets."""

import pytest

from rawspoof.core.conversation.ssh.groups import nearest, prime


@pytest.mark.parametrize(
    ("bits", "last"),
    [(1024, "49286651ECE65381"), (2048, "15728E5A8AACAA68"), (4096, "34063199"), (8192, "60C980DD98EDD3DF")],
)
def test_primes_end_as_the_rfcs_print_them(bits, last):
    said = f"{prime(bits):X}"
    assert said.startswith("FFFFFFFFFFFFFFFFC90FDAA22168C234")
    assert said.endswith(last + 16 * "F")


@pytest.mark.parametrize("bits", [1024, 2048])
def test_they_are_safe_primes(bits):
    p = prime(bits)
    assert pow(2, p - 1, p) == 1
    assert pow(3, (p - 1) // 2, p) in (1, p - 1)
    assert pow(3, (p - 3) // 2, (p - 1) // 2) == 1


@pytest.mark.parametrize(
    ("asked", "bits"),
    [((2048, 4096, 8192), 4096), ((1024, 1024, 8192), 2048), ((2048, 3000, 8192), 3072), ((2048, 8192, 8192), 8192),
     ((1024, 2048, 2048), 2048), ((512, 1024, 1024), None), ((8193, 9000, 9999), None), ((2048, 9000, 9000), 8192)],
)  # fmt: skip
def test_a_client_gets_the_next_size_up(asked, bits):
    assert nearest(*asked) == bits
