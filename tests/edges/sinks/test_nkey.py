"""A seed gives the name and the signature that the server expects; a seed with a slip in it is told."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rawspoof.edges.sinks.nkey import NKey, WrongSeed, is_public, is_seed, seed

SEED = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y"


def test_name_and_signature_belong_together():
    key = NKey(SEED)
    assert (key.public[0], len(key.public)) == ("U", 56)
    public = Ed25519PublicKey.from_public_bytes(base64.b32decode(key.public)[1:33])
    signature = key.sign("n0nce")
    public.verify(base64.urlsafe_b64decode(signature + "=="), b"n0nce")


@pytest.mark.parametrize(
    "seed", [SEED[:-1] + "A", SEED[:20] + "A" + SEED[21:], "SA" + SEED[2:], "SU1", "SU" + "!" * 56]
)
def test_a_slip_is_told(seed):
    with pytest.raises(WrongSeed):
        NKey(seed)


def test_a_token_is_no_seed():
    assert [is_seed(text) for text in (SEED, "token", "", "X" * 58)] == [True, False, False, False]


def test_a_key_is_made_of_random_bytes():
    made = NKey(seed(bytes(range(32))))
    assert seed(bytes(range(32))) == SEED
    assert is_public(made.public)


@pytest.mark.parametrize("text", ["", "U", SEED, "U" * 56, "UÄ", "u" * 56])
def test_what_is_no_public_key(text):
    assert not is_public(text)
