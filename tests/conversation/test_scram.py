"""SCRAM's three messages, and where they are wrong. RFC 7677 §3."""

import re
from base64 import b64encode

import pytest

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.scram import Malformed, Scram

FIRST = b"n,,n=,r=rOprNGfwEbeRWgbNEkqO"
PROOF = b64encode(b"p" * 32)


def begun(first=FIRST, bound=False):
    scram = Scram(b"s" * 16, b"n" * 18, 4096)
    return scram, scram.challenge(first, bound)


def test_a_challenge_goes_on_with_the_clients_nonce():
    _, said = begun()
    assert said == b"r=rOprNGfwEbeRWgbNEkqO%s,s=%s,i=4096" % (b64encode(b"n" * 18), b64encode(b"s" * 16))


def test_the_whole_exchange_is_what_a_proof_is_worth():
    scram, said = begun()
    unproven = b"c=biws," + said.split(b",")[0]
    assert scram.proof("SCRAM-SHA-256", b"bob", unproven + b",p=" + PROOF) == Credential(
        "SCRAM-SHA-256", b"bob", b",".join((FIRST[3:], said, unproven, b"p=" + PROOF))
    )


def test_a_bound_exchange():
    assert begun(b"p=tls-server-end-point,,n=,r=abc", True)[1].startswith(b"r=abc")
    assert begun(b"y,,n=x,r=abc,ext=1")[1].startswith(b"r=abc")


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (b"", 'Unexpected channel-binding flag "0x00".'),
        (b"hello", "Unexpected channel-binding flag \"'h'\"."),
        (b"\xff", 'Unexpected channel-binding flag "0xff".'),
        (b"p=tls-unique,,n=,r=abc", "without channel binding"),
        (b"nx,n=,r=abc", "Comma expected, but found character \"'x'\"."),
        (b"n,,n=,r=", "Comma expected"),
        (b"n", "Comma expected"),
    ],
)
def test_a_first_message_that_is_none(first, why):
    with pytest.raises(Malformed, match=re.escape(why)):
        begun(first)


@pytest.mark.parametrize(
    ("final", "why"),
    [
        (b"", "Malformed proof"),
        (b"c=biws,r=%s,p=eHh4", "Malformed proof"),
        (b"c=biws,r=%s,p=!!!", "Malformed proof"),
        (b"c=biws,r=other,p=" + PROOF, "Nonce does not match."),
    ],
)
def test_a_last_message_that_is_none(final, why):
    scram, said = begun()
    with pytest.raises(Malformed, match=why):
        scram.proof("SCRAM-SHA-256", b"bob", final.replace(b"r=%s", said.split(b",")[0]))


def test_names_are_as_they_were_before_they_were_escaped():
    assert begun(b"n,,n=a=2Cb=3Dc,r=abc")[0].user == b"a,b=c"
