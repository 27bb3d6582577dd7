"""NTLM: what a challenge tells of a host, and what of an answer is kept."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation import ntlm
from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.visit import Visit
from tests.conversation import ntlm_client as client
from tests.conversation.talks import NOON, living

NONCE = b"12345678"
HOUSE = ntlm.House("CORP", "WEB01", "corp.lan", "web01.corp.lan", (10, 0, 17763))


def pairs(challenge):
    size, _, at = struct.unpack_from("<HHI", challenge, 40)
    info, found = challenge[at : at + size], []
    while info:
        number, size = struct.unpack_from("<HH", info)
        found.append((number, info[4 : 4 + size]))
        info = info[4 + size :]
    return found


def test_a_challenge_tells_who_asks():
    said = ntlm.challenge(client.negotiate(), NONCE, HOUSE, NOON)
    assert said[:12] == b"NTLMSSP\0\2\0\0\0"
    assert said[24:32] == NONCE
    assert said[48:56] == b"\x0a\0\x63\x45\0\0\0\x0f"
    names = [(n, v.decode("utf-16-le")) for n, v in pairs(said) if n not in (0, 7)]
    assert names == [(2, "CORP"), (1, "WEB01"), (4, "corp.lan"), (3, "web01.corp.lan"), (5, "corp.lan")]
    assert dict(pairs(said))[7] == ((11_644_473_600 + int(NOON)) * 10**7).to_bytes(8, "little")
    assert said[56:64].decode("utf-16-le") == "CORP"


def test_the_flags_are_sambas_for_a_host_in_no_domain():
    alone = HOUSE._replace(domain="WEB01")
    flags = ntlm.challenge(client.negotiate(), NONCE, alone, NOON)[20:24]
    assert int.from_bytes(flags, "little") == 0xE28A8215


def test_an_old_client_gets_names_it_can_read_and_no_version():
    said = ntlm.challenge(client.negotiate(0x202), NONCE, HOUSE, NOON)
    assert said[48:60] == bytes(8) + b"CORP"


@pytest.mark.parametrize(
    ("message", "noted"),
    [
        (client.authenticate("bob"), Credential("NTLMv2", b"CORP\\bob", client.material(NONCE))),
        (
            client.authenticate("bob", "", b"n" * 24),
            Credential(
                "NTLMv1",
                b"bob",
                b"%s:%s:%s" % (NONCE.hex().encode(), bytes(24).hex().encode(), (b"n" * 24).hex().encode()),
            ),
        ),
        (client.authenticate("bob", nt=b"", lm=b""), Credential("NTLMv1", b"CORP\\bob", b"")),
        (client.authenticate("", "", b"", b"\0"), Credential("anonymous", b"", b"")),
        (client.authenticate("bob")[:63], None),
        (client.negotiate(), None),
        (b"", None),
    ],
)
def test_what_is_proven_is_kept(message, noted):
    assert ntlm.proof(message, NONCE) == noted


def test_a_host_is_told_from_its_facts():
    visit = Visit(living("samba"))
    alone, joined = (ntlm.house(visit, "6.1.7601", joined=j) for j in (False, True))
    assert (alone.domain, alone.dns_domain, alone.joined) == (alone.computer, "", False)
    assert (joined.domain, joined.joined) == (joined.dns_domain.partition(".")[0].upper(), True)
    assert joined.release == b"\6\1\xb1\x1d\0\0\0\x0f"


@settings(max_examples=60, deadline=None, database=None)
@given(st.binary(max_size=120))
def test_no_bytes_raise(noise):
    ntlm.proof(ntlm.message(b"x" + ntlm.SIGNATURE + b"\3\0\0\0" + noise), NONCE)
    ntlm.challenge(ntlm.SIGNATURE + b"\1\0\0\0" + noise, NONCE, HOUSE, NOON)
    ntlm.kind(noise)
