"""SMB 2 up to the refusal, as smbclient and scanners have it; statuses are those of Samba 4.17 (see tests/netns)."""

import pytest

from rawspoof.core.conversation import ntstatus
from rawspoof.core.conversation.base import Then
from rawspoof.core.conversation.smb.two import CHAIN_MAX
from tests.conversation import ntlm_client as ntlm
from tests.conversation.smb import client
from tests.conversation.talks import NOON, converse, credentials, living, said, talk


@pytest.fixture
def who():
    return living("samba-without-smb1", 445)


def hears(who, *packets):
    """The last answer's octets; sessions are filled in as the server gives them."""
    spoken = talk(who)
    spoken.opened(NOON)
    reply = None
    for packet in packets:
        reply = spoken.heard(packet if isinstance(packet, bytes) else packet(reply.data), NOON)
    return reply


def in_session(token=None, command=None, body=b""):
    """The next request of the session that the last answer opened."""
    if token is not None:
        return lambda last: client.setup(ntlm.later(token), client.session(last), 2)
    return lambda last: client.packet(client.two(command, body, 3, client.session(last)))


BEGIN = (client.negotiate(), client.setup(ntlm.first(ntlm.negotiate())))
NULL = in_session(ntlm.authenticate("", "", b"", b"\0"))


def test_a_password_is_refused_and_noted(who):
    asked = hears(who, *BEGIN)
    assert client.status(asked.data) == ntstatus.MORE
    refused = hears(who, *BEGIN, in_session(ntlm.authenticate("bob")))
    assert client.status(refused.data) == ntstatus.LOGON_FAILURE
    (offered,) = credentials([refused])
    assert (offered.method, offered.user) == ("NTLMv2", b"CORP\\bob")
    assert offered.secret == ntlm.material(ntlm.nonce(asked.data))
    assert refused.then is Then.LISTEN


def test_whoever_comes_without_name_gets_no_further_than_a_session(who):
    opened = hears(who, *BEGIN, NULL)
    assert (client.status(opened.data), opened.data[70:72]) == (ntstatus.OK, b"\2\0")
    for command, told in ((3, ntstatus.ACCESS_DENIED), (5, ntstatus.NAME_DELETED), (11, ntstatus.NAME_DELETED)):
        assert client.status(hears(who, *BEGIN, NULL, in_session(command=command)).data) == told
    left = (*BEGIN, NULL, in_session(command=2))
    assert client.status(hears(who, *left).data) == ntstatus.OK
    assert client.status(hears(who, *left, in_session(command=3)).data) == ntstatus.SESSION_DELETED


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (3, ntstatus.SESSION_DELETED),
        (2, ntstatus.SESSION_DELETED),
        (13, ntstatus.OK),
        (0x55, ntstatus.INVALID_PARAMETER),
        (1, ntstatus.INVALID_PARAMETER),
    ],
)
def test_without_session_there_is_an_echo_and_no_more(who, command, told):
    request = client.packet(client.two(command, b"\4\0\0\0", session=0))
    assert client.status(hears(who, client.negotiate(), request).data) == told


def test_a_session_of_somebody_else_is_none(who):
    other = client.setup(ntlm.first(ntlm.negotiate()), 4711)
    assert client.status(hears(who, client.negotiate(), other).data) == ntstatus.SESSION_DELETED


def test_credits_are_granted_as_asked_within_reason(who):
    for wanted, granted in ((0, 1), (31, 31), (65535, 512)):
        echo = client.packet(client.two(13, b"\4\0\0\0", wanted=wanted))
        assert hears(who, client.negotiate(), echo).data[18:20] == granted.to_bytes(2, "little")


def test_requests_in_one_message_are_answered_in_one(who):
    echo = client.two(13, b"\4\0\0\0" + bytes(4), after=72)
    chain = client.packet(echo * 2 + client.two(13, b"\4\0\0\0"))
    answer = hears(who, client.negotiate(), chain).data
    assert [answer[4 + n * 72 :][20:24] for n in range(3)] == [b"H\0\0\0", b"H\0\0\0", bytes(4)]
    long = hears(who, client.negotiate(), client.packet(echo * 40 + client.two(13, b"\4\0\0\0"))).data
    assert long.count(b"\xfeSMB") == CHAIN_MAX


@pytest.mark.parametrize(
    "second",
    [
        client.negotiate(),
        client.packet(b"\xfdSMB" + bytes(60)),
        client.packet(b"\xfeSMB"),
        client.packet(b"GET /"),
        client.packet(client.two(13, b"", after=2**31)),
        client.one(0x2B, b"\1\0", b"x"),
    ],
)
def test_what_is_out_of_order_ends_the_connection(who, second):
    assert hears(who, client.negotiate(), second)[:2] == (b"", Then.CLOSE)


def test_nothing_goes_before_the_dialect(who):
    assert hears(who, client.setup(ntlm.first(ntlm.negotiate()))).then is Then.CLOSE


def test_a_cancel_has_no_answer(who):
    assert hears(who, client.negotiate(), client.packet(client.two(12, b"\4\0\0\0")))[:2] == (b"", Then.LISTEN)


def test_an_smb1_client_that_can_is_brought_over(who):
    multi = client.one(0x72, b"", client.NT1 + b"\2SMB 2.002\0\2SMB 2.???\0")
    answer = hears(who, multi).data
    assert (answer[4:8], answer[72:74]) == (b"\xfeSMB", b"\xff\2")
    assert hears(who, multi, client.negotiate()).data[72:74] == b"\x11\3"
    only = client.one(0x72, b"", client.NT1 + b"\2SMB 2.002\0")
    assert hears(who, only).data[72:74] == b"\2\2"
    assert said(converse(who, [only, client.setup(ntlm.first(ntlm.negotiate()))])).count(b"NTLMSSP") == 1
